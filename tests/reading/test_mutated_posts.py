"""Mutated posts never raise, every finding has a place in the file, and fixes keep every word."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from checks.rule_pages import build
from marronnier import checks, desk, timetable
from marronnier.autofix import apply_fixes
from marronnier.files import WorkTree
from marronnier.model.finding import Finding
from marronnier.proofs.situation import Situation

PATH = "content/posts/2026/12/a.md"
NOW = datetime(2026, 12, 2, 8, tzinfo=UTC)
POST = """---
id: a
title: Portes ouvertes : on plante !
date: 2026-12-12 10:00
channels: [journal, bluesky]
pillar: jardin
tags: [Jardin, Été]
media:
  - src: jardin.png
    alt: Trois personnes, un arbre
for:
  bluesky: {title: Un titre}
---
On ouvre le jardin samedi ; apportez une bêche.

Merci @ecole, et voir https://example.org/a?b=c#d !

## @bluesky
L'arbre 👩‍👩‍👧‍👦 مرحبا, Ĳsland.
"""
PIECES = st.sampled_from(
    [
        *"\u00a0\u202f\t\r\n\"'’“«»#@&*!%[]{},:-|>`\\\ufeff\u200b\u2028\u0085\x00",
        "\r\n", "---\n", "—\n", " ---\n", ": ", " :", " # ", "- ", "? ", "## @journal\n", "## @nope\n", "```\n", "![](a.png)", "<b>", "e\u0301",
        "\ntags: #a #b\n", "\ndate: 5 décembre 2026 10h\n", "\nTitle: x\n", "\nchannels: journal, bluesky\n", "\nmedia: [{src: a.png, alt: Une botte, un livre: oui}]\n",
        "\ntags: [#a, b : c]\n", "\nsensitive: oui\n", "\nrepeat: FREQ=WEEKLY;COUNT=3\n", "\nslot: next\n", "\n\towner: x\n", "\n\u00a0\u00a0- x\n", "\nowner:x\n",
    ]
)  # fmt: skip
EDITS = st.lists(st.tuples(st.integers(0, len(POST)), st.sampled_from([0, 0, 1, 4]), PIECES), min_size=1, max_size=4)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("brand"), {"brand/voice.yml": "typography: fr\n"})


def judged(root: Path) -> list[Finding]:
    loaded = desk.load(WorkTree(root))
    return checks.run(Situation(desk=loaded, timetable=timetable.make(loaded, {}, NOW), now=NOW, began=NOW))


def letters(text: str) -> list[str]:
    return sorted(char for char in unicodedata.normalize("NFC", text) if char.isalpha())


@given(EDITS)
@example([(1, 3, "—\n")])
def test_a_mutated_post_is_reported_and_fixed_without_loss(root: Path, edits: list[tuple[int, int, str]]) -> None:
    text = POST
    for at, gone, piece in edits:
        text = text[:at] + piece + text[at + gone :]
    file = root / PATH
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode())
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    found = judged(root)
    for finding in found:
        assert finding.message
        assert finding.expected or finding.next
        if finding.place.path == PATH:
            assert 1 <= finding.place.line <= len(lines)
            assert 1 <= finding.place.column <= len(lines[finding.place.line - 1]) + 1
    rewritten = 0
    while done := list(apply_fixes(root, found)):
        rewritten += any(finding.fix and finding.rule in ("invalid-date", "unknown-key") for finding in found)
        assert len(done) < 100
        found = judged(root)
    after = file.read_bytes().decode()
    if not rewritten:
        assert letters(after) == letters(text)
    assert not list(apply_fixes(root, judged(root)))
    assert file.read_bytes().decode() == after
