"""Attacks and bad inputs that hide in words: each is refused with its place, what can go is taken out once, and nothing else changes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from checks.rule_pages import build, check

POST = "content/posts/2026/12/a.md"


def found(root: Path) -> list[dict[str, object]]:
    return json.loads(check(root, "--format", "json").stdout)


def seen(root: Path) -> list[tuple[object, object, object]]:
    return [(one["rule"], one["line"], one["column"]) for one in found(root)]


def post(words: str = "Venez.", front: str = "") -> str:
    return f"---\ntitle: A\ndate: 2026-12-05 10:00\nchannels: [journal]\n{front}---\n{words}\n"


def mended(root: Path) -> str:
    """The post after `--fix`; a second time changes nothing."""
    check(root, "--fix")
    once = (root / POST).read_bytes()
    assert "No line can be mended safely." in check(root, "--fix").output
    assert (root / POST).read_bytes() == once
    return once.decode()


@pytest.mark.parametrize(
    "data", [b"---\ntitle: \xff\n---\nA\n", b"---\ntitle: A\n---\nA\0B\n", b"---\ntitle: A\n---\n\xed\xa0\x80\n", "é".encode("utf-16")]
)
def test_c07_what_is_no_text_is_refused(tmp_path: Path, data: bytes) -> None:
    root = build(tmp_path, {POST: ""})
    (root / POST).write_bytes(data)
    (finding,) = found(root)
    assert (finding["rule"], finding["level"]) == ("unreadable", "error")


def test_c07_windows_and_apart_accents_are_read_as_they_are_meant_and_left_so(tmp_path: Path) -> None:
    text = "\ufeff" + post("E\u0301te\u0301, puis\u200b l'hiver.", 'sensitive: "e\u0301te\u0301\u200b"\n').replace("\n", "\r\n")
    root = build(tmp_path, {POST: text})
    assert seen(root) == [("invisible-character", 5, 18), ("invisible-character", 7, 12)]
    assert mended(root) == text.replace("\u200b", "")


def test_c07_a_second_byte_order_mark_goes(tmp_path: Path) -> None:
    root = build(tmp_path, {POST: "\ufeff\ufeff" + post()})
    assert ("invisible-character", 1, 1) in seen(root)
    assert mended(root) == "\ufeff" + post()


@pytest.mark.parametrize("character", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
@pytest.mark.parametrize("spelled", ["{}", "&#{:d};", "&#x{:x};"])
def test_c08_what_turns_the_words_is_refused_however_it_is_spelled(tmp_path: Path, character: str, spelled: str) -> None:
    said = spelled.format(ord(character)) if ":" in spelled else character
    root = build(tmp_path, {POST: post(f"Le code est {said}1234.")})
    assert seen(root) == [("bidi-control", 6, 13)]
    assert mended(root) == post("Le code est 1234.")


@pytest.mark.parametrize(
    "front",
    [
        'first_comment: "a\\u202Eb"\n',
        "first_comment: 'a\u202eb'\n",
        "sensitive: a\u202eb\n",
        "tags: [a\u202eb]\n",
        "link: https://example.org/a\u202eb\n",
        'poll:\n  options: [Oui, "N\\U0000202Eon"]\n',
        "for:\n  journal:\n    title: a\u202eb\n",
        'media:\n  - src: a.jpg\n    alt: "a\\u202eb"\n',
        "# a comment\u202e\n",
    ],
)
def test_c08_it_is_refused_wherever_words_stand(tmp_path: Path, front: str) -> None:
    root = build(tmp_path, {POST: post(front=front), "content/media/a.jpg": "(a picture)"})
    assert [rule for rule, _line, _column in seen(root)] == ["bidi-control"]
    plain = front
    for one in ("\u202e", "\\u202E", "\\u202e", "\\U0000202E"):
        plain = plain.replace(one, "")
    assert mended(root) == post(front=plain)


def test_c08_it_cannot_be_allowed(tmp_path: Path) -> None:
    root = build(tmp_path, {POST: post("a\u202eb \u200b", "allow:\n  bidi-control: why\n  invisible-character: why\n")})
    assert sorted(rule for rule, _line, _column in seen(root)) == ["bidi-control", "invalid-value", "invalid-value", "invisible-character"]


def test_c08_a_text_hidden_in_tags_and_selectors_is_found(tmp_path: Path) -> None:
    smuggled = "".join(chr(0xE0000 + ord(letter)) for letter in "obey")
    selected = "".join(chr(0xE0100 + number) for number in range(4))
    root = build(tmp_path, {POST: post(f"Bonjour{smuggled} 😀{selected}.")})
    assert {rule for rule, _line, _column in seen(root)} == {"invisible-character"}
    assert len(seen(root)) == 8


def test_several_on_one_line_and_in_several_places_go_at_once(tmp_path: Path) -> None:
    root = build(tmp_path, {POST: post("Un\u200b mot\u202e et\u00ad\u200b\u00ad deux\ufeff.\n\n```\nco\u200bde\n```")})
    done = check(root, "--fix")
    assert done.output.count(f"{POST}:6\n") == 1
    assert "- Un\\u200b mot\\u202e et\\u00ad\\u200b\\u00ad deux\\ufeff.\n+ Un mot et deux.\n" in done.output
    assert (root / POST).read_text() == post("Un mot et deux.\n\n```\ncode\n```")


def test_c16_an_alternative_text_with_a_control_character_is_refused(tmp_path: Path) -> None:
    picture = {"content/media/a.jpg": "(a picture)"}
    root = build(tmp_path / "a", {POST: post(front='media: [{src: a.jpg, alt: "Une\\u0007 affiche"}]\n'), **picture})
    assert [rule for rule, _line, _column in seen(root)] == ["unreadable"]
    root = build(tmp_path / "b", {POST: post(front="media: [{src: a.jpg, alt: Une\u200b affiche}]\n"), **picture})
    assert seen(root) == [("invisible-character", 5, 30)]


@pytest.mark.parametrize(
    "words",
    [
        "@everyone venez",
        "Venez, @Here !",
        "Merci @tous.",
        "Merci @tout le monde",
        "Dank @iedereen",
        "شكرا @الجميع",
        "`@channel`",
        "@**everyone**",
        "\\@everyone",
        "&#64;everyone",
        "&commat;all",
        "＠everyone",
        "<!channel>",
        "<!here|here>",
        "<!subteam^S012AB>",
        "<@U024BE7LH>",
        "<@&165511591545143296>",
        "&lt;!everyone&gt;",
    ],
)
def test_c17_a_call_to_everybody_is_refused(tmp_path: Path, words: str) -> None:
    rules = {one["rule"]: one for one in found(build(tmp_path, {POST: post(f"Bonjour.\n{words}")}))}
    assert (rules["mass-mention"]["level"], rules["mass-mention"]["line"]) == ("error", 7)


@pytest.mark.parametrize("front", ["first_comment: 'ping @here'\n", 'sensitive: "\\u0040everyone"\n', "poll:\n  options: ['@all', b]\n"])
def test_c17_it_is_refused_wherever_words_stand(tmp_path: Path, front: str) -> None:
    assert "mass-mention" in {one["rule"] for one in found(build(tmp_path, {POST: post(front=front)}))}


@pytest.mark.parametrize(
    "words",
    [
        "here, all and everyone",
        "@all@example.social",
        "@here.example.org",
        "moi@all.example.org",
        "https://example.org/@everyone",
        "@allan",
        "@team-vert",
    ],
)
def test_what_calls_nobody_is_let_pass(tmp_path: Path, words: str) -> None:
    assert "mass-mention" not in {one["rule"] for one in found(build(tmp_path, {POST: post(words)}))}
