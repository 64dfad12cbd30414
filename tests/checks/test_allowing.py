"""`allow:` takes a finding away for a reason, and only where that may be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from checks.rule_pages import build, check

POST = "content/posts/2026/12/affiche.md"
PICTURE = {"content/media/affiche.jpg": "(a picture)"}


def post(allow: str = "", *, media: str = "affiche.jpg", channels: str = "journal", date: str = "2026-12-08 10:00") -> str:
    return f"---\ntitle: L'affiche\ndate: {date}\nchannels: [{channels}]\nmedia: [{media}]\n{allow}---\nVenez.\n"


def found(root: Path, *arguments: str) -> list[tuple[str, str]]:
    return [(one["rule"], one["level"]) for one in json.loads(check(root, "--format", "json", *arguments).stdout)]


def test_without_it_the_finding_stands(tmp_path: Path) -> None:
    assert found(build(tmp_path, {POST: post(), **PICTURE})) == [("missing-alt-text", "error")]


def test_a_reason_takes_it_away(tmp_path: Path) -> None:
    assert found(build(tmp_path, {POST: post("allow: {missing-alt-text: described in the words}\n"), **PICTURE})) == []


@pytest.mark.parametrize("reason", ['""', '"   "'])
def test_no_reason_takes_nothing_away(tmp_path: Path, reason: str) -> None:
    root = build(tmp_path, {POST: post(f"allow: {{missing-alt-text: {reason}}}\n"), **PICTURE})
    assert sorted(found(root)) == [("invalid-value", "error"), ("missing-alt-text", "error")]


def test_a_network_s_limit_and_a_lost_file_cannot_be_allowed(tmp_path: Path) -> None:
    allow = "allow:\n  missing-media: it comes later\n  over-length: it matters\n"
    text = post(allow, media="{src: none.jpg, alt: Une affiche}", channels="bluesky").replace("Venez.", "Venez. " * 60)
    assert sorted(found(build(tmp_path, {POST: text}))) == [
        ("invalid-value", "error"),
        ("invalid-value", "error"),
        ("missing-media", "error"),
        ("over-length", "error"),
    ]


def test_what_is_not_needed_is_a_notice(tmp_path: Path) -> None:
    text = post("allow: {missing-alt-text: described in the words}\n", media="{src: affiche.jpg, alt: Une affiche}")
    root = build(tmp_path, {POST: text, **PICTURE})
    assert found(root) == [("unused-allow", "notice")]
    assert check(root).exit_code == 0


def test_a_post_read_alone_does_not_say_that_its_clash_is_gone(tmp_path: Path) -> None:
    other = post("allow: {clash: both matter}\n", media="{src: affiche.jpg, alt: Une affiche}", date="2026-12-08 10:10")
    root = build(tmp_path, {POST: post(media="{src: affiche.jpg, alt: A}"), "content/posts/2026/12/z.md": other, **PICTURE})
    assert found(root) == []
    assert found(root, "content/posts/2026/12/z.md") == []


def test_it_holds_for_its_own_post_only(tmp_path: Path) -> None:
    allowed = post("allow: {missing-alt-text: described in the words}\n")
    root = build(
        tmp_path, {POST: allowed, "content/posts/2026/12/autre.md": post(date="2026-12-09 10:00").replace("Venez", "Revenez"), **PICTURE}
    )
    findings = json.loads(check(root, "--format", "json").stdout)
    assert [(one["rule"], one["path"]) for one in findings] == [("missing-alt-text", "content/posts/2026/12/autre.md")]


def test_what_is_over_needed_its_reason_once(tmp_path: Path) -> None:
    pair = [
        post("allow: {clash: both matter}\n", media="{src: affiche.jpg, alt: Une affiche}", date=f"2026-12-01 {at}")
        for at in ("10:00", "10:10")
    ]
    brand = "name: A\nzone: Europe/Brussels\nclock: 2026-12-02\n"
    files = {POST: pair[0], "content/posts/2026/12/z.md": pair[1].replace("Venez", "Revenez"), "brand/brand.yml": brand, **PICTURE}
    assert found(build(tmp_path, files)) == []
