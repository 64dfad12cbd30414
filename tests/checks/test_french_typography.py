"""French typography: only in French, only where the brand asks for it, one finding a line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from checks.rule_pages import build, check

POST = "content/posts/2026/12/a.md"
VOICE = {"brand/voice.yml": "typography: [fr]\n"}


def found(root: Path) -> list[tuple[int, int]]:
    said = json.loads(check(root, "--format", "json").stdout)
    return [(one["line"], one["column"]) for one in said if one["rule"] == "french-typography"]


def post(words: str = "Venez.", front: str = "", title: str = "A") -> str:
    return f"---\ntitle: {title}\ndate: 2026-12-05 10:00\nchannels: [journal]\n{front}---\n{words}\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("title: L'été : un, deux !", "title: L’été\u00a0: un, deux\u202f!"),
        ("title: 'L''été : un'", "title: 'L’été\u00a0: un'"),
        ('title: "L\'été : \\"un\\" !"', 'title: "L’été\u00a0: «\u00a0un\u00a0»\u202f!"'),
        ("title: Oui!  # l'été !", "title: Oui\u202f!  # l'été !"),
        ("first_comment: Quoi ?", "first_comment: Quoi\u202f?"),
        ("for: {journal: {title: Oui !}}", "for: {journal: {title: Oui\u202f!}}"),
        ("poll: {options: [Oui !, 'Non !']}", "poll: {options: [Oui\u202f!, 'Non\u202f!']}"),
        ("media:\n  - src: l'a.jpg\n    alt: L'été", "media:\n  - src: l'a.jpg\n    alt: L’été"),
        ("sensitive: >-\n  L'été,\n  l'hiver !", "sensitive: >-\n  L’été,\n  l’hiver\u202f!"),
        ("tags: [L'été]\nlink: https://a.example/l'a", "tags: [L'été]\nlink: https://a.example/l'a"),
    ],
)
def test_values_of_the_front_matter_are_fixed_and_keys_comments_and_files_are_not(tmp_path: Path, before: str, after: str) -> None:
    text = post(front=f"{before}\n")
    text, wanted = (one.replace("title: A\n", "") if before.startswith("title") else one for one in (text, post(front=f"{after}\n")))
    root = build(tmp_path, {POST: text, "content/media/l'a.jpg": "(a picture)", **VOICE})
    check(root, "--fix")
    assert (root / POST).read_text() == wanted
    assert found(root) == []
    check(root, "--fix")
    assert (root / POST).read_text() == wanted


def test_typography_and_a_hidden_character_of_one_line_are_fixed_together(tmp_path: Path) -> None:
    root = build(tmp_path, {POST: post("L'hiver\u200b est là !\nEt\u00ad l'été\u200b!"), **VOICE})
    done = check(root, "--fix")
    assert (root / POST).read_text() == post("L’hiver est là\u202f!\nEt l’été\u202f!")
    assert "- L'hiver\\u200b est là !\n+ L’hiver est là⍽!\n" in done.output
    assert done.output.endswith("No problems found.\n")


def test_only_french_and_only_where_the_brand_asks_for_it(tmp_path: Path) -> None:
    channels = (
        "channels:\n  journal: {network: feed, lang: fr-BE}\n  krant: {network: feed, lang: nl}\n  ici: {network: feed, lang: fr-CA}\n"
    )
    files = {"brand/channels.yml": channels, "brand/strategy.yml": "mission: A\n"}
    text = post("Oui !\n\n## @krant\nJa !\n\n## @ici\nOui !").replace("[journal]", "[journal, krant, ici]")
    assert found(build(tmp_path / "a", {POST: text, **files, **VOICE})) == [(6, 4)]
    assert found(build(tmp_path / "b", {POST: text, **files})) == []
    assert found(build(tmp_path / "c", {POST: text.replace("title: A", "title: A\nlang: en"), **files, **VOICE})) == []


def test_combining_accents_are_kept(tmp_path: Path) -> None:
    root = build(tmp_path, {POST: post("L'e\u0301te\u0301 !", title="L'e\u0301te\u0301 !"), **VOICE})
    check(root, "--fix")
    assert (root / POST).read_text() == post("L’e\u0301te\u0301\u202f!", title="L’e\u0301te\u0301\u202f!")


def test_another_language_has_no_typography_yet(tmp_path: Path) -> None:
    assert "one of fr" in check(build(tmp_path, {"brand/voice.yml": "typography: nl\n"})).output
