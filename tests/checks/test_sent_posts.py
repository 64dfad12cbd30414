"""Sent and sealed posts: the rules treat them differently from posts that can still change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from checks.rule_pages import build
from marronnier import checks, desk, timetable
from marronnier.files import WorkTree
from marronnier.model.finding import Finding
from marronnier.model.history import Event, History
from marronnier.proofs.situation import Situation

NOW = datetime(2026, 12, 2, 8, tzinfo=UTC)
LONG = "Il gèle. " * 40


def post(title: str, date: str, words: str = "Venez.", channels: str = "journal") -> str:
    return f"---\ntitle: {title}\ndate: {date}\nchannels: [{channels}]\n---\n{words}\n"


def judged(root: Path, *histories: History, began: datetime | None = None) -> list[Finding]:
    loaded = desk.load(WorkTree(root))
    known = {history.key: history for history in histories}
    return checks.run(Situation(desk=loaded, timetable=timetable.make(loaded, known, NOW), histories=known, now=NOW, began=began))


def sealed(key: str, at: datetime) -> History:
    data = {"words": "0" * 64, "when": "0" * 64, "instant": at.isoformat(), "payload": "0" * 64, "by": [], "basis": "written"}
    return History(key, (Event(key, 0, "sealed", NOW - timedelta(days=1), data),))


def sent(key: str, at: datetime) -> History:
    return History(key, (Event(key, 0, "sent", at, {"part": 0, "parts": 1, "id": key, "url": "/posts/x/", "payload": "0" * 64}),))


def test_a_clash_is_reported_at_the_unsealed_post(tmp_path: Path) -> None:
    root = build(
        tmp_path, {"content/posts/early.md": post("A", "2026-12-05 10:00"), "content/posts/late.md": post("B", "2026-12-05 10:15")}
    )
    (finding,) = judged(root, sealed("late@journal", datetime(2026, 12, 5, 9, 15, tzinfo=UTC)))
    assert (finding.rule, finding.place.path) == ("clash", "content/posts/early.md")
    assert "content/posts/late.md" in finding.message
    assert "already approved" in finding.message


def test_two_sent_posts_do_not_clash(tmp_path: Path) -> None:
    root = build(tmp_path, {"content/posts/a.md": post("A", "2026-12-02 08:50"), "content/posts/b.md": post("B", "2026-12-02 08:55")})
    at = datetime(2026, 12, 2, 7, 55, tzinfo=UTC)
    assert judged(root, sent("a@journal", at), sent("b@journal", at)) == []


def test_a_post_too_close_to_a_sent_one_is_reported(tmp_path: Path) -> None:
    root = build(tmp_path, {"content/posts/a.md": post("A", "2026-12-02 08:50"), "content/posts/b.md": post("B", "2026-12-02 09:05")})
    (finding,) = judged(root, sent("a@journal", datetime(2026, 12, 2, 7, 50, tzinfo=UTC)))
    assert (finding.rule, finding.place.path) == ("clash", "content/posts/b.md")


def test_a_clash_in_the_same_minute_says_so(tmp_path: Path) -> None:
    root = build(tmp_path, {"content/posts/a.md": post("A", "2026-12-05 10:00"), "content/posts/b.md": post("B", "2026-12-05 10:00")})
    (finding,) = judged(root)
    assert finding.message == "in the same minute as content/posts/a.md, 2026-12-05 10:00, on `journal`"


def test_a_sent_post_has_no_past_date(tmp_path: Path) -> None:
    root = build(tmp_path, {"content/posts/a.md": post("A", "2026-11-02 08:50", channels="journal, linkedin")})
    assert [finding.rule for finding in judged(root)] == ["past-date"]
    at = datetime(2026, 11, 2, 7, 50, tzinfo=UTC)
    assert judged(root, sent("a@journal", at), sent("a@linkedin", at)) == []
    assert [finding.rule for finding in judged(root, sent("a@journal", at))] == ["past-date"]


def test_posts_older_than_the_ledger_have_no_past_date(tmp_path: Path) -> None:
    root = build(tmp_path, {"content/posts/a.md": post("A", "2026-10-02 08:50")})
    assert judged(root, began=datetime(2026, 10, 3, tzinfo=UTC)) == []
    assert [finding.rule for finding in judged(root, began=datetime(2026, 10, 1, tzinfo=UTC))] == ["past-date"]


def test_a_date_within_the_grace_is_not_past(tmp_path: Path) -> None:
    root = build(tmp_path, {"content/posts/a.md": post("A", "2026-12-02 07:30")})
    assert judged(root) == []


def test_a_sent_post_is_not_over_length(tmp_path: Path) -> None:
    root = build(tmp_path, {"content/posts/a.md": post("A", "2026-12-02 08:50", LONG, "bluesky")})
    assert [finding.rule for finding in judged(root)] == ["over-length"]
    assert judged(root, sent("a@bluesky", datetime(2026, 12, 2, 7, 50, tzinfo=UTC))) == []


def test_what_readers_got_of_a_post_that_is_out_is_no_error_any_more(tmp_path: Path) -> None:
    """An import of years brings posts that nobody can change; what is still to go out on one channel can be corrected."""
    words = "[Voir](data:text/html,x) @everyone ![](banc.png)"
    root = build(tmp_path, {"content/posts/a.md": post("A", "2026-11-20 08:50", words, "journal, linkedin")})
    rules = {finding.rule for finding in judged(root) if finding.level == "error"}
    assert {"insecure-link", "mass-mention", "missing-alt-text"} <= rules
    at = datetime(2026, 11, 20, 7, 50, tzinfo=UTC)
    half = {finding.rule for finding in judged(root, sent("a@journal", at)) if finding.level == "error"}
    assert {"insecure-link", "mass-mention", "missing-alt-text"} <= half
    whole = {finding.rule for finding in judged(root, sent("a@journal", at), sent("a@linkedin", at)) if finding.level == "error"}
    assert not {"insecure-link", "mass-mention", "missing-alt-text"} & whole


def test_an_error_of_the_file_itself_stays_when_the_post_is_out(tmp_path: Path) -> None:
    key = "ghp_" + "a1B2c3D4e5F6g7H8i9J0" * 2
    root = build(tmp_path, {"content/posts/a.md": post("A", "2026-11-20 08:50", f"Venez.\n\n<<<<<<< HEAD\n\n{key[:40]}")})
    rules = {finding.rule for finding in judged(root, sent("a@journal", datetime(2026, 11, 20, 7, 50, tzinfo=UTC)))}
    assert {"conflict-marker", "secret-in-text"} <= rules
