"""Attacks and bad inputs that a check must refuse with a reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from checks.rule_pages import build, check

POST = "content/posts/2026/12/a.md"


def findings_of(root: Path) -> list[dict[str, object]]:
    return json.loads(check(root, "--format", "json").stdout)


def post(front: str, words: str = "Venez.") -> str:
    return f"---\ntitle: A\nchannels: [journal]\n{front}\n---\n{words}\n"


@pytest.mark.parametrize(
    ("date", "rule", "earlier", "later"),
    [
        ("2027-03-28 02:30", "nonexistent-local-time", "01:30 +01:00", "03:30 +02:00"),
        ("2027-10-31 02:30", "ambiguous-local-time", "02:30 +02:00", "02:30 +01:00"),
    ],
)
def test_c05_hours_skipped_or_repeated_by_summer_time_are_refused_with_both_readings(
    tmp_path: Path, date: str, rule: str, earlier: str, later: str
) -> None:
    (finding,) = findings_of(build(tmp_path, {POST: post(f"date: {date}")}))
    assert (finding["rule"], finding["line"], finding["column"]) == (rule, 4, 7)
    assert finding["next"] == f"write `{date} earlier` for {earlier}, or `{date} later` for {later}"
    for edge in ("earlier", "later"):
        assert findings_of(build(tmp_path, {POST: post(f"date: {date} {edge}")})) == []


def test_c05_an_hour_for_one_channel_is_reported_at_its_own_line(tmp_path: Path) -> None:
    front = "date: 2027-03-27 10:00\nfor:\n  journal:\n    date: 2027-03-28 02:30"
    (finding,) = findings_of(build(tmp_path, {POST: post(front)}))
    assert (finding["rule"], finding["line"], finding["column"]) == ("nonexistent-local-time", 7, 11)


def test_c05_the_usual_hour_may_be_the_missing_one(tmp_path: Path) -> None:
    brand = 'name: A\nzone: Europe/Brussels\ndefault_time: "02:30"\n'
    (finding,) = findings_of(build(tmp_path, {POST: post("date: 2027-03-28"), "brand/brand.yml": brand}))
    assert finding["rule"] == "nonexistent-local-time"


@pytest.mark.parametrize("picture", ["jardin.jpg", "{src: jardin.jpg}", '{src: jardin.jpg, alt: "  "}', "{src: jardin.jpg, alt: JARDIN}"])
def test_c16_a_picture_without_alternative_text_is_refused(tmp_path: Path, picture: str) -> None:
    root = build(tmp_path, {POST: post(f"date: 2026-12-05 10:00\nmedia:\n  - {picture}"), "content/media/jardin.jpg": "(a picture)"})
    (finding,) = findings_of(root)
    assert (finding["rule"], finding["level"], finding["line"]) == ("missing-alt-text", "error", 6)


@pytest.mark.parametrize(
    ("file", "rule"),
    [
        ("../../../../etc/passwd", "symlinked-media"),
        ("../../../../brand/assets/logo.png", "symlinked-media"),
        ("content/../../../etc/passwd", "symlinked-media"),
        ("/etc/passwd", "missing-media"),
        (".", "missing-media"),
    ],
)
def test_c13_a_file_outside_the_repository_is_refused(tmp_path: Path, file: str, rule: str) -> None:
    root = build(tmp_path, {POST: post(f"date: 2026-12-05 10:00\nmedia:\n  - {{src: {file}, alt: Une photo}}")})
    assert [finding["rule"] for finding in findings_of(root)] == [rule]


def test_c13_a_path_outside_the_repository_is_reported_even_when_the_name_exists_inside(tmp_path: Path) -> None:
    front = "date: 2026-12-05 10:00\nmedia:\n  - {src: ../../../../../elsewhere/jardin.jpg, alt: Une photo}"
    root = build(tmp_path, {POST: post(front), "content/media/jardin.jpg": "(a picture)"})
    assert [finding["rule"] for finding in findings_of(root)] == ["symlinked-media"]


def test_c13_a_symbolic_link_is_refused(tmp_path: Path) -> None:
    root = build(tmp_path, {POST: post("date: 2026-12-05 10:00\nmedia:\n  - {src: jardin.jpg, alt: Une photo}")})
    (root / "content/media").mkdir()
    (root / "content/media/jardin.jpg").symlink_to("/etc/hostname")
    assert {finding["rule"] for finding in findings_of(root)} == {"symlinked-media", "unreadable"}
    assert [finding["rule"] for finding in json.loads(check(root, POST, "--format", "json").stdout)] == ["symlinked-media"]


def test_c13_a_folder_behind_a_symbolic_link_is_refused(tmp_path: Path) -> None:
    root = build(tmp_path / "brand", {POST: post("date: 2026-12-05 10:00\nmedia:\n  - {src: ici/jardin.jpg, alt: Une photo}")})
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/jardin.jpg").write_bytes(b"x")
    (root / "content/media").mkdir()
    (root / "content/media/ici").symlink_to(tmp_path / "elsewhere")
    assert "symlinked-media" in {finding["rule"] for finding in findings_of(root)}


def test_a25_a_picture_in_a_nested_repository_is_refused(tmp_path: Path) -> None:
    front = "date: 2026-12-05 10:00\nmedia:\n  - {src: autre/jardin.jpg, alt: Une photo}"
    root = build(tmp_path, {POST: post(front), "content/media/autre/jardin.jpg": "(a picture)"})
    assert findings_of(root) == []
    (root / "content/media/autre/.git").write_text("gitdir: ../../../.git/modules/autre\n")
    findings = {(finding["rule"], finding["path"], finding["message"]) for finding in findings_of(root)}
    assert findings == {
        ("symlinked-media", POST, "`autre/jardin.jpg` is in a Git submodule"),
        ("unreadable", "content/media/autre", "this is a separate Git repository"),
    }


def test_media_of_one_channel_are_checked_too(tmp_path: Path) -> None:
    front = "date: 2026-12-05 10:00\nfor:\n  journal:\n    media:\n      - {src: none.jpg}"
    rules = {(finding["rule"], finding["line"]) for finding in findings_of(build(tmp_path, {POST: post(front)}))}
    assert rules == {("missing-media", 8), ("missing-alt-text", 8)}


def test_a_limit_is_counted_in_what_a_reader_sees(tmp_path: Path) -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    channels = "channels:\n  journal: {network: feed, limits: {text: 10}}\n"
    files = {"brand/channels.yml": channels, "brand/strategy.yml": "mission: A\n"}
    assert findings_of(build(tmp_path, files | {POST: post("date: 2026-12-05 10:00", family * 10)})) == []
    (finding,) = findings_of(build(tmp_path, files | {POST: post("date: 2026-12-05 10:00", "Un **mot** " + family * 3 + " la fin")}))
    assert finding["message"] == "`journal` counts 17 characters, 7 too many"
    assert finding["expected"] == "at most 10; the excess begins at “la fin”"
    assert (finding["line"], finding["column"]) == (6, 12 + 3 * len(family) + 1)
