"""The rules of brand/voice.yml and its banned words in every text of a post; `--fix` changes each word once and nothing else."""

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


def findings_of(root: Path) -> list[tuple[str, str, int, int]]:
    findings = json.loads(check(root, "--format", "json").stdout)
    return [
        (finding["rule"], finding["level"], finding["line"], finding["column"])
        for finding in findings
        if finding["rule"] in ("voice", "banned-word")
    ]


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
def test_every_published_text_is_checked(tmp_path: Path, front: str, place: tuple[int, int]) -> None:
    root = build(tmp_path, {POST: post(front=front), "brand/voice.yml": VOICE, "content/media/a.jpg": "(a picture)"})
    assert findings_of(root) == [("voice", "warning", *place)]


def test_combining_accents_match_composed_ones(tmp_path: Path) -> None:
    voice = "rules:\n  a: {kind: existence, words: [été]}\n"
    root = build(tmp_path, {POST: post("Un bel e\u0301te\u0301, l'été."), "brand/voice.yml": voice})
    assert findings_of(root) == [("voice", "warning", 6, 8), ("voice", "warning", 6, 17)]


def test_each_text_is_checked_in_its_own_language(tmp_path: Path) -> None:
    channels = "channels:\n  journal: {network: feed, lang: fr}\n  krant: {network: feed, lang: nl-BE}\n"
    text = post("Gratis et incontournable.\n\n## @krant\nGratis, incontournable.").replace("[journal]", "[journal, krant]")
    root = build(tmp_path, {POST: text, "brand/voice.yml": VOICE, "brand/channels.yml": channels, "brand/strategy.yml": "mission: A\n"})
    assert findings_of(root) == [("voice", "warning", 6, 11), ("banned-word", "error", 9, 1)]


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
def test_code_links_and_mentions_are_not_checked(tmp_path: Path, words: str) -> None:
    root = build(tmp_path, {POST: post(words), "brand/voice.yml": VOICE})
    assert findings_of(root) == []
    check(root, "--fix")
    assert (root / POST).read_text() == post(words)


@pytest.mark.parametrize(
    "words",
    ["Chez Truffaut.", "`Truffaut`", "#Truffaut", "#GrandMarché", "le grand\nmarché", "[truffaut](https://a.example)", "Truffaut-Park"],
)
def test_a_banned_word_is_found_in_code_and_hashtags_too(tmp_path: Path, words: str) -> None:
    root = build(tmp_path, {POST: post(words), "brand/voice.yml": VOICE})
    assert [rule for rule, *_place in findings_of(root)] == ["banned-word"]


def test_hashtags_are_checked_and_an_idea_gets_notices(tmp_path: Path) -> None:
    root = build(tmp_path, {POST: post(front="tags: [Jardin, grand marché]\n"), "brand/voice.yml": VOICE})
    assert findings_of(root) == [("banned-word", "error", 5, 16)]
    root = build(tmp_path / "idea", {"content/ideas/a.md": post("Truffaut, incontournable"), "brand/voice.yml": VOICE})
    assert [level for _rule, level, *_place in findings_of(root)] == ["notice", "notice"]


def test_words_that_are_part_of_their_replacement_are_accepted(tmp_path: Path) -> None:
    assert findings_of(build(tmp_path, {POST: post("Un atelier d’hiver."), "brand/voice.yml": VOICE})) == []


def test_the_first_word_over_the_limit_is_reported(tmp_path: Path) -> None:
    root = build(tmp_path, {POST: post("Oui ! Non ?\nSi !", title="Ah !"), "brand/voice.yml": VOICE})
    assert findings_of(root) == [("voice", "warning", 7, 4)]


def test_fixes_keep_comments_order_and_the_rest_of_the_line(tmp_path: Path) -> None:
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


def test_rules_that_change_the_same_words_have_no_fix(tmp_path: Path) -> None:
    voice = "rules:\n  a: {kind: substitution, swap: {un mot: une chose, une chose: un mot}}\n"
    root = build(tmp_path, {POST: post("C'est un mot."), "brand/voice.yml": voice})
    assert "No line can be corrected safely." in check(root, "--fix").output


@pytest.mark.parametrize("value", ['words: ""', "words: [' ']", "swap: {'': x}", "most: 0", "words: []"])
def test_a_rule_without_words_finds_nothing(tmp_path: Path, value: str) -> None:
    for kind in ("existence", "substitution", "occurrence"):
        root = build(tmp_path / kind, {POST: post(), "brand/voice.yml": f"rules:\n  a: {{kind: {kind}, {value}}}\n"})
        assert findings_of(root) == []


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
    st.lists(PIECES.filter(lambda finding: "\n" not in finding and "`" not in finding and "[" not in finding), max_size=4).map("".join),
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
    kept = [
        [finding[start:end] for start, end in sorted([*masks.code_spans(finding), *masks.hashtag_spans(finding)])]
        for finding in (text, once)
    ]
    assert kept[0] == kept[1]
    assert text.count("https://a.example/usagers") == once.count("https://a.example/usagers")
