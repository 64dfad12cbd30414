"""Habits of words and banned words, wherever a post says something; what `--fix` writes is written once and changes nothing else."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.rule_pages import build, check
from marronnier.text import masks

POST = "content/posts/2026/12/a.md"
VOICE = """\
rules:
  maison:
    kind: substitution
    swap: {usagers: lectrices et lecteurs, workshop: cours, "atelier": atelier d'hiver}
  creux:
    kind: existence
    lang: fr
    words: [incontournable]
  ponctuation: {kind: occurrence, words: ["!", "?"], most: 2}
banned:
  rivaux: {words: [Truffaut, Grand Marché], why: On ne cite personne.}
  promesses: {words: [gratis], lang: nl, why: Niet waar.}
"""


def found(root: Path) -> list[tuple[str, str, int, int]]:
    said = json.loads(check(root, "--format", "json").stdout)
    return [(one["rule"], one["level"], one["line"], one["column"]) for one in said if one["rule"] in ("voice", "banned-word")]


def post(words: str = "Venez.", front: str = "", title: str = "A") -> str:
    return f"---\ntitle: {title}\ndate: 2026-12-05 10:00\nchannels: [journal]\n{front}---\n{words}\n"


@pytest.mark.parametrize(
    ("front", "place"),
    [
        ("first_comment: Un lieu incontournable\n", (5, 24)),
        ("sensitive: 'Oui, l''incontournable'\n", (5, 21)),
        ("poll:\n  options: [Oui, Incontournable]\n", (6, 18)),
        ("for:\n  journal:\n    title: Incontournable\n", (7, 12)),
        ("for:\n  journal: {first_comment: incontournable}\n", (6, 28)),
        ('media: [{src: a.jpg, alt: "Un lieu incontournable"}]\n', (5, 36)),
        ("sensitive: >-\n  Un lieu\n  incontournable\n", (7, 3)),
    ],
)
def test_every_place_where_words_are_said_is_looked_at(tmp_path: Path, front: str, place: tuple[int, int]) -> None:
    root = build(tmp_path, {POST: post(front=front), "brand/voice.yml": VOICE, "content/media/a.jpg": "(a picture)"})
    assert found(root) == [("voice", "warning", *place)]


def test_accents_typed_apart_are_the_same(tmp_path: Path) -> None:
    voice = "rules:\n  a: {kind: existence, words: [été]}\n"
    root = build(tmp_path, {POST: post("Un bel e\u0301te\u0301, l'été."), "brand/voice.yml": voice})
    assert found(root) == [("voice", "warning", 6, 8), ("voice", "warning", 6, 17)]


def test_each_text_is_judged_in_its_own_language(tmp_path: Path) -> None:
    channels = "channels:\n  journal: {network: feed, lang: fr}\n  krant: {network: feed, lang: nl-BE}\n"
    text = post("Gratis et incontournable.\n\n## @krant\nGratis, incontournable.").replace("[journal]", "[journal, krant]")
    root = build(tmp_path, {POST: text, "brand/voice.yml": VOICE, "brand/channels.yml": channels, "brand/strategy.yml": "mission: A\n"})
    assert found(root) == [("voice", "warning", 6, 11), ("banned-word", "error", 9, 1)]


@pytest.mark.parametrize(
    "words",
    [
        "`usagers`",
        "```\nusagers\n```",
        "@usagers@a.example",
        "#usagers",
        "[ici](https://a.example/usagers)",
        "https://usagers.example",
        "moi@usagers.example",
        "<!-- usagers -->",
    ],
)
def test_what_is_no_prose_is_left_alone(tmp_path: Path, words: str) -> None:
    root = build(tmp_path, {POST: post(words), "brand/voice.yml": VOICE})
    assert found(root) == []
    check(root, "--fix")
    assert (root / POST).read_text() == post(words)


@pytest.mark.parametrize(
    "words",
    ["Chez Truffaut.", "`Truffaut`", "#Truffaut", "#GrandMarché", "le grand\nmarché", "[truffaut](https://a.example)", "Truffaut-Park"],
)
def test_a_banned_word_is_found_in_code_and_hashtags_too(tmp_path: Path, words: str) -> None:
    root = build(tmp_path, {POST: post(words), "brand/voice.yml": VOICE})
    assert [rule for rule, *_place in found(root)] == ["banned-word"]


def test_a_tag_is_looked_at_and_an_idea_only_hears_of_it(tmp_path: Path) -> None:
    root = build(tmp_path, {POST: post(front="tags: [Jardin, grand marché]\n"), "brand/voice.yml": VOICE})
    assert found(root) == [("banned-word", "error", 5, 16)]
    root = build(tmp_path / "idea", {"content/ideas/a.md": post("Truffaut, incontournable"), "brand/voice.yml": VOICE})
    assert [level for _rule, level, *_place in found(root)] == ["notice", "notice"]


def test_what_is_said_rightly_already_is_let_pass(tmp_path: Path) -> None:
    assert found(build(tmp_path, {POST: post("Un atelier d’hiver."), "brand/voice.yml": VOICE})) == []


def test_more_than_the_most_is_told_where_it_begins(tmp_path: Path) -> None:
    root = build(tmp_path, {POST: post("Oui ! Non ?\nSi !", title="Ah !"), "brand/voice.yml": VOICE})
    assert found(root) == [("voice", "warning", 7, 4)]


def test_fixes_keep_comments_order_and_what_else_stands_on_the_line(tmp_path: Path) -> None:
    front = "sensitive: Les usagers  # les usagers\nmedia:\n  - {src: a.jpg, alt: 'Deux usagers'}\n"
    words = "Usagers et usagers, `usagers`, l’usagers, le workshop."
    root = build(tmp_path, {POST: post(words, front), "brand/voice.yml": VOICE, "content/media/a.jpg": "(a picture)"})
    check(root, "--fix")
    mended = (root / POST).read_text()
    assert mended == post(
        "Lectrices et lecteurs et lectrices et lecteurs, `usagers`, l’usagers, le cours.",
        "sensitive: Les lectrices et lecteurs  # les usagers\nmedia:\n  - {src: a.jpg, alt: 'Deux lectrices et lecteurs'}\n",
    )
    check(root, "--fix")
    assert (root / POST).read_text() == mended


def test_rules_that_change_each_other_s_words_are_left_to_a_person(tmp_path: Path) -> None:
    voice = "rules:\n  a: {kind: substitution, swap: {un mot: une chose, une chose: un mot}}\n"
    root = build(tmp_path, {POST: post("C'est un mot."), "brand/voice.yml": voice})
    assert "No line can be mended safely." in check(root, "--fix").output


@pytest.mark.parametrize("value", ['words: ""', "words: [' ']", "swap: {'': x}", "most: 0", "words: []"])
def test_a_rule_without_words_finds_nothing(tmp_path: Path, value: str) -> None:
    for kind in ("existence", "substitution", "occurrence"):
        root = build(tmp_path / kind, {POST: post(), "brand/voice.yml": f"rules:\n  a: {{kind: {kind}, {value}}}\n"})
        assert found(root) == []


PIECES = st.sampled_from(
    [
        "usagers",
        "Usagers",
        "le workshop",
        "`usagers`",
        "[usagers](https://a.example/usagers)",
        "#usagers",
        "é",
        ", ",
        "\n",
        "**",
        "’",
        " ",
        "```\n",
    ]
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(PIECES, max_size=8).map("".join),
    st.lists(PIECES.filter(lambda one: "\n" not in one and "`" not in one and "[" not in one), max_size=4).map("".join),
)
def test_a_second_fix_changes_nothing_and_code_and_links_stay(words: str, title: str) -> None:
    text = post(f"x {words}", f"first_comment: x {title}.\n")
    with tempfile.TemporaryDirectory() as folder:
        root = build(Path(folder), {POST: text, "brand/voice.yml": VOICE})
        check(root, "--fix")
        once = (root / POST).read_text()
        check(root, "--fix")
        assert (root / POST).read_text() == once
    assert len(once.split("\n")) == len(text.split("\n"))
    kept = [[one[start:end] for start, end in sorted([*masks.code_spans(one), *masks.hashtag_spans(one)])] for one in (text, once)]
    assert kept[0] == kept[1]
    assert text.count("https://a.example/usagers") == once.count("https://a.example/usagers")
