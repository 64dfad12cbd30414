"""French punctuation is fixed once, changes only punctuation, and never touches text that is not prose."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marronnier.text import french_punctuation, masks

SET = {
    "Bonjour ! Ça va ? Oui ; non : si": "Bonjour\u202f! Ça va\u202f? Oui\u202f; non\u00a0: si",
    "Bonjour! Ça va? Oui; non: si": "Bonjour\u202f! Ça va\u202f? Oui\u202f; non\u00a0: si",
    "Quoi ?! Non!!": "Quoi\u202f?! Non\u202f!!",
    "**Venez**! **Venez !**": "**Venez**\u202f! **Venez\u202f!**",
    "« mot » «mot»": "«\u00a0mot\u00a0» «\u00a0mot\u00a0»",
    "l'été, d'[ici](https://a.example/l'ete), l'**art**, aujourd'hui": "l’été, d’[ici](https://a.example/l'ete), l’**art**, aujourd’hui",
    'Il dit "oui" et ("non").': "Il dit «\u00a0oui\u00a0» et («\u00a0non\u00a0»).",
    "Bientôt... [...]": "Bientôt… […]",
    "Prix : 10 € !": "Prix\u00a0: 10 €\u202f!",
    "Lisez https://a.example/?q=1 !": "Lisez https://a.example/?q=1\u202f!",
    "Merci @jardin@a.example !": "Merci @jardin@a.example\u202f!",
    "# Venez !": "# Venez\u202f!",
    "- un : deux": "- un\u00a0: deux",
    "| Quoi ? | Non ! |": "| Quoi\u202f? | Non\u202f! |",
    "Il gèle :\nvenez.": "Il gèle\u00a0:\nvenez.",
}
LEFT = [
    "10:30, 8h:30, 1:2, 14:00-16:00", ":-) ;-) :D ;) :p :/ :'( (: ", ":smile: :+1: :fr:", "`a !` `l'a` ``b : c``", "```\nl'été !\n```", "~~~\n\"a\"\n~~~",
    "https://a.example/?a=1&b=l'ete:2 http://a.example:80", "[a][l'a]\n\n[l'a]: https://a.example \"un : deux !\"", "<a title=\"l'été !\">",
    "moi@a.example @l'été", "#l'été #a!", "![un](x.jpg) ![deux](y.jpg)", "Bonjour\u202f! Oui\u00a0! «\u202fa\u202f» «\u00a0b\u00a0»", "15\" x 20'", "1...2 ../... a/...",
    "(!) [?] ;;", "- ! a\n* ? b\n1. : c", "&nbsp;&laquo;&#8239;", "a=b;c?d:e!=f", "| :--- | ---: |\n|:-:|", "C:\\l", "---", "il «",
]  # fmt: skip


def fixed(text: str) -> str:
    for fix in reversed(french_punctuation.typography_fixes(text)):
        text = text[: fix.start] + fix.after + text[fix.end :]
    return text


@pytest.mark.parametrize("text", SET)
def test_keyboard_punctuation_becomes_french(text: str) -> None:
    assert french_punctuation.may_need_fixes(text)
    assert fixed(text) == SET[text]
    assert french_punctuation.typography_fixes(SET[text]) == []


@pytest.mark.parametrize("text", LEFT)
def test_correct_punctuation_and_non_prose_are_unchanged(text: str) -> None:
    assert fixed(text) == text


PIECES = st.sampled_from(
    [
        *"!?:;«»'\"*_` \n#@()[]",
        "\u00a0",
        "\u202f",
        "mot",
        "l",
        "é",
        "1",
        "...",
        "```\n",
        "https://a.example/?l'a:b",
        "[x](https://b.example/l'a)",
        "@moi",
        "#été",
        "&nbsp;",
        "- ",
        "<b>",
        "…",
        "|",
    ]
)
TEXT = st.lists(PIECES, max_size=16).map("".join)


def settled(text: str) -> str:
    for _turn in range(5):
        text = fixed(text)
    return text


@given(TEXT)
def test_fixing_twice_changes_nothing_and_may_need_fixes_is_never_wrongly_false(text: str) -> None:
    rest = settled(text)
    assert fixed(rest) == rest
    if french_punctuation.typography_fixes(text):
        assert french_punctuation.may_need_fixes(text)


def bare(text: str) -> str:
    """The text without the characters that typography may change."""
    return re.sub(r"[ \t\u00a0\u202f'’\"«»….]", "", text)


@given(TEXT)
def test_letters_code_and_links_are_unchanged(text: str) -> None:
    after = settled(text)
    assert bare(after) == bare(text)
    assert after.count("\n") == text.count("\n")
    for kept in (masks.code_spans, masks.address_spans, masks.hashtag_spans):
        before = [text[start:end] for start, end in sorted(kept(text))]
        assert [after[start:end] for start, end in sorted(kept(after))] == before


@given(st.text())
def test_fixes_do_not_overlap_and_name_the_mark_that_is_there(text: str) -> None:
    at = 0
    for change in french_punctuation.typography_fixes(text):
        assert at <= change.start <= change.end
        assert change.after != text[change.start : change.end]
        assert "\n" not in text[change.start : change.end]
        at = change.end


@pytest.mark.parametrize(
    "text", [" !" * 20_000, "l'" * 20_000, '"a" ' * 20_000, "«" * 20_000, "..." * 20_000, " " * 40_000 + "!", "*" * 20_000 + "!"]
)
def test_c12_a_hostile_text_is_set_in_a_moment(text: str) -> None:
    start = time.perf_counter()
    french_punctuation.typography_fixes(text)
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize(
    "line",
    [
        '{{< figure src="a.png" caption="Oui : non !" >}}',
        '{% include carte.html titre="Oui : non" %}',
        '{: .note title="x : y"}',
        '!!! note "Titre"',
        '??? tip "Titre : oui"',
        '=== "Onglet"',
    ],
)
def test_directives_of_another_tool_are_unchanged(line: str) -> None:
    assert fixed(f"Avant.\n\n{line}\n\nAprès.") == f"Avant.\n\n{line}\n\nAprès."
