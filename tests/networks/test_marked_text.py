"""Words with their marks: the same words as plain text, and each mark on its own words."""

from __future__ import annotations

import re

import pytest
from hypothesis import given

from marronnier.networks.kit.chat.marked_parts import marked_parts
from marronnier.networks.kit.chat.marked_text import MarkedText, Span, marked_text
from marronnier.text.plain_text import to_plain_text
from networks.posts import publication
from text.markdown_texts import markdown, prose


def marks(text: MarkedText) -> list[tuple[str, str]]:
    return [(span.kind, text.text[span.start : span.end]) for span in text.spans]


def as_typed(text: MarkedText) -> str:
    """With a pair of brackets for each mark."""
    return text.written(lambda words, _is_code: words, lambda span: (f"{span.kind[0]}⟨", "⟩"))


@pytest.mark.parametrize(
    ("typed", "text", "found"),
    [
        ("**gras** et *doux*", "gras et doux", [("bold", "gras"), ("italic", "doux")]),
        ("***a***", "a", [("bold", "a"), ("italic", "a")]),
        ("# Le **jardin**", "Le jardin", [("bold", "Le jardin")]),
        ("Titre\n===\n\nmot", "Titre\n\nmot", [("bold", "Titre")]),
        ("`*x*` ~~non~~", "*x* non", [("code", "*x*"), ("struck", "non")]),
        ("```py\na\nb\n```", "a\nb", [("block", "a\nb")]),
        ("[ici](https://example.org)", "ici", [("link", "ici")]),
        ("<https://example.org> https://example.org/_a_", "https://example.org https://example.org/_a_", []),
        ("[https://example.org](https://example.org)", "https://example.org", []),
        ("[non](javascript:alert(1)) [moi](mailto:a@example.org)", "non moi (a@example.org)", []),
        ("- **a**\n- b", "• a\n• b", [("bold", "a")]),
        ("> *a*", "> a", [("italic", "a")]),
        ("\\*a\\* 3 * 4", "*a* 3 * 4", []),
        ("# ![rien](a.png)", "", []),
    ],
)
def test_each_mark_stands_on_its_words(typed: str, text: str, found: list[tuple[str, str]]) -> None:
    marked = marked_text(typed)
    assert marked.text == text and sorted(marks(marked)) == sorted(found)


@given(prose() | markdown)
def test_the_words_are_those_of_plain_text_and_spans_are_nested(typed: str) -> None:
    marked = marked_text(typed)
    typed = re.sub("[\x0e-\x19]", "", typed)
    if "](" not in typed and "][" not in typed and "]:" not in typed and "~~" not in typed and "![" not in typed and "<" not in typed:
        assert marked.text == to_plain_text(typed)
    opened: list[int] = []
    for span in sorted(marked.spans, key=lambda one: (one.start, -one.end)):
        assert 0 <= span.start < span.end <= len(marked.text)
        while opened and opened[-1] <= span.start:
            opened.pop()
        assert not opened or span.end <= opened[-1], "one within another, or apart"
        opened.append(span.end)
    assert as_typed(marked).count("⟨") - marked.text.count("⟨") == len(marked.spans)


def test_marks_are_written_from_the_outside_in() -> None:
    text = MarkedText("abcd", (Span(1, 2, "code"), Span(0, 2, "italic"), Span(0, 2, "bold"), Span(3, 4, "bold")))
    assert as_typed(text) == "b⟨i⟨ac⟨b⟩⟩⟩cb⟨d⟩"


def test_a_thread_keeps_the_marks_of_each_piece_and_fits_with_its_signs() -> None:
    words = publication("feed", "**Un arbre & deux.** " * 40, thread="auto", limit=60).words

    def count(text: MarkedText) -> int:
        return len(as_typed(text))

    parts = marked_parts(words, lambda _pictures: 60, count)
    assert len(parts) > 1 and all(count(part.words) <= 60 for part in parts)
    assert "".join(part.words.text for part in parts).count("arbre") == 40
    assert sum(len(part.words.spans) for part in parts) >= 40


def test_without_threads_all_is_one_message() -> None:
    words = publication("feed", "Un\n\n---\n\nDeux", first_comment="Trois", thread="auto", limit=3).words
    (part,) = marked_parts(words, lambda _pictures: 3, lambda text: len(text.text), threaded=False)
    assert part.words.text == "Un\n\n---\n\nDeux\n\nTrois"
