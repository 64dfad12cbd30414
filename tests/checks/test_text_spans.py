"""Text spans: each character has its place in the file, and a fixed line has exactly the intended words."""

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
from marronnier.files import WorkTree, document, line_fixes

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


def spans_of(tmp_path: Path, text: str, files: dict[str, str] | None = None) -> tuple[TextSpan, ...]:
    path = "content/posts/2026/12/a.md"
    loaded = desk.load(WorkTree(build(tmp_path, {path: text, **(files or {})})))
    (post,) = [*loaded.posts.values(), *loaded.salvaged_posts]
    return text_spans.spans_of(loaded, post)


def test_every_text_of_a_post_has_its_place(tmp_path: Path) -> None:
    spans = {(span.kind, span.text): span for span in spans_of(tmp_path, POST)}
    assert [kind for kind, _text in spans] == [
        "words", "words", "warning", "option", "option", "title", "comment", "link", "tag", "tag", "alt", "alt", "title",
    ]  # fmt: skip
    lines = POST.split("\n")
    for (kind, text), span in spans.items():
        for index, character in enumerate(text):
            place = span.place(index)
            raw = lines[place.line - 1][place.column - 1 :]
            composed = unicodedata.normalize("NFC", raw[:2])
            assert raw[:1] == character or composed == character or raw.startswith("\\") or character.isspace(), (kind, text, index)


def test_each_span_has_its_language(tmp_path: Path) -> None:
    channels = "channels:\n  journal: {network: feed, lang: fr}\n  krant: {network: feed, lang: nl}\n  news: {network: feed, lang: en}\n"
    text = "---\ntitle: A\nchannels: [journal, krant, news]\nfor:\n  krant: {title: B}\n---\nUn.\n\n## @krant\nTwee.\n\n## @news\nThree.\n"
    langs = {
        span.text: span.lang
        for span in spans_of(tmp_path / "a", text, {"brand/channels.yml": channels, "brand/strategy.yml": "mission: A\n"})
    }
    assert langs == {"Un.": "fr", "Twee.": "nl", "Three.": "en", "A": "fr", "B": "nl"}
    files = {"brand/channels.yml": channels, "brand/strategy.yml": "mission: A\n"}
    alone = {span.text: span.lang for span in spans_of(tmp_path / "b", "---\ntitle: C\nchannels: [krant]\n---\nTwee.\n", files)}
    assert set(alone.values()) == {"nl"}
    written = {span.text: span.lang for span in spans_of(tmp_path / "c", text.replace("title: A", "title: A\nlang: ar"), files)}
    assert set(written.values()) == {"ar"}


VALUE = st.text(st.sampled_from("ab é'\":#,[]{}\\-e\u0301\u200b\u202e!&*%|>"), min_size=1, max_size=16).map(str.strip).filter(bool)


@given(VALUE, st.sampled_from(["'", '"', ""]), st.data())
def test_a_fix_in_the_front_matter_changes_the_value_only_or_is_not_made(value: str, quote: str, data: st.DataObject) -> None:
    composed = unicodedata.normalize("NFC", value)
    shown = f"'{value.replace(chr(39), chr(39) * 2)}'" if quote == "'" else yaml.safe_dump(value, default_style='"', width=999).strip()
    source = f"---\ntitle: {shown if quote else value}\ndate: 2026-12-05\n---\nMots.\n"
    read = document.parse_markdown("content/posts/a.md", source.encode())
    if read.data.get("title") != composed:
        return
    span = TextSpan("content/posts/a.md", source, composed, *read.places[("title",)], "title", ("title",), "fr")
    start = data.draw(st.integers(0, len(composed) - 1))
    fix = span.fix([(start, start + 1, "Z")])
    if fix is not None:
        again = document.parse_markdown("content/posts/a.md", line_fixes.apply_fixes(source, [fix]).encode())
        assert again.data == {**read.data, "title": f"{composed[:start]}Z{composed[start + 1 :]}"}
        assert again.body == read.body


@given(st.lists(st.text(st.sampled_from("ab é e\u0301\u0301ü\u200b"), max_size=12), min_size=1, max_size=4), st.data())
def test_a_fix_of_the_words_changes_one_character(lines: list[str], data: st.DataObject) -> None:
    body = "\n".join(f"x{line}" for line in lines)
    source = f"---\ntitle: A\n---\n{body}\n"
    composed = unicodedata.normalize("NFC", body)
    span = TextSpan("a.md", source, composed, 4)
    start = data.draw(st.integers(0, len(composed) - 1).filter(lambda at: composed[at] != "\n"))
    fix = span.fix([(start, start + 1, "Z")])
    assert fix is not None
    after = document.parse_markdown("content/posts/a.md", line_fixes.apply_fixes(source, [fix]).encode()).body
    assert after.strip("\n") == unicodedata.normalize("NFC", f"{composed[:start]}Z{composed[start + 1 :]}")


def test_two_fixes_of_one_line_are_merged(tmp_path: Path) -> None:
    span = TextSpan("a.md", "un\u200b mot !\n", "un\u200b mot !", 1)
    fixes = [span.fix([(2, 3, "")]), span.fix([(7, 8, "\u202f")]), span.fix([(7, 8, "x")])]
    (merged,) = line_fixes.merge_fixes(fix for fix in fixes if fix)
    assert (merged.before, merged.after) == ("un\u200b mot !", "un mot\u202f!")


def test_a_fix_of_several_parts_goes_with_one_between_them() -> None:
    span = TextSpan("a.md", "l'un\u200b\u200b mot !\n", "l'un\u200b\u200b mot !", 1)
    fixes = [span.fix([(1, 2, "’"), (10, 11, "\u202f")]), span.fix([(4, 5, "")]), span.fix([(5, 6, "")])]
    (merged,) = line_fixes.merge_fixes(fix for fix in fixes if fix)
    assert merged.after == "l’un mot\u202f!"


@pytest.mark.parametrize("changes", [[(0, 1, "a"), (4, 5, "b")], [(0, 5, "")], [(0, 1, "\n")], []])
def test_an_edit_of_several_lines_is_no_fix(changes: list[tuple[int, int, str]]) -> None:
    assert TextSpan("a.md", "un\nau\n", "un\nau", 1).fix(changes) is None
