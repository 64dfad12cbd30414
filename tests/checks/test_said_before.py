"""Texts that were published before: duplicates, changed ids, receipts without a post."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from checks.rule_pages import BRAND, build, build_ledger, check
from marronnier import checks, desk, timetable
from marronnier.cli import marronnier
from marronnier.files import WorkTree
from marronnier.git import Repo
from marronnier.model.finding import Finding
from marronnier.model.history import Event, History
from marronnier.proofs.situation import Situation

NOW = datetime(2026, 12, 2, 8, tzinfo=UTC)
WORDS = "Samedi, on fête ce qu'on a sous les pieds : une cuillère de terre, et tout ce qui y vit."
EDITED = WORDS.replace("une cuillère", "une petite cuillère")
OLD, NEW = "content/posts/2026/11/sol.md", "content/posts/2026/12/fete.md"
SENT = f"2026-11-28 10:00 sent sol@journal\n{WORDS}\n"


def post(date: str = "2026-12-05 10:00", words: str = WORDS, *, channels: str = "journal", more: str = "") -> str:
    return f"---\ntitle: Le sol\ndate: {date}\nchannels: [{channels}]\n{more}---\n{words}\n"


def judged(root: Path, *histories: History, payload: bytes | None = None) -> list[Finding]:
    loaded = desk.load(WorkTree(root))
    known = {history.key: history for history in histories}
    table = timetable.make(loaded, known, NOW)
    return checks.run(Situation(desk=loaded, timetable=table, histories=known, now=NOW, payload=lambda _sha256: payload))


def findings_of(root: Path) -> list[tuple[str, str, str]]:
    import json

    return [(finding["rule"], finding["level"], finding["path"]) for finding in json.loads(check(root, "--format", "json").stdout)]


@pytest.mark.parametrize("words", [WORDS, EDITED])
def test_a22_an_id_changed_after_sending_is_reported_at_the_post(tmp_path: Path, words: str) -> None:
    root = build(tmp_path, {NEW: post(words=words)})
    build_ledger(root, SENT)
    assert findings_of(root) == [("identity-changed", "error", NEW)]


def test_a22_a_removed_id_leaves_an_orphan_receipt(tmp_path: Path) -> None:
    root = build(tmp_path, {NEW: post(words="Tout autre chose, et bien plus long que les premiers mots du jardin.")})
    build_ledger(root, SENT)
    assert findings_of(root) == [("orphan-receipt", "warning", "brand/brand.yml")]


def test_a22_a_channel_moved_to_another_post_is_reported(tmp_path: Path) -> None:
    root = build(tmp_path, {OLD: post("2026-11-28 10:00", channels="mastodon"), NEW: post()})
    build_ledger(root, f"{SENT}2026-11-28 10:00 sent sol@mastodon\n{WORDS}\n")
    assert findings_of(root) == [("identity-changed", "error", NEW)]


def test_a20_a_file_moved_with_its_id_is_the_same_publication(tmp_path: Path) -> None:
    root = build(tmp_path, {NEW: post("2026-11-28 10:00", more="id: sol\n")})
    build_ledger(root, SENT)
    assert findings_of(root) == []


@pytest.mark.parametrize("words", [WORDS, EDITED])
def test_a18_sent_words_under_a_new_date_are_the_same_publication(tmp_path: Path, words: str) -> None:
    root = build(tmp_path, {OLD: post("2026-12-20 10:00", words)})
    build_ledger(root, SENT)
    assert findings_of(root) == []


def test_a19_a_revert_leaves_the_receipt_and_reverting_it_restores_the_post(tmp_path: Path) -> None:
    root = build(tmp_path, {OLD: post("2026-11-28 10:00")})
    build_ledger(root, SENT)
    assert findings_of(root) == []
    (root / OLD).unlink()
    assert findings_of(root) == [("orphan-receipt", "warning", "brand/brand.yml")]
    (root / OLD).write_text(post("2026-11-28 10:00"))
    assert findings_of(root) == []


def test_a_renamed_channel_keeps_its_sent_publications(tmp_path: Path) -> None:
    channels = (BRAND / "brand/channels.yml").read_text().replace("journal: {network: feed,", "gazette: {network: feed, was: [journal],")
    root = build(tmp_path, {OLD: post("2026-11-28 10:00", channels="gazette"), "brand/channels.yml": channels})
    build_ledger(root, SENT)
    assert findings_of(root) == []


def test_a_post_that_cannot_be_read_is_not_gone(tmp_path: Path) -> None:
    root = build(tmp_path, {OLD: post("2026-11-28 10:00").replace("channels:", "chanels:"), NEW: post(words="Venez.")})
    build_ledger(root, SENT)
    assert {rule for rule, _level, _path in findings_of(root)} == {"unknown-key"}


def test_a_post_checked_alone_has_no_orphan_receipts(tmp_path: Path) -> None:
    root = build(tmp_path, {OLD: post("2026-11-28 10:00"), NEW: post(words="Venez.")})
    build_ledger(root, SENT)
    assert check(root, NEW).output.startswith("No problems found.")


def test_an_old_branch_has_no_orphan_receipts(tmp_path: Path) -> None:
    root = build(tmp_path, {NEW: post(words="Venez.")})
    repo = Repo(root)
    build_ledger(root, "2026-11-28 10:00 sent other@journal\nAutre chose.\n")
    hand = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    assert findings_of(root) == [("orphan-receipt", "warning", "brand/brand.yml")]
    repo.run("checkout", "-q", "--orphan", "behind")
    repo.run(*hand, "commit", "-q", "--no-gpg-sign", "-am", "Behind")
    assert findings_of(root) == []


def test_the_latest_orphans_are_listed_and_the_others_counted(tmp_path: Path) -> None:
    sent = [
        History(f"p{day}@journal", (Event(f"p{day}@journal", 0, "carried", NOW - timedelta(days=day), {"url": "", "at": NOW.isoformat()}),))
        for day in range(1, 14)
    ]
    findings = judged(build(tmp_path, {}), *sent)
    assert [finding.message for finding in findings if "p1@" in finding.message]
    assert [finding.message for finding in findings if "more posts" in finding.message] == [
        "3 more posts went out and are no longer in the calendar"
    ]
    assert len(findings) == 11


def test_a_retracted_post_is_no_orphan_receipt(tmp_path: Path) -> None:
    carried = {"url": "", "at": NOW.isoformat()}
    history = History("p@journal", (Event("p@journal", 0, "carried", NOW, carried), Event("p@journal", 1, "retracted", NOW, {})))
    assert judged(build(tmp_path, {}), history) == []


def test_a21_a_copy_of_a_sent_post_is_reported_within_thirty_days(tmp_path: Path) -> None:
    files = {OLD: post("2026-11-28 10:00", more="id: sol\n")}
    root = build(tmp_path, {**files, NEW: post(words=EDITED)})
    build_ledger(root, SENT)
    assert findings_of(root) == [("duplicate-text", "warning", NEW)]
    (root / NEW).write_text(post("2026-12-29 10:00", EDITED))
    assert findings_of(root) == []


@pytest.mark.parametrize("date", ["2026-12-12 10:00", "when-approved"])
def test_a21_a_copy_among_upcoming_posts_is_refused_and_cannot_be_allowed(tmp_path: Path, date: str) -> None:
    reason = "allow: {duplicate-text: it matters}\n"
    root = build(tmp_path, {OLD: post("2026-12-05 10:00"), NEW: post(date, more=reason)})
    (finding,) = judged(root)
    assert (finding.rule, finding.level, finding.not_allowable, finding.place.path) == ("duplicate-text", "error", True, NEW)
    assert f"{OLD}, 2026-12-05 10:00" in finding.message


def test_an_allow_in_either_post_is_enough_for_similar_texts(tmp_path: Path) -> None:
    root = build(tmp_path, {OLD: post(), NEW: post("2026-12-12 10:00", EDITED)})
    assert [finding.level for finding in judged(root)] == ["warning"]
    for path, text in ((OLD, post(more="allow: {duplicate-text: every week}\n")), (NEW, post("2026-12-12 10:00", EDITED))):
        (root / path).write_text(text)
    assert judged(root) == []


def test_two_similar_posts_have_one_finding_at_the_words_of_the_channel(tmp_path: Path) -> None:
    words = f"Bonjour à toutes et à tous.\n\n## @mastodon @bluesky\n{WORDS}"
    root = build(
        tmp_path, {OLD: post(words=words, channels="mastodon, bluesky"), NEW: post("2026-12-12 10:00", channels="bluesky, mastodon")}
    )
    (finding,) = judged(root)
    assert (str(finding.place), finding.level) == (f"{NEW}:6:1", "error")
    assert "`bluesky`, `mastodon`" in finding.message


def test_other_channels_ideas_repeats_and_greetings_are_no_duplicates(tmp_path: Path) -> None:
    files = {
        OLD: post(),
        "content/posts/2026/12/elsewhere.md": post("2026-12-06 10:00", channels="linkedin"),
        "content/ideas/later.md": post("2026-12-07 10:00"),
        "content/posts/2026/12/draft.md": post("2026-12-08 10:00", more="draft: true\n"),
        "content/posts/2026/12/weekly.md": post(
            "2026-12-09 10:00", "Chaque mercredi, la serre est ouverte.", more="repeat: FREQ=WEEKLY;COUNT=3\n"
        ),
        "content/posts/2026/12/sunday.md": post("2026-12-13 10:00", "Bon dimanche !"),
        "content/posts/2026/12/next.md": post("2026-12-20 10:00", "Bon dimanche !", more="link: https://example.org/jardin\n"),
    }
    assert judged(build(tmp_path, files)) == []


def test_the_finding_is_at_the_unsealed_post(tmp_path: Path) -> None:
    root = build(tmp_path, {OLD: post(), NEW: post("2026-12-12 10:00")})
    data = {"words": "0" * 64, "when": "0" * 64, "instant": "2026-12-12T09:00:00+00:00", "payload": "0" * 64, "by": [], "basis": "written"}
    (finding,) = judged(root, History("fete@journal", (Event("fete@journal", 0, "sealed", NOW, data),)))
    assert finding.place.path == OLD
    assert NEW in finding.message


def test_a_new_post_dated_before_the_ledger_began_is_told_by_check_plan_and_status(tmp_path: Path) -> None:
    hand = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false", "commit", "-q", "-m", "Un post")
    legacy, fresh = "content/posts/2026/10/vieux.md", "content/posts/2026/10/jeune.md"
    root = build(tmp_path, {OLD: post("2026-11-28 10:00"), legacy: post("2026-10-05 10:00", words="Un vieux post du jardin.")})
    build_ledger(root, SENT)
    repo = Repo(root)
    repo.run("add", "-A")
    repo.run(*hand)
    assert findings_of(root) == []
    (root / fresh).write_text(post("2026-10-06 10:00", words="Un tout nouveau post, dont la date est celle d'hier."))
    assert findings_of(root) == [("past-date", "warning", fresh)]
    repo.run("add", "-A")
    repo.run(*hand)
    assert findings_of(root) == [("past-date", "warning", fresh)]
    for command in ("plan", "status"):
        done = CliRunner().invoke(marronnier, ["-C", str(root), "--now", "2026-12-02 09:00", command], catch_exceptions=False)
        assert "1 new post is dated before the ledger began, so it never goes out: run `marronnier check`" in done.output, command
