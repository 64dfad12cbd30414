"""Passages: each character of the words is found again in the file, and a mended line says exactly what was meant."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from checks.rule_pages import build
from marronnier import desk
from marronnier.checks import text_spans
from marronnier.checks.text_spans import TextSpan
from marronnier.files import WorkTree, document
from marronnier.files import line_fixes as mend

POST = """\
---
title: 'L''été : « on plante »'
date: 2026-12-05 10:00
channels: [journal, linkedin]
tags: [Jardin, Été]
link: https://example.org/a
first_comment: "Un \\"mot\\" \\u00e9crit"
sensitive: >-
  Une longue
  phrase ici
media:
  - {src: a.jpg, alt: Un arbre}
  - src: b.jpg
    alt: |
      Deux
      arbres
poll:
  options: [Oui, "Non : non"]
for:
  linkedin: {title: Autrement}
---
Bonjour e\u0301te\u0301 ici.

Fin.

## @linkedin

Deux mots.
"""


def of(tmp_path: Path, text: str, files: dict[str, str] | None = None) -> tuple[TextSpan, ...]:
    path = "content/posts/2026/12/a.md"
    loaded = desk.load(WorkTree(build(tmp_path, {path: text, **(files or {})})))
    (post,) = [*loaded.posts.values(), *loaded.salvaged_posts]
    return text_spans.spans_of(loaded, post)


def test_all_that_is_said_is_walked_with_its_place(tmp_path: Path) -> None:
    found = {(one.kind, one.text): one for one in of(tmp_path, POST)}
    assert [kind for kind, _text in found] == [
        "words", "words", "title", "comment", "warning", "link", "tag", "tag", "alt", "alt", "option", "option", "title",
    ]  # fmt: skip
    lines = POST.split("\n")
    for (kind, text), passage in found.items():
        for index, character in enumerate(text):
            place = passage.place(index)
            raw = lines[place.line - 1][place.column - 1 :]
            composed = unicodedata.normalize("NFC", raw[:2])
            assert raw[:1] == character or composed == character or raw.startswith("\\") or character.isspace(), (kind, text, index)


def test_each_has_its_language(tmp_path: Path) -> None:
    channels = "channels:\n  journal: {network: feed, lang: fr}\n  krant: {network: feed, lang: nl}\n  news: {network: feed, lang: en}\n"
    text = "---\ntitle: A\nchannels: [journal, krant, news]\nfor:\n  krant: {title: B}\n---\nUn.\n\n## @krant\nTwee.\n\n## @news\nThree.\n"
    found = {one.text: one.lang for one in of(tmp_path / "a", text, {"brand/channels.yml": channels, "brand/strategy.yml": "mission: A\n"})}
    assert found == {"Un.": "fr", "Twee.": "nl", "Three.": "en", "A": "fr", "B": "nl"}
    files = {"brand/channels.yml": channels, "brand/strategy.yml": "mission: A\n"}
    alone = {one.text: one.lang for one in of(tmp_path / "b", "---\ntitle: C\nchannels: [krant]\n---\nTwee.\n", files)}
    assert set(alone.values()) == {"nl"}
    written = {one.text: one.lang for one in of(tmp_path / "c", text.replace("title: A", "title: A\nlang: ar"), files)}
    assert set(written.values()) == {"ar"}


VALUE = st.text(st.sampled_from("ab é'\":#,[]{}\\-e\u0301\u200b\u202e!&*%|>"), min_size=1, max_size=16).map(str.strip).filter(bool)


@given(VALUE, st.sampled_from(["'", '"', ""]), st.data())
def test_a_fix_in_the_front_matter_says_what_was_meant_or_is_not_made(value: str, quote: str, data: st.DataObject) -> None:
    said = unicodedata.normalize("NFC", value)
    shown = f"'{value.replace(chr(39), chr(39) * 2)}'" if quote == "'" else yaml.safe_dump(value, default_style='"', width=999).strip()
    source = f"---\ntitle: {shown if quote else value}\ndate: 2026-12-05\n---\nMots.\n"
    read = document.parse_markdown("content/posts/a.md", source.encode())
    if read.data.get("title") != said:
        return
    passage = TextSpan("content/posts/a.md", source, said, *read.places[("title",)], "title", ("title",), "fr")
    start = data.draw(st.integers(0, len(said) - 1))
    fix = passage.fix([(start, start + 1, "Z")])
    if fix is not None:
        again = document.parse_markdown("content/posts/a.md", mend.apply_fixes(source, [fix]).encode())
        assert again.data == {**read.data, "title": f"{said[:start]}Z{said[start + 1 :]}"}
        assert again.body == read.body


@given(st.lists(st.text(st.sampled_from("ab é e\u0301\u0301ü\u200b"), max_size=12), min_size=1, max_size=4), st.data())
def test_a_fix_of_the_words_changes_that_character_alone(lines: list[str], data: st.DataObject) -> None:
    body = "\n".join(f"x{line}" for line in lines)
    source = f"---\ntitle: A\n---\n{body}\n"
    said = unicodedata.normalize("NFC", body)
    passage = TextSpan("a.md", source, said, 4)
    start = data.draw(st.integers(0, len(said) - 1).filter(lambda at: said[at] != "\n"))
    fix = passage.fix([(start, start + 1, "Z")])
    assert fix is not None
    after = document.parse_markdown("content/posts/a.md", mend.apply_fixes(source, [fix]).encode()).body
    assert after.strip("\n") == unicodedata.normalize("NFC", f"{said[:start]}Z{said[start + 1 :]}")


def test_two_fixes_of_one_line_are_one(tmp_path: Path) -> None:
    passage = TextSpan("a.md", "un\u200b mot !\n", "un\u200b mot !", 1)
    fixes = [passage.fix([(2, 3, "")]), passage.fix([(7, 8, "\u202f")]), passage.fix([(7, 8, "x")])]
    (one,) = mend.merge_fixes(fix for fix in fixes if fix)
    assert (one.before, one.after) == ("un\u200b mot !", "un mot\u202f!")


def test_a_fix_of_several_parts_goes_with_one_between_them() -> None:
    passage = TextSpan("a.md", "l'un\u200b\u200b mot !\n", "l'un\u200b\u200b mot !", 1)
    fixes = [passage.fix([(1, 2, "’"), (10, 11, "\u202f")]), passage.fix([(4, 5, "")]), passage.fix([(5, 6, "")])]
    (one,) = mend.merge_fixes(fix for fix in fixes if fix)
    assert one.after == "l’un mot\u202f!"


@pytest.mark.parametrize("edits", [[(0, 1, "a"), (4, 5, "b")], [(0, 5, "")], [(0, 1, "\n")], []])
def test_what_touches_several_lines_is_no_fix(edits: list[tuple[int, int, str]]) -> None:
    assert TextSpan("a.md", "un\nau\n", "un\nau", 1).fix(edits) is None
