"""A run leaves out the posts of which all is over, and does what it would do with all of them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

import pytest

from marronnier import desk, ledger, publish
from marronnier.desk import post_parser
from marronnier.desk.commit_tree import CommitTree
from marronnier.git import Repo
from marronnier.ledger import EventDraft
from marronnier.model.brand import Brand, LedgerIdentity
from marronnier.proofs import situation_loader
from people import Town, write

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
DATES = {"a": "2026-11-20 10:00", "b": "2026-11-21 10:00", "c": "2026-11-22 10:00"}


def post(name: str, date: str, words: str = "", more: str = "", channels: str = "journal") -> str:
    return f"---\nid: {name}\ndate: {date}\nchannels: [{channels}]\n{more}---\n{words or f'On ouvre le jardin, et voici le banc {name}.'}\n"


def path_of(name: str) -> str:
    return f"content/posts/{name}.md"


def run_at(town: Town, folder: Path, now: datetime, *, all_posts: bool = False) -> publish.RunReport:
    """A run; `all_posts`: as if nothing could be left out."""
    load = situation_loader.load_situation

    def loading(repo: Repo, at: datetime, **more: object) -> object:
        return load(repo, at, **{**more, "all_posts": all_posts})  # type: ignore[arg-type]

    env = town.surroundings("publisher", f"{now:%Y-%m-%d %H:%M}")
    with mock.patch.dict(os.environ, env, clear=True), mock.patch.object(publish, "load_situation", loading):
        return publish.run(Repo(folder), now, surroundings=os.environ)


def commit(town: Town, folder: Path, files: dict[str, str | None], now: str) -> None:
    for name, text in files.items():
        if text is None:
            (folder / name).unlink()
        else:
            write(folder, {name: text})
    town.git(folder, "add", "-A", now=now)
    town.git(folder, "commit", "-q", "--allow-empty", "-m", "Write", now=now)


@pytest.fixture(scope="module")
def old(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A brand whose last three posts went out more than two months ago."""
    folder = town.newsroom(tmp_path_factory.mktemp("old") / "brand")
    commit(town, folder, {"brand/approvals.yml": "quorum: 0\n"}, "2026-11-10 09:00")
    with mock.patch.dict(os.environ, town.surroundings("publisher", "2026-11-10 09:00"), clear=True):
        publish.reset_policy(Repo(folder), datetime(2026, 11, 10, 8, 0, tzinfo=UTC))
    commit(town, folder, {path_of(name): post(name, date) for name, date in DATES.items()}, "2026-11-11 09:00")
    for day in (20, 21, 22):
        report = run_at(town, folder, datetime(2026, 11, day, 9, 5, tzinfo=UTC))
        assert [step.act for step in report.steps if step.act == "sent"] == ["sent"]
    return folder


def record(town: Town, folder: Path, *drafts: EventDraft) -> None:
    """Record something by hand."""
    repo = Repo(folder)
    first = desk.load(CommitTree(repo, "HEAD"), only="").brand.ledger.first
    with mock.patch.dict(os.environ, town.surroundings("publisher", "2026-12-01 09:00"), clear=True):
        book = ledger.open(repo, Brand(name="", ledger=LedgerIdentity(first=first)), fetch=False)
        book.append(lambda _newest: drafts, datetime(2026, 12, 1, 8, 0, tzinfo=UTC))


DUE = {path_of("due"): post("due", "2027-03-01 10:00")}
DELETED = {"part": 0, "why": "not there", "url": "https://square.test/1"}
SENDING = {"part": 0, "payload": "ab" * 32, "run": "r"}

CASES: dict[str, tuple[dict[str, str | None], tuple[EventDraft, ...]]] = {
    "nothing but one that is due": (DUE, ()),
    "one that requires an old one": ({path_of("due"): post("due", "2027-03-01 10:00", more="requires: [a]\n")}, ()),
    "the words of an old one": ({path_of("due"): post("due", "2027-03-01 10:00", "On ouvre le jardin, et voici le banc a.")}, ()),
    "an old one under another name": (
        {path_of("a"): None, path_of("due"): post("due", "2027-03-01 10:00", "On ouvre le jardin, et voici le banc a.")},
        (),
    ),
    "an old id taken by a file that comes first": ({**DUE, path_of("0"): post("a", "2027-03-01 10:00", "Autre chose.")}, ()),
    "an old id taken by a file that comes last": ({**DUE, path_of("z"): post("a", "2027-03-01 10:00", "Autre chose.")}, ()),
    "an old id in a file that is hard to read": ({**DUE, path_of("0"): post("a", "2027-03-01 10:00", more='title: "A\n  b"\n')}, ()),
    "an old one for another channel too": ({**DUE, path_of("a"): post("a", DATES["a"], channels="journal, gazette")}, ()),
    "an old one with a new date": ({**DUE, path_of("a"): post("a", "2027-03-01 10:00", "On ouvre le jardin, et voici le banc a.")}, ()),
    "an old one that changed": ({**DUE, path_of("a"): post("a", DATES["a"], "Autre chose.")}, ()),
    "an old one that nobody approved in time": ({**DUE, path_of("late"): post("late", "2026-11-25 10:00")}, ()),
    "an old one with a long grace": ({**DUE, path_of("late"): post("late", "2026-11-25 10:00", more="grace: 200d\n")}, ()),
    "an old one with another date on its channel": (
        {**DUE, path_of("late"): post("late", "2026-11-25 10:00", more="for: {journal: {date: 2027-03-01 10:00}}\n")},
        (),
    ),
    "a debt of long ago": (
        {**DUE, path_of("debt"): post("debt", "2026-11-23 10:00")},
        (EventDraft("debt@journal", "sending", SENDING), EventDraft("debt@journal", "unknown", {"part": 0, "why": "no answer"})),
    ),
    "an old one that was deleted on the network": (DUE, (EventDraft("a@journal", "retracted", DELETED),)),
    "an old one that was deleted on the network, and left so": (
        DUE,
        (EventDraft("a@journal", "retracted", DELETED), EventDraft("a@journal", "skipped", {"who": "ines@example.org"})),
    ),
    "a seal of long ago whose post is gone": (
        DUE,
        (
            EventDraft(
                "gone@journal",
                "sealed",
                {"words": "0" * 64, "when": "0" * 64, "instant": "2026-12-02T09:00:00+00:00", "payload": "0" * 64, "basis": "written"},
            ),
        ),
    ),
    "an old repeat": (
        {**DUE, path_of("again"): post("again", "2026-11-23 10:00", more="repeat: FREQ=MONTHLY;UNTIL=20270601T000000Z\n")},
        (),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_run_does_what_it_would_do_with_all_posts(town: Town, old: Path, tmp_path: Path, case: str) -> None:
    files, drafts = CASES[case]
    reports = []
    for name in ("all", "few"):
        folder = tmp_path / name
        shutil.copytree(old, folder)
        commit(town, folder, files, "2027-02-25 09:00")
        if drafts:
            record(town, folder, *drafts)
        reports.append(run_at(town, folder, NOW, all_posts=name == "all"))
    whole, few = ((report.steps, [line.key for line in report.waiting], report.repeats, report.stopped) for report in reports)
    assert few == whole


def test_what_was_deleted_there_is_never_over_before_somebody_decides(town: Town, old: Path, tmp_path: Path) -> None:
    """After ten years too, each run asks for the decision."""
    folder = tmp_path / "brand"
    shutil.copytree(old, folder)
    record(town, folder, EventDraft("a@journal", "retracted", DELETED))
    for day in (1, 2):
        (line,) = run_at(town, folder, NOW.replace(day=day)).waiting
        assert (line.key, line.state) == ("a@journal", "retracted")
    record(town, folder, EventDraft("a@journal", "skipped", {"who": "ines@example.org"}))
    assert run_at(town, folder, NOW).waiting == ()


def test_what_is_over_is_not_parsed(town: Town, old: Path, tmp_path: Path) -> None:
    folder = tmp_path / "brand"
    shutil.copytree(old, folder)
    commit(town, folder, DUE, "2027-02-25 09:00")
    parsed: list[str] = []
    parse: Callable[..., object] = post_parser.parse_post
    with mock.patch.object(post_parser, "parse_post", side_effect=lambda page, *more: parsed.append(page.path) or parse(page, *more)):
        run_at(town, folder, NOW)
    assert {path for path in parsed if path.startswith("content/posts/")} == {path_of("due")}
