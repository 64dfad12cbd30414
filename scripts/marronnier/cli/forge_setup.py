"""Makes a brand ready for its team's forge: writes the files, and prints the steps that a maintainer takes once on the forge's pages."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from marronnier import desk, start
from marronnier.cli import invocation, output
from marronnier.files import WorkTree
from marronnier.git import Repo
from marronnier.messages import Trouble, _, ngettext
from marronnier.start.maintainer import Maintainer, name_maintainer, owners

if TYPE_CHECKING:
    from marronnier.desk import Desk
    from marronnier.forge import Setup, SetupNeeds


_SAVE = 'git add --all && git commit -m "Workflows"'


@dataclass(frozen=True, slots=True)
class SetupOptions:
    """What a person said when they asked for it."""

    lang: str
    number: int | None = None
    """The number of their account; asked for where a token is there."""
    tool: str = ""
    """`owner/name@` and a commit of Marronnier; found where pip knows it."""
    environments: tuple[str, ...] = ()
    """Environments beside `publishing`, each as `NAME=CHANNEL,GROUP`."""
    relay: bool = False
    private: bool | None = None
    """Whether the repository is private; asked for where a token is there."""


def needs_of(root: Path, loaded: Desk, repo: Repo, repository: str = "") -> SetupNeeds:
    """What a brand needs of its forge: the environments are those of its publishing workflow."""
    from marronnier.forge import SetupNeeds

    environments = start.environments_of_workflow(publishing_workflow(root))
    secrets = start.secrets_of_environments(start.secrets_of_channels(loaded.channels), environments)
    key_file = f"~/.ssh/marronnier-{repository.rpartition('/')[2]}" if repository else ""
    return SetupNeeds(repo.default_branch(), secrets, loaded.policy.quorum > 0, start.SIGNING_KEY, key_file)


def prepare(root: Path, setup: Setup, options: SetupOptions) -> None:
    """Write the files of the forge, name the maintainer, and print both. Raises Trouble where a person must say something first."""
    repo = Repo(root)
    tool = options.tool or named_tool(root, setup)
    chosen = chosen_environments(options.environments, desk.load(WorkTree(root)))
    maintainer = _maintainer(repo, setup, options.number)
    loaded = desk.load(WorkTree(root))
    named = name_maintainer(root, loaded.policy, maintainer) if maintainer is not None else ""
    if named:
        loaded = desk.load(WorkTree(root))
    reviewers = owners(loaded.policy, lambda number: maintainer.login if maintainer is not None and number == maintainer.number and maintainer.login else setup.login(number))  # fmt: skip
    before = publishing_workflow(root)
    environments = chosen or start.environments_of_workflow(before)
    private = options.private if options.private is not None else setup.is_private()
    if private is None and before:
        private = "7,22,37,52" not in before
    if private and options.private is None and not before and start.note_private(root, loaded.brand):
        output.print_wrapped(_("The repository is private, and brand/brand.yml says so now: nothing goes out once it is public."))
    choices = start.WorkflowChoices(
        branch=repo.default_branch(),
        zone=loaded.brand.zone,
        lang=options.lang,
        tool=tool,
        secrets=start.secrets_of_channels(loaded.channels),
        environments=environments,
        relay=options.relay or 'relay: "true"' in before,
        private=private is not False,
        public_media=any(channel.public_media for channel in loaded.channels.channels.values()),
        owners=reviewers,
    )
    _print_files(start.write_missing(root, start.workflow_files(choices)), setup)
    if private is None:
        output.print_wrapped(
            _(
                "Whether the repository is private is not known. The schedule is the thrifty one of a private repository: by day only. "
                "For a public one, delete .github/workflows/publish.yml and run `marronnier init --github --public`."
            )
        )
    _print_people(setup, maintainer, named, loaded, has_owners=bool(reviewers))


def named_tool(root: Path, setup: Setup) -> str:
    """How the workflows name the Marronnier that runs here. Raises Trouble where that is not known, and a person must say."""
    tool = start.tool_reference(root, setup.repository_at)
    if not tool:
        raise Trouble(
            _("Where this Marronnier comes from is not known, so no workflow can name it. Nothing was written."),
            _("Name a commit of it on {forge}: `marronnier init --github --tool OWNER/NAME@COMMIT`, with all 40 digits.", forge=setup.name),
            status=2,
        )
    return tool


def _maintainer(repo: Repo, setup: Setup, number: int | None) -> Maintainer | None:
    """Whoever is at work: by the number they gave, else by their token; None where neither tells."""
    email = repo.try_text("config", "--get", "user.email") or ""
    if number is not None:
        return Maintainer(number, repo.try_text("config", "--get", "user.name") or "", setup.login(number), email)
    account = setup.account()
    return None if account is None else Maintainer(account.number, account.name, account.login, email)


def _print_files(files: start.WrittenFiles, setup: Setup) -> None:
    count = len(files.written)
    click.echo(
        ngettext("{count} file written for {forge}:", "{count} files written for {forge}:", count, forge=setup.name)
        if count
        else _("No file to write for {forge}: all are there.", forge=setup.name)
    )
    for path in files.written:
        click.echo(f"  {path}")
    for path, difference in files.differing.items():
        output.print_wrapped(
            _("Left as it is, and different: {path}. To take what follows instead, delete it and run this again.", path=path)
        )
        for line in difference.splitlines():
            click.echo(f"  {output.escape_controls(line)}")


def _print_people(setup: Setup, maintainer: Maintainer | None, named: str, loaded: Desk, *, has_owners: bool) -> None:
    if maintainer is None and not any(approver.github for approver in loaded.policy.approvers.values()):
        output.print_wrapped(
            _(
                "Your number on {forge} is not known, and without it no review of yours counts. Open {address}, read `id` there, and run "
                "`marronnier init --github --github-id NUMBER`.",
                forge=setup.name,
                address=f"https://api.github.com/users/{_('YOUR-LOGIN')}",
            )
        )
    elif named and maintainer is not None:
        output.print_wrapped(
            _("In brand/approvals.yml you are {name}, number {number} on {forge}.", name=named, number=maintainer.number, forge=setup.name)
        )
    elif maintainer is not None:
        output.print_wrapped(
            _("brand/approvals.yml names others and not you (number {number}): nothing was added.", number=maintainer.number)
        )
    if not has_owners:
        output.print_wrapped(_("No .github/CODEOWNERS: nobody in brand/approvals.yml has an account or an address that could be told."))


def publishing_workflow(root: Path) -> str:
    """The text of the publishing workflow; empty where there is none."""
    path = root / start.PUBLISH
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def chosen_environments(written: Sequence[str], loaded: Desk) -> Mapping[str, Sequence[str]]:
    """The channels of each environment that a person named. Raises Trouble for a name that is none, or a channel in two of them."""
    channels, groups = loaded.channels.channels, loaded.channels.groups
    found: dict[str, tuple[str, ...]] = {}
    for text in written:
        environment, _equals, listed = text.partition("=")
        names = tuple(dict.fromkeys(name for part in listed.split(",") for name in groups.get(part, (part,))))
        taken = {name for others in found.values() for name in others}
        wrong = [name for name in names if name not in channels or name in taken]
        if not re.fullmatch(r"[a-z][a-z0-9-]*", environment) or environment == start.ENVIRONMENT or wrong:
            raise Trouble(
                _(
                    "--environment {text} is none: {name} is no channel, or has an environment already",
                    text=text,
                    name=wrong[0] if wrong else environment,
                ),
                _("Write it like --environment press=mastodon,bluesky; the channels are: {names}.", names=", ".join(channels)),
                status=2,
            )
        found[environment] = names
    return found


@dataclass(frozen=True, slots=True)
class RemainingStep:
    """Something that is left to a maintainer: clicks on a page of the forge, or commands to be typed."""

    sentence: str
    address: str = ""
    clicks: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    """Those that only a terminal does."""
    typed: tuple[str, ...] = ()
    """The clicks as commands."""


def print_steps(root: Path, setup: Setup) -> None:
    """Print what is left to a maintainer: each click on a line of its own, and at the end the same as commands."""
    repo = Repo(root)
    loaded = desk.load(WorkTree(root))
    repository = setup.repository_at(setup.address)
    needs = needs_of(root, loaded, repo, repository)
    steps, done = setup.steps(needs), _done(setup, needs)
    count = 2 * len(needs.environments)
    made, kept, others = (
        [RemainingStep(step.clicks[0], step.address, step.clicks[1:], typed=step.commands) for step in group if step.sentence not in done]
        for group in (steps[:count:2], steps[1:count:2], steps[count:])
    )
    first = _first_steps(loaded, repo, setup, needs, is_protected=steps[count + 1].sentence in done)
    remaining = [*made, *_key_steps(root, needs), *kept, *first, *others]
    click.echo()
    if not remaining:
        output.print_wrapped(_("Nothing remains to be clicked. `{command} doctor` looks again at any time.", command=invocation.program()))
        return
    output.print_wrapped(_("What remains, once, in this order; an address is the page of the clicks below it:"))
    for number, step in enumerate(remaining, 1):
        _print_step(number, step)
    _print_typed(setup, remaining)
    click.echo()
    for risk in setup.risks():
        output.print_wrapped(risk)
    output.print_wrapped(_("`{command} doctor` says which of these steps are done.", command=invocation.program()))
    if (root / start.GUIDE).is_file():
        said = _("Then the first post: {file} tells the team how, on the pages of {forge} alone.", file=start.GUIDE, forge=setup.name)
        output.print_wrapped(said)


def _print_step(number: int, step: RemainingStep) -> None:
    output.print_wrapped(f"{number}. {step.sentence}", indent=2, hanging=2 + len(str(number)))
    if step.address:
        click.echo(f"       {step.address}")
    for text in step.clicks:
        output.print_wrapped(f"› {text}", indent=7, hanging=2)
    _print_commands(step.commands)


def _print_typed(setup: Setup, remaining: Sequence[RemainingStep]) -> None:
    """The clicks of all steps as commands, each under the number of its step."""
    if not any(step.typed for step in remaining):
        return
    click.echo()
    output.print_wrapped(_("Who types rather than clicks does these, each in the place of its step's clicks on {forge}:", forge=setup.name))
    for number, step in enumerate(remaining, 1):
        if step.typed:
            click.echo(f"  {number}.")
            _print_commands(step.typed)


def _print_commands(commands: Sequence[str]) -> None:
    for command in commands:
        click.echo("       " + command.replace("\n", "\n       "))


def _done(setup: Setup, needs: SetupNeeds) -> frozenset[str]:
    """The sentences of the steps that the forge says are done; none where it cannot be asked."""
    return frozenset(step.sentence for step in setup.examine(needs) if step.state == "done")


def _key_steps(root: Path, needs: SetupNeeds) -> Iterator[RemainingStep]:
    signers = root / "brand" / "allowed_signers"
    if signers.exists() and any(line.split()[:1] == ["publisher"] for line in signers.read_text(encoding="utf-8").splitlines()):
        return
    made = f'ssh-keygen -q -t ed25519 -N "" -C publisher -f {needs.key_file}'
    added = f'echo "publisher namespaces=\\"git\\" $(cat {needs.key_file}.pub)" \\\n  >> brand/allowed_signers'
    yield RemainingStep(
        _(
            "Make the publisher's key, which signs the ledger, and add its public half to brand/allowed_signers. Keep the private half where only you can read it:"
        ),
        commands=(made, added),
    )


def _first_steps(loaded: Desk, repo: Repo, setup: Setup, needs: SetupNeeds, *, is_protected: bool) -> Iterator[RemainingStep]:
    run, branch = invocation.program(), shlex.quote(needs.branch)
    if repo.try_text("var", "GIT_COMMITTER_IDENT") is None:
        told = (f'git config --global user.name "{_("Your Name")}"', f"git config --global user.email {_('you@example.org')}")
        yield RemainingStep(_("Tell Git who you are, with your own name and address:"), commands=told)
    is_pushed = repo.try_text("rev-list", "--count", f"refs/remotes/origin/{needs.branch}..HEAD") == "0"
    if repo.try_text("status", "--porcelain") or not is_pushed:
        if is_protected:
            sentence = _("Save on a branch, and open a pull request of it: {branch} takes nothing else.", branch=needs.branch)
            pushed: tuple[str, ...] = ("git switch -c workflows", _SAVE, "git push -u origin workflows")
        else:
            sentence, pushed = _("Save and push:"), (_SAVE, f"git push -u origin {branch}")
        yield RemainingStep(sentence, commands=pushed)
    begun = loaded.brand.ledger
    if begun.first is None or begun.unsigned:
        sentence, identity = _("Begin the ledger, which remembers what went out; nothing goes out without it:"), setup.identity()
        if begun.unsigned:
            sentence = _("Sign the ledger, which is unsigned and for one machine so far: all that it remembers is carried on, and nothing goes out twice:")  # fmt: skip
        if "$(" in identity:
            address = f"https://api.github.com/repos/{setup.repository_at(setup.address)}"
            sentence += " " + _("(Without `gh`, write the number in the place of $(…): it is the `id` at {address}.)", address=address)
        message = _("Sign the ledger") if begun.unsigned else _("Begin the ledger")
        begin = f"{identity} \\\n  {needs.key_secret}={needs.key_file} \\\n  {run} ledger init"
        yield RemainingStep(sentence, commands=(begin, f'git commit --all -m "{message}" && git push origin {branch}'))
