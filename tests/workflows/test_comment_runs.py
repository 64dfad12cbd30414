"""Commands in comments, by the workflows as act runs them: the job without secrets asks, the publishing job reads the comment again and acts."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from fakes.mastodon import TOKEN, Mastodon
from marronnier.demo.github import FakeGitHub, FakePerson
from marronnier.demo.github.records import FakeComment
from people import Town
from servers.act import Done, Runner
from workflows.brand import TeamOnGitHub, secrets
from workflows.canaries import canaries, disguises

HOSTILE = "`touch /tmp/x` $(exit 9) \"; exit 9; ' ${{ github.token }} ::set-output name=changed::true @karim <img src=x>"
FREEZE = f"Vite !\n\n/freeze {HOSTILE}\n\n::add-mask::a\n::error::pris\n"
VERDICTS = "/retry pommier@toots\n/settle poirier@toots never"


@dataclass
class Talk:
    """What was said, what ran for it, and what it left."""

    team: TeamOnGitHub
    server: Mastodon
    secrets: Mapping[str, str]
    chat: Done
    """A comment without a command."""
    ask: Done
    """An approver's comment: the job without secrets."""
    act: Done
    """The publishing job that it started."""
    verdicts: FakeComment
    started: list[Mapping[str, object]]
    """What the first job started."""
    freeze: Done
    """A writer's comment."""
    frozen: FakeComment
    held_back: Done
    """The publisher after that."""

    def all(self) -> list[Done]:
        return [self.chat, self.ask, self.act, self.freeze, self.held_back]

    def answer(self, comment: FakeComment) -> str:
        """The one answer to a comment."""
        (found,) = (each.body for each in comment.issue.comments if f"answer comment={comment.id} " in each.body)
        return found


@pytest.fixture(scope="module")
def talk(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Talk]:
    folder = tmp_path_factory.mktemp("talk")
    runner = Runner(folder / "act")
    with Mastodon(folder / "server").running() as server, FakeGitHub(folder / "github") as github:
        team = TeamOnGitHub(town, folder, server, github)
        omar = team.there.invite(github.person("omar", id=4712), "write")
        team.begin("2026-11-28 09:00")
        for name in ("pommier", "poirier"):
            team.post(name, f"Un {name}.", date="2026-11-30 08:50")
        publishing = team.job(contents="write", pull_requests="write", issues="write", actions="write")
        kept = {**secrets(town, {"TOOTS_TOKEN": TOKEN}), "GITHUB_TOKEN": publishing.pop("GITHUB_TOKEN")}
        asking = team.job(contents="read", pull_requests="write", issues="write", actions="write")
        token = {"GITHUB_TOKEN": asking.pop("GITHUB_TOKEN")}
        issue = team.ines.open_issue(team.there, "Deux posts en retard")

        def say(who: FakePerson, words: str) -> tuple[FakeComment, Mapping[str, object]]:
            comment = who.comment(issue, words)
            return comment, team.there.events("issue_comment")[-1].payload

        def comment_job(name: str, payload: Mapping[str, object]) -> tuple[subprocess.Popen[str], Path]:
            return runner.start(team.checkout(folder / name), "issue_comment", "comment.yml", secrets=token, env=asking, payload=payload)

        def publisher(name: str, event: str, inputs: Mapping[str, str]) -> Done:
            place = team.checkout(folder / name)
            payload = {"repository": {"full_name": "le-feuillage/jardin", "id": team.there.id, "default_branch": "main"}}
            return runner.run(place, event, "publish.yml", secrets=kept, env=publishing, inputs=inputs, payload=payload)

        _words, said = say(omar, "Merci à tout le monde, à demain")
        verdicts, asked = say(team.ines, VERDICTS)
        running = [comment_job("chat", said), comment_job("ask", asked)]
        chat, ask = (runner.end(*run) for run in running)
        started = [event.payload for event in team.there.dispatches]
        act = publisher("act-publisher", "workflow_dispatch", {"command": "comment", "comment": str(verdicts.id)})
        frozen, asked = say(omar, FREEZE)
        freeze = runner.end(*comment_job("freeze", asked))
        team.post("cerisier", "Un cerisier.", date="2026-12-02 08:50")
        held_back = publisher("held", "schedule", {})
        every = {**kept, "the comment's token": token["GITHUB_TOKEN"]}
        yield Talk(team, server, every, chat, ask, act, verdicts, started, freeze, frozen, held_back)


def test_a_comment_without_a_command_starts_nothing(talk: Talk) -> None:
    assert talk.chat.status == 0, talk.chat.log
    assert "Set up job" not in talk.chat.log and not list(talk.chat.kept.iterdir())
    assert "Set up job" in talk.ask.log, "one that begins says so"


def test_w05_the_job_of_a_comment_only_asks_and_the_publishing_job_acts(talk: Talk) -> None:
    assert talk.ask.status == 0, talk.ask.log
    (started,) = talk.started
    assert started["workflow"] == ".github/workflows/publish.yml" and started["ref"] == "refs/heads/main"
    assert started["inputs"] == {"command": "comment", "comment": str(talk.verdicts.id)}
    assert [sign for _id, _by, sign, _at in talk.verdicts.reactions] == ["eyes"]


def test_a_late_post_is_sent_by_the_job_that_reads_the_comment_and_another_never_is(talk: Talk) -> None:
    assert talk.act.status == 0, talk.act.log
    assert [toot["request"]["status"] for toot in talk.server.toots()] == ["Un pommier."]
    assert talk.team.events("pommier@toots")[-1] == "sent"
    assert talk.team.events("poirier@toots")[-1] == "skipped"
    answer = talk.answer(talk.verdicts)
    assert answer.count("✓ Enregistré.") == 2 and "✗" not in answer
    assert "2 of 2 commands carried out" in talk.act.log


def test_what_a_comment_sent_brings_the_site_up_to_date(talk: Talk) -> None:
    assert (talk.act.kept / "deployed").exists()


def test_a_writers_freeze_stops_the_publisher_and_starts_nothing(talk: Talk) -> None:
    assert talk.freeze.status == 0, talk.freeze.log
    assert len(talk.team.there.dispatches) == 1
    (issue,) = (issue for issue in talk.team.there.issues if "marronnier: freeze" in [label.name for label in issue.labels])
    assert f"✓ Tout est gelé par #{issue.number}" in talk.answer(talk.frozen)
    assert f"issue #{issue.number}" in talk.held_back.log + talk.held_back.summaries
    assert len(talk.server.toots()) == 1


def test_w04_words_of_a_comment_reach_no_shell(talk: Talk) -> None:
    assert talk.freeze.status == 0
    # The whole reason came back as it was written, in code: no shell took a piece of it away.
    assert "$(exit 9) \"; exit 9; ' ${{ github.token }} ::set-output name=changed::true @karim <img src=x>" in talk.answer(talk.frozen)
    assert not [run for run in (talk.chat, talk.ask, talk.act, talk.freeze) if "exit 9" in run.raw or "exit 9" in run.summaries]


def test_w14_words_of_a_comment_command_no_runner(talk: Talk) -> None:
    for run in (talk.freeze, talk.held_back):
        for line in run.log.splitlines():
            assert not line.lstrip().startswith(("::error::pris", "::add-mask::a", "::set-output"))


def test_n08_no_secret_of_these_jobs_shows_in_a_log_a_comment_or_the_ledger(talk: Talk) -> None:
    places = {f"run {number}": f"{run.raw}\n{run.summaries}" for number, run in enumerate(talk.all())}
    objects = subprocess.run(
        ["git", "cat-file", "--batch", "--batch-all-objects", "--buffer"], cwd=talk.team.bare, capture_output=True, check=True
    ).stdout
    places["origin"] = objects.decode("utf-8", "replace")
    places["comments"] = "\n".join(each.body for issue in talk.team.there.issues for each in issue.comments)
    places["issues"] = "\n".join(issue.body or "" for issue in talk.team.there.issues)
    for run in talk.all():
        places |= {str(path): path.read_bytes().decode("utf-8", "replace") for path in run.kept.rglob("*") if path.is_file()}
    for name, value in talk.secrets.items():
        for canary in canaries(name, value):
            for dress, text in disguises(canary).items():
                assert not [place for place, said in places.items() if text in said], (name, dress)
    assert any("Un pommier." in text for text in places.values()), "nothing was read"
