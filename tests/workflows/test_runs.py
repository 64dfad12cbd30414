"""The workflows run for real, by act on this machine: a pull request of a fork, two publishers at once, the site, and 14 secrets that show nowhere."""

from __future__ import annotations

import base64
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fakes.mastodon import TOKEN, Mastodon
from marronnier.demo.github import FakeGitHub
from marronnier.demo.github.records import FakePullRequest
from people import Town
from servers.act import Done, Runner
from workflows.brand import TeamOnGitHub, secrets
from workflows.canaries import canaries, disguises

CLOSED = tuple(f"compte-{number:02}" for number in range(1, 12))
"""Channels whose tokens the server does not accept."""
PATH = "content/posts/2026/12/prunier.md"
HOSTILE = "Une ligne\n\n::error::pris\n::set-output name=changed::true\n::add-mask::a\n##[command]rm\n\n::stop-commands::x\n"
FRONT = "---\nid: prunier\ntitle: {title}\ndate: 2026-12-05 10:00\nchannels: [{channels}]\n---\n{words}\n"
GOOD = FRONT.format(title="Le prunier", channels="toots", words="Un prunier.")
TAKEN = "name: taken\ndescription: taken\nruns: {using: composite, steps: [{shell: bash, run: 'echo TAKEN'}]}\n"
PROPOSED = {
    "good": {PATH: GOOD},
    "bad": {PATH: FRONT.format(title="'::warning::pris'", channels="toots, nulle-part", words=HOSTILE)},
    "taking": {
        PATH: GOOD.replace("Un prunier.", "Un prunier, @everyone."),
        ".github/actions/marronnier/action.yml": TAKEN,
        **dict.fromkeys(
            ("marronnier/__init__.py", "yaml.py", "sitecustomize.py", "scripts/marronnier/cli/__init__.py"), "print('TAKEN')\n"
        ),
    },
}
"""What the pull requests of a fork bring, by the name of their branch."""


@dataclass
class Week:
    """What ran, and what it left."""

    team: TeamOnGitHub
    server: Mastodon
    secrets: Mapping[str, str]
    before: Done
    """A run before the ledger was begun."""
    publishers: tuple[Done, Done]
    """Two runs on schedule, at once."""
    doctor: Done
    check: Done
    """Of a pull request from a fork, with a post that is wrong and hostile."""
    good_check: Done
    site: Done
    report: Done
    """Of a pull request that changes the tool too: the half that may write."""
    pull: FakePullRequest
    copy: Done
    """On schedule, in a copy of the repository that was given the secrets."""

    def all(self) -> list[Done]:
        return [self.before, *self.publishers, self.doctor, self.check, self.good_check, self.site, self.report, self.copy]


@pytest.fixture(scope="module")
def week(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Week]:
    folder = tmp_path_factory.mktemp("week")
    runner = Runner(folder / "act")
    tokens = {"TOOTS_TOKEN": TOKEN, **{f"{name.upper().replace('-', '_')}_TOKEN": f"canari-{name}-Zq9+/{name}==" for name in CLOSED}}
    with Mastodon(folder / "server").running() as server, FakeGitHub(folder / "github") as github:
        team = TeamOnGitHub(town, folder, server, github, CLOSED)
        job = team.job(contents="write", pull_requests="read", issues="read")
        kept = {**secrets(town, tokens), "GITHUB_TOKEN": job.pop("GITHUB_TOKEN")}
        assert len(kept) == 14
        repository = {"repository": {"full_name": "le-feuillage/jardin", "id": team.there.id, "default_branch": "main"}}

        def start(name: str, event: str, workflow: str, **more: Any) -> tuple[subprocess.Popen[str], Path]:
            asked = {"secrets": kept, "payload": repository, "env": job, **more}
            return runner.start(team.checkout(folder / name), event, workflow, **asked)

        before = start("before", "push", "publish.yml")
        sam = github.person("sam", id=99)
        fork = github.fork(team.there, sam)
        pulls = [sam.open_pull_request(team.there, name, files, title=name, head=fork) for name, files in PROPOSED.items()]
        others = [
            runner.start(
                team.checkout(folder / pull.issue.title, pull), "pull_request", "check.yml", payload=asked(pull) | repository, env=job
            )
            for pull in pulls[:2]
        ]
        first, good, bad = (runner.end(*run) for run in (before, *others))
        team.begin()
        team.post("pommier", "Un pommier.")
        team.post("annonce", "La grainothèque ouvre.", channel="journal")
        team.post("partout", "Partout.", channel=", ".join(CLOSED))
        started = [start(f"publisher-{number}", "schedule", "publish.yml") for number in (1, 2)]
        publishers = [runner.end(*run) for run in started]
        started = [
            start("doctor", "workflow_dispatch", "publish.yml", inputs={"command": "doctor"}),
            start("site", "workflow_dispatch", "site.yml", secrets={}),
            start("copy", "schedule", "publish.yml", env={**job, "GITHUB_REPOSITORY_ID": "99"}),
        ]
        doctor, site, copy = (runner.end(*run) for run in started)
        writing = team.job(contents="read", pull_requests="write")
        token = {"GITHUB_TOKEN": writing.pop("GITHUB_TOKEN")}
        ran = {"event": "pull_request", "head_sha": pulls[2].head_sha, "head_branch": "taking", "head_repository": {"id": fork.id}}
        report = runner.end(
            *start("report", "workflow_run", "report.yml", secrets=token, env=writing, payload={"workflow_run": ran, **repository})
        )
        yield Week(team, server, kept | {"the report's token": token["GITHUB_TOKEN"]}, first, (publishers[0], publishers[1]), doctor, bad, good, site, report, pulls[2], copy)  # fmt: skip


def asked(pull: FakePullRequest) -> dict[str, Any]:
    """The event of a pull request of a fork."""
    head = {"ref": pull.head_branch, "sha": pull.head_sha, "repo": {"full_name": "sam/jardin", "id": 99, "fork": True}}
    return {"action": "opened", "number": pull.number, "pull_request": {"number": pull.number, "head": head, "base": {"ref": "main"}}}


def test_before_the_ledger_is_begun_a_run_says_so_and_is_green(week: Week) -> None:
    assert week.before.status == 0, week.before.log
    assert "this brand has no ledger" in week.before.log


def test_t02_two_runs_on_schedule_at_once_send_once_and_push_the_ledger(week: Week) -> None:
    assert [toot["request"]["status"] for toot in week.server.toots()] == ["Un pommier."]
    assert week.team.events("pommier@toots")[-1] == "sent"
    assert week.team.events("annonce@journal")[-1] == "sent"
    said, status = week.team.marronnier("ledger", "verify")
    assert status == 0, said


def test_a_run_that_needs_a_person_is_red_and_its_summary_says_why(week: Week) -> None:
    """The tokens of eleven accounts are not accepted."""
    assert {run.status for run in week.publishers} == {1}
    assert all("the server does not accept this token" in run.summaries for run in week.publishers)


def test_the_run_that_changed_the_ledger_builds_the_public_site(week: Week) -> None:
    built = [run for run in week.publishers if (run.kept / "site").is_dir()]
    assert built
    assert all((run.kept / "deployed").exists() for run in built)


def test_the_site_holds_what_is_published_and_nothing_else(week: Week) -> None:
    assert week.site.status == 0, week.site.log
    pages = "\n".join(path.read_text(encoding="utf-8") for path in (week.site.kept / "site").rglob("*.html"))
    assert "La grainothèque ouvre." in pages
    assert "Partout." not in pages
    assert (week.site.kept / "deployed").exists()


def test_the_doctor_asks_each_account_with_the_secrets_of_the_job(week: Week) -> None:
    assert week.doctor.status == 1
    assert "the credentials work" in week.doctor.log


def test_a_good_pull_request_of_a_fork_is_green_and_nothing_is_asked_of_anybody(week: Week) -> None:
    assert week.good_check.status == 0, week.good_check.log
    assert not [name for name in week.secrets if week.secrets[name] in week.good_check.raw]


def test_the_report_of_a_forks_pull_request_is_one_comment_and_a_preview(week: Week) -> None:
    assert week.report.status == 0, week.report.log
    (comment,) = week.pull.issue.comments
    assert comment.author.login == "github-actions[bot]"
    assert "Un prunier, @everyone." in comment.body
    assert not re.search(r"(?m)^[^`]*@everyone", re.sub(r"(?ms)^(`{3,}).*?^\1", "", comment.body).replace("`@everyone`", ""))
    preview = (week.report.kept / "artifact/preview.html").read_text(encoding="utf-8")
    assert "Un prunier" in preview
    assert "Un prunier" in week.report.summaries


def test_w05_the_report_runs_the_default_branch_and_nothing_of_the_pull_request(week: Week) -> None:
    assert "TAKEN" not in week.report.raw
    assert "TAKEN" not in week.report.summaries


def test_a_bad_pull_request_of_a_fork_is_red_and_its_lines_are_annotated(week: Week) -> None:
    assert week.check.status == 1
    assert "nulle-part" in week.check.log
    assert "nulle-part" in week.check.summaries
    assert week.check.summaries.count("| Where |") == 1
    assert "No problems found." in week.good_check.summaries


def test_w14_words_of_a_pull_request_command_no_runner(week: Week) -> None:
    commands = re.findall(r"^\s*::(?!error|warning|notice|group|endgroup|debug)[\w-]+", week.check.log, re.MULTILINE)
    assert not commands
    assert not re.search(r"^\s*::error::pris", week.check.log, re.MULTILINE)


def test_w13_a_copy_with_the_secrets_sends_nothing(week: Week) -> None:
    assert week.copy.status == 1
    assert "belongs to another repository" in week.copy.log


def test_n08_n09_fourteen_secrets_are_in_no_log_no_ledger_no_site_and_no_summary(week: Week, tmp_path: Path) -> None:
    places = {f"run {number}": f"{run.raw}\n{run.summaries}" for number, run in enumerate(week.all())}
    objects = subprocess.run(
        ["git", "cat-file", "--batch", "--batch-all-objects", "--buffer"], cwd=week.team.bare, capture_output=True, check=True
    ).stdout
    places["origin"] = objects.decode("utf-8", "replace")
    places["comments"] = "\n".join(comment.body for comment in week.pull.issue.comments)
    for run in week.all():
        for path in run.kept.rglob("*"):
            if path.is_file():
                places[str(path)] = path.read_bytes().decode("utf-8", "replace")
    for name, value in week.secrets.items():
        for canary in canaries(name, value):
            for dress, text in disguises(canary).items():
                shown = [place for place, said in places.items() if text in said]
                assert not shown, (name, dress)
    assert any("Un pommier." in text for text in places.values()), "nothing was read"


def test_the_disguises_would_be_found() -> None:
    assert disguises("abcdefghijkl")["base64 at 1"] in base64.b64encode(b"!abcdefghijkl and more").decode()
    assert disguises("abcdefghijkl")["base64 at 2"] in base64.b64encode(b"!!abcdefghijkl and more").decode()
