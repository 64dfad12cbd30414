"""The files that a team keeps for GitHub: workflows, which Marronnier they run, who is asked to review, and forms.

They are the files of this project's own root, with the names of the brand at hand. A file that exists is never written over.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from marronnier.files.atomic_write import write
from marronnier.messages import N_, Trouble, _, in_language
from marronnier.model.brand import Channels
from marronnier.model.where import is_reserved

HERE = Path(__file__).parent / "github"
SIGNING_KEY = "MARRONNIER_SIGNING_KEY"
PUBLISH = ".github/workflows/publish.yml"
SITE = ".github/workflows/site.yml"
GUIDE = ".github/CONTRIBUTING.md"
"""How a team works on the pages of its forge. GitHub shows it beside every new pull request and issue."""
ENVIRONMENT = "publishing"
"""The environment whose secrets the publishing job gets."""
CHANNELS, OTHER_CHANNELS = "MARRONNIER_CHANNELS", "MARRONNIER_OTHER_CHANNELS"
"""What `marronnier publish` reads: the channels of a job, or those of the others."""
LOCAL_TOOL = "./"
"""How a workflow names the tool where the repository itself holds it."""
_LOCAL_LINE = "uses: ./ # zizmor: ignore[self-repository] act, actionlint and Forgejo know this form only\n"
_FIELDS = (
    N_("Publish what is due, ask every account whether its token is good, or carry out a comment"),
    N_("For comment, its number"),
)
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_/-]*")


@dataclass(frozen=True, slots=True)
class WorkflowChoices:
    """What differs in these files from one team to another."""

    branch: str = "main"
    """The default branch."""
    zone: str = "Europe/Brussels"
    lang: str = "en"
    tool: str = LOCAL_TOOL
    """The action of Marronnier: `./`, or `owner/name@` and a commit."""
    secrets: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """For each channel of `brand/channels.yml`, the variables that hold its secrets."""
    environments: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Channels that have an environment of their own, with other approvers or secrets: their names by the environment's."""
    relay: bool = False
    """Whether a run starts the next one before it ends."""
    private: bool = False
    """Whether each minute of a job costs something: then it runs in the hours of the day only, and waits for little more than an hour."""
    public_media: bool = False
    """Whether a network fetches media from the public site, which must then be built in the hour before a post."""
    owners: Sequence[str] = ()
    """Who is asked to review, as CODEOWNERS names them: `@login`, or an e-mail address."""


@dataclass(frozen=True, slots=True)
class WrittenFiles:
    """What became of each file."""

    written: tuple[str, ...]
    same: tuple[str, ...]
    """They were there already, as they should be."""
    differing: Mapping[str, str]
    """They are there and differ: the difference to what would have been written."""


def secrets_of_channels(channels: Channels) -> Mapping[str, Sequence[str]]:
    """For each channel the variables that hold its secrets, in the order of the file."""
    return {
        name: tuple(dict.fromkeys(variable for variable in channel.env.values() if not is_reserved(variable)))
        for name, channel in channels.channels.items()
    }


def secrets_of_environments(secrets: Mapping[str, Sequence[str]], environments: Mapping[str, Sequence[str]]) -> Mapping[str, Sequence[str]]:
    """The names of the secrets that each environment holds, the publisher's key first. Channels without one of their own share `publishing`."""
    elsewhere = {channel for channels in environments.values() for channel in channels}
    shared = {ENVIRONMENT: [channel for channel in secrets if channel not in elsewhere]}
    return {
        environment: tuple(dict.fromkeys((SIGNING_KEY, *(name for channel in channels for name in secrets.get(channel, ())))))
        for environment, channels in (shared | dict(environments)).items()
    }


def environments_of_workflow(text: str) -> Mapping[str, Sequence[str]]:
    """The environments beside `publishing` that a publishing workflow has, each with its channels."""
    jobs = re.split(r"^  (?=[\w-]+:\s*$)", text, flags=re.MULTILINE)
    found = {}
    for job in jobs:
        environment = re.search(r"^    environment: ([\w-]+)\s*$", job, re.MULTILINE)
        channels = re.search(rf"^      {CHANNELS}: (.+)$", job, re.MULTILINE)
        if environment and channels:
            found[environment[1]] = tuple(channels[1].split())
    return found


def workflow_files(choices: WorkflowChoices) -> Mapping[str, bytes]:
    """The files, by path below the repository."""
    files = {f".github/{path}": text for path, text in _read_folder("both").items()}
    files |= {f".github/{path}": text for path, text in _read_folder(choices.lang if (HERE / choices.lang).is_dir() else "en").items()}
    for path, changes in _changes(choices).items():
        for before, after in changes:
            # A template that lost its mark would publish from another branch, or without a secret, in silence.
            assert files[path].count(before) == 1, (path, before)
            files[path] = files[path].replace(before, after)
    if choices.tool == LOCAL_TOOL:
        # There it tells how the tool is written.
        del files[GUIDE]
    files[PUBLISH] = _with_jobs(files[PUBLISH], choices)
    if choices.owners:
        with in_language(choices.lang):
            files[".github/CODEOWNERS"] = f"# {_('Who is asked to review. From brand/approvals.yml.')}\n* {' '.join(choices.owners)}\n"
    return {path: text.encode() for path, text in sorted(files.items())}


def _changes(choices: WorkflowChoices) -> Mapping[str, Sequence[tuple[str, str]]]:
    branches = ("branches: [main]", f"branches: [{_quoted(_pattern(choices.branch))}]")
    with in_language(choices.lang):
        # What people read on the page of the workflow, where they press "Run workflow".
        fields = [(f"description: {field}\n", f"description: {_quoted(_(field))}\n") for field in _FIELDS if _(field) != field]
    return {
        PUBLISH: (
            branches,
            *fields,
            *(_thrift(choices.zone) if choices.private else ()),
            *(_relay(choices.private) if choices.relay else ()),
        ),
        SITE: (branches, *(_site_schedule(choices) if choices.public_media else ())),
        ".github/actions/marronnier/action.yml": (
            *([] if choices.tool == LOCAL_TOOL else [(_LOCAL_LINE, f"uses: {choices.tool}\n")]),
            ("language: en\n", f"language: {_quoted(choices.lang)}\n"),
        ),
    }


def _thrift(zone: str) -> Sequence[tuple[str, str]]:
    """The schedule of a private repository: few minutes a month, and a wait from one start to the next."""
    return (
        ('    - cron: "7,22,37,52 * * * *"\n', f'    - cron: "7,37 6-20 * * *"\n      timezone: {_quoted(zone)}\n'),
        ("timeout-minutes: 350\n", "timeout-minutes: 85\n"),
        ("hold: 5h30m\n", "hold: 65m\n"),
    )


def _site_schedule(choices: WorkflowChoices) -> Sequence[tuple[str, str]]:
    """A schedule for the site: the forge starts some of these late or not at all, and one within the hour before a post is enough."""
    cron = '    - cron: "3,18,33,48 * * * *"\n'
    if choices.private:
        cron = f'    - cron: "3,33 5-20 * * *"\n      timezone: {_quoted(choices.zone)}\n'
    return (
        (
            "  workflow_call:\n",
            f"  # A network fetches media from this site in the hour before their post.\n  schedule:\n{cron}  workflow_call:\n",
        ),
    )


def _relay(private: bool) -> Sequence[tuple[str, str]]:
    hold = f"          hold: {'65m' if private else '5h30m'}\n"
    return ((hold, f'{hold}          relay: "true"\n'),)


def _with_jobs(text: str, choices: WorkflowChoices) -> str:
    """The publishing workflow with one job for each environment, each with the secrets of its channels."""
    start, end = text.index("  publish:\n"), text.index("\n  site:\n")
    job = text[start:end]
    names = secrets_of_environments(choices.secrets, choices.environments)
    elsewhere = " ".join(channel for channels in choices.environments.values() for channel in channels)
    jobs = [_job(job, names[ENVIRONMENT], f"      {OTHER_CHANNELS}: {elsewhere}\n" if elsewhere else "")]
    for environment, channels in choices.environments.items():
        own = job.replace("  publish:\n    name: publish\n", f"  publish-{environment}:\n    name: publish {environment}\n")
        own = own.replace(f"environment: {ENVIRONMENT}\n", f"environment: {environment}\n")
        jobs.append(_job(own, names[environment], f"      {CHANNELS}: {' '.join(channels)}\n"))
    needed = ", ".join(["publish", *(f"publish-{environment}" for environment in choices.environments)])
    rest = text[end:].replace("needs: publish\n", f"needs: [{needed}]\n") if choices.environments else text[end:]
    return text[:start] + "\n".join(jobs) + rest


def _job(job: str, secrets: Sequence[str], channels: str) -> str:
    key = f"      {SIGNING_KEY}: ${{{{ secrets.{SIGNING_KEY} }}}}\n"
    assert job.count(key) == 1
    return job.replace(key, "".join(f"      {name}: ${{{{ secrets.{name} }}}}\n" for name in secrets) + channels)


def _pattern(branch: str) -> str:
    """The name of a branch as a filter of branches: `+` and `!` mean something there, and a name may hold both."""
    return re.sub(r"([+!])", r"\\\1", branch)


def _quoted(text: str) -> str:
    return text if _PLAIN.fullmatch(text) and text.lower() not in ("true", "false", "null", "no", "yes", "on", "off") else json.dumps(text)


def _read_folder(name: str) -> dict[str, str]:
    top = HERE / name
    return {path.relative_to(top).as_posix(): path.read_text(encoding="utf-8") for path in sorted(top.rglob("*")) if path.is_file()}


def write_missing(folder: Path, files: Mapping[str, bytes]) -> WrittenFiles:
    """Write the files that are not there. One that is there stays as it is. Raises Trouble for a link that leads elsewhere."""
    written, same, differing = [], [], {}
    for path, data in files.items():
        target = folder / path
        present = _spelled_otherwise(target) or target
        if present.is_symlink() or not present.parent.resolve().is_relative_to(folder.resolve()):
            raise Trouble(_("{file} is a link, and nothing is written through it", file=path), _("Put a file in its place."))
        if not present.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            write(target, data)
            written.append(path)
        elif present.read_bytes().replace(b"\r\n", b"\n") == data:
            same.append(path)
        else:
            differing[path] = _difference(path, present.read_bytes(), data)
    return WrittenFiles(tuple(written), tuple(same), differing)


def _spelled_otherwise(target: Path) -> Path | None:
    """The file of that name in other capitals: GitHub takes `PULL_REQUEST_TEMPLATE.md` for the same."""
    names = target.parent.iterdir() if target.parent.is_dir() else ()
    return next((path for path in names if path.name.casefold() == target.name.casefold()), None)


def _difference(path: str, yours: bytes, ours: bytes) -> str:
    lines = difflib.unified_diff(
        yours.decode("utf-8", "replace").splitlines(),
        ours.decode().splitlines(),
        path,
        _("{path}, as it would be written", path=path),
        n=1,
        lineterm="",
    )
    return "\n".join(lines)
