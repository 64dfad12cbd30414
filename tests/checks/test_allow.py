"""`allow:` removes a finding for a reason, where the rule has exceptions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from checks.rule_pages import build, check

POST = "content/posts/2026/12/affiche.md"
PICTURE = {"content/media/affiche.jpg": "(a picture)"}


def post(allow: str = "", *, media: str = "affiche.jpg", channels: str = "journal", date: str = "2026-12-08 10:00") -> str:
    return f"---\ntitle: L'affiche\ndate: {date}\nchannels: [{channels}]\nmedia: [{media}]\n{allow}---\nVenez.\n"


def findings_of(root: Path, *arguments: str) -> list[tuple[str, str]]:
    return [(finding["rule"], finding["level"]) for finding in json.loads(check(root, "--format", "json", *arguments).stdout)]


def test_without_allow_the_finding_is_reported(tmp_path: Path) -> None:
    assert findings_of(build(tmp_path, {POST: post(), **PICTURE})) == [("missing-alt-text", "error")]


def test_an_allow_with_a_reason_removes_the_finding(tmp_path: Path) -> None:
    assert findings_of(build(tmp_path, {POST: post("allow: {missing-alt-text: described in the words}\n"), **PICTURE})) == []


@pytest.mark.parametrize("reason", ['""', '"   "'])
def test_an_allow_without_a_reason_removes_nothing(tmp_path: Path, reason: str) -> None:
    root = build(tmp_path, {POST: post(f"allow: {{missing-alt-text: {reason}}}\n"), **PICTURE})
    assert sorted(findings_of(root)) == [("invalid-value", "error"), ("missing-alt-text", "error")]


def test_a_network_limit_and_a_missing_file_cannot_be_allowed(tmp_path: Path) -> None:
    allow = "allow:\n  missing-media: it comes later\n  over-length: it matters\n"
    text = post(allow, media="{src: none.jpg, alt: Une affiche}", channels="bluesky").replace("Venez.", "Venez. " * 60)
    assert sorted(findings_of(build(tmp_path, {POST: text}))) == [
        ("invalid-value", "error"),
        ("invalid-value", "error"),
        ("missing-media", "error"),
        ("over-length", "error"),
    ]


def test_an_unused_allow_is_a_notice(tmp_path: Path) -> None:
    text = post("allow: {missing-alt-text: described in the words}\n", media="{src: affiche.jpg, alt: Une affiche}")
    root = build(tmp_path, {POST: text, **PICTURE})
    assert findings_of(root) == [("unused-allow", "notice")]
    assert check(root).exit_code == 0


def test_a_post_checked_alone_has_no_unused_allow(tmp_path: Path) -> None:
    other = post("allow: {clash: both matter}\n", media="{src: affiche.jpg, alt: Une affiche}", date="2026-12-08 10:10")
    root = build(tmp_path, {POST: post(media="{src: affiche.jpg, alt: A}"), "content/posts/2026/12/z.md": other, **PICTURE})
    assert findings_of(root) == []
    assert findings_of(root, "content/posts/2026/12/z.md") == []


def test_an_allow_is_valid_for_its_own_post_only(tmp_path: Path) -> None:
    allowed = post("allow: {missing-alt-text: described in the words}\n")
    root = build(
        tmp_path, {POST: allowed, "content/posts/2026/12/autre.md": post(date="2026-12-09 10:00").replace("Venez", "Revenez"), **PICTURE}
    )
    findings = json.loads(check(root, "--format", "json").stdout)
    assert [(finding["rule"], finding["path"]) for finding in findings] == [("missing-alt-text", "content/posts/2026/12/autre.md")]


def test_the_allow_of_a_past_post_is_not_unused(tmp_path: Path) -> None:
    pair = [
        post("allow: {clash: both matter}\n", media="{src: affiche.jpg, alt: Une affiche}", date=f"2026-12-01 {at}")
        for at in ("10:00", "10:10")
    ]
    brand = "name: A\nzone: Europe/Brussels\nclock: 2026-12-02\n"
    files = {POST: pair[0], "content/posts/2026/12/z.md": pair[1].replace("Venez", "Revenez"), "brand/brand.yml": brand, **PICTURE}
    assert findings_of(build(tmp_path, files)) == []
