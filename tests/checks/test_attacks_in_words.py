"""Attacks and bad inputs in texts: each is reported at its place, `--fix` removes what it safely can, and nothing else changes."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from checks.rule_pages import build, check
from marronnier.checks.text_spans import MAX_FINDINGS

POST = "content/posts/2026/12/a.md"


def findings_of(root: Path) -> list[dict[str, object]]:
    return json.loads(check(root, "--format", "json").stdout)


def seen(root: Path) -> list[tuple[object, object, object]]:
    return [(finding["rule"], finding["line"], finding["column"]) for finding in findings_of(root)]


def post(words: str = "Venez.", front: str = "") -> str:
    return f"---\ntitle: A\ndate: 2026-12-05 10:00\nchannels: [journal]\n{front}---\n{words}\n"


def mended(root: Path) -> str:
    """The post after `--fix`; a second time changes nothing."""
    check(root, "--fix")
    once = (root / POST).read_bytes()
    assert "No line can be corrected safely." in check(root, "--fix").output
    assert (root / POST).read_bytes() == once
    return once.decode()


@pytest.mark.parametrize(
    "data", [b"---\ntitle: \xff\n---\nA\n", b"---\ntitle: A\n---\nA\0B\n", b"---\ntitle: A\n---\n\xed\xa0\x80\n", "é".encode("utf-16")]
)
def test_c07_bytes_that_are_not_text_are_refused(tmp_path: Path, data: bytes) -> None:
    root = build(tmp_path, {POST: ""})
    (root / POST).write_bytes(data)
    (finding,) = findings_of(root)
    assert (finding["rule"], finding["level"]) == ("unreadable", "error")


def test_c07_windows_line_ends_and_decomposed_accents_are_read_and_left_in_the_file(tmp_path: Path) -> None:
    text = "\ufeff" + post("E\u0301te\u0301, puis\u200b l'hiver.", 'sensitive: "e\u0301te\u0301\u200b"\n').replace("\n", "\r\n")
    root = build(tmp_path, {POST: text})
    assert seen(root) == [("invisible-character", 5, 18), ("invisible-character", 7, 12)]
    assert mended(root) == text.replace("\u200b", "")


def test_c07_a_second_byte_order_mark_is_removed(tmp_path: Path) -> None:
    root = build(tmp_path, {POST: "\ufeff\ufeff" + post()})
    assert ("invisible-character", 1, 1) in seen(root)
    assert mended(root) == "\ufeff" + post()


@pytest.mark.parametrize("character", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
@pytest.mark.parametrize("spelled", ["{}", "&#{:d};", "&#x{:x};"])
def test_c08_a_bidi_control_is_refused_however_it_is_written(tmp_path: Path, character: str, spelled: str) -> None:
    typed = spelled.format(ord(character)) if ":" in spelled else character
    root = build(tmp_path, {POST: post(f"Le code est {typed}1234.")})
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
def test_c08_an_invisible_character_is_refused_wherever_it_stands(tmp_path: Path, front: str) -> None:
    root = build(tmp_path, {POST: post(front=front), "content/media/a.jpg": "(a picture)"})
    # What a feed leaves out is another rule's business.
    assert [rule for rule, _line, _column in seen(root) if rule != "dropped-element"] == ["bidi-control"]
    plain = front
    for finding in ("\u202e", "\\u202E", "\\u202e", "\\U0000202E"):
        plain = plain.replace(finding, "")
    assert mended(root) == post(front=plain)


def test_c08_an_invisible_character_cannot_be_allowed(tmp_path: Path) -> None:
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
def test_c17_a_mass_mention_is_refused(tmp_path: Path, words: str) -> None:
    rules = {finding["rule"]: finding for finding in findings_of(build(tmp_path, {POST: post(f"Bonjour.\n{words}")}))}
    assert (rules["mass-mention"]["level"], rules["mass-mention"]["line"]) == ("error", 7)


@pytest.mark.parametrize("front", ["first_comment: 'ping @here'\n", 'sensitive: "\\u0040everyone"\n', "poll:\n  options: ['@all', b]\n"])
def test_c17_a_mass_mention_is_refused_wherever_it_stands(tmp_path: Path, front: str) -> None:
    assert "mass-mention" in {finding["rule"] for finding in findings_of(build(tmp_path, {POST: post(front=front)}))}


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
    assert "mass-mention" not in {finding["rule"] for finding in findings_of(build(tmp_path, {POST: post(words)}))}


def levels(root: Path, rule: str) -> list[tuple[object, object, object]]:
    return [(finding["level"], finding["line"], finding["column"]) for finding in findings_of(root) if finding["rule"] == rule]


SITE = "name: A\nzone: Europe/Brussels\nlang: fr\nsite_url: https://www.jardin-livres.example.org/\n"


@pytest.mark.parametrize(
    "address",
    [
        "https://bank.example@evil.example/",
        "https://bank.example:443@evil.example",
        "https://bank.example\\@evil.example",
        "https://b\u0430nk.example/",
        "https://xn--bnk-7cd.example/",
        "https://\u0430\u0440\u0440\u04cf\u0435.example/",
        "https://xn--80ak6aa92e.example/",
        "https://\uff45vil.ex\u0430mple/",
        "https://jardin-livres.example.org.evil.example/",
        "https://jardln-livres.example.org",
        "https://jard\u0131n-livres.example.org",
        "https://jardin-1ivres.example.org",
        "https://jardin\u200e-livres.example.org",
        "https://xn--a.example/",
        "https://ba\u0141\u03bfn.example",
    ],
)
@pytest.mark.parametrize(
    "shape", ["Voir {} ici.", "Voir [ici]({}).", "Voir <{}>.", 'Voir <a href="{}">ici</a>.', "Voir [ici][a].\n\n[a]: {}"]
)
def test_c09_a_link_that_leads_elsewhere_is_refused(tmp_path: Path, address: str, shape: str) -> None:
    root = build(tmp_path, {POST: post(shape.format(address)), "brand/brand.yml": SITE})
    assert [level for level, _line, _column in levels(root, "lookalike-link")] == ["error"]


@pytest.mark.parametrize(
    ("words", "column"),
    [
        ("Voir [https://bank.example](https://evil.example).", 29),
        ("Voir [**bank.example**](https://evil.example).", 25),
        ("Voir [www.bank.example/don](<https://evil.example>).", 29),
        ("Voir [bank\\.example](https://evil.example).", 22),
        ("Voir [bank&#46;example](https://evil.example).", 25),
        ('Voir <a href="https://evil.example">bank.example</a>.', 14),
    ],
)
def test_c09_a_link_text_that_shows_another_host_is_refused(tmp_path: Path, words: str, column: int) -> None:
    root = build(tmp_path, {POST: post(words)})
    assert levels(root, "lookalike-link") == [("error", 6, column)]


@pytest.mark.parametrize("front", ["link: https://bank.example@evil.example\n", "for:\n  journal:\n    link: https://b\u0430nk.example\n"])
def test_c09_the_link_of_the_front_matter_is_judged_too(tmp_path: Path, front: str) -> None:
    assert [level for level, *_place in levels(build(tmp_path, {POST: post(front=front)}), "lookalike-link")] == ["error"]


def test_c09_a_password_in_an_address_is_not_repeated(tmp_path: Path) -> None:
    assert "hunter" not in check(build(tmp_path, {POST: post("https://moi:hunter2@evil.example/")})).output


def test_c09_a_known_host_may_look_like_another(tmp_path: Path) -> None:
    words = "https://xn--80ak6aa92e.example/ [evil.example](https://shop.b\u0430nk.example/a)"
    known = f"{SITE}known_hosts: [xn--80ak6aa92e.example, b\u0430nk.example, evil.example, shop.b\u0430nk.example]\n"
    assert findings_of(build(tmp_path, {POST: post(words), "brand/brand.yml": known})) == []


@pytest.mark.parametrize(
    "words",
    [
        "https://jardin-livres.example.org/ https://shop.jardin-livres.example.org/",
        "https://bibliothèque.example https://مكتبة.example https://図書館.example https://пример.рф https://münchen.example",
        "[Node.js](https://nodejs.example) [affiche.pdf](https://a.example/x) [le site](https://a.example)",
        "[example.org](https://www.example.org/a) [www.example.org](https://example.org) [example.org](https://shop.example.org)",
        "https://mastodon.example/@jardin https://example.org/?to=moi@example.org",
        "`[bank.example](https://evil.example)`",
        "![L'affiche du bal](affiche.jpg) [plus bas](#bas) [moi](mailto:moi@example.org) [appel](tel:+3225550100)",
    ],
)
def test_honest_links_are_let_pass(tmp_path: Path, words: str) -> None:
    picture = {"content/media/affiche.jpg": "(a picture)"}
    assert findings_of(build(tmp_path, {POST: post(words), "brand/brand.yml": SITE, **picture})) == []


@pytest.mark.parametrize(
    "words",
    [
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](<javascript:alert(1)>)",
        "[x](java&#115;cript:alert(1))",
        "[x](javascript&colon;alert(1))",
        "[x](&#1;javascript:alert(1))",
        "[x](javascript\\:alert(1))",
        "[x]( vbscript:x )",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](data:image/svg+xml,x)",
        "[x](file:///etc/passwd)",
        "<javascript:alert(1)>",
        '<a href="javascript:alert(1)">x</a>',
        "<a href=' java\tscript:alert(1)'>x</a>",
        "[x][y]\n\n[y]: javascript:alert(1)",
        "[![x](javascript:1)](https://a.example)",
        "Ouvrez file:///etc/passwd",
        "Ouvrez javascript:alert(1)",
        "https://192.0.2.7/",
        "https://[2001:db8::1]/",
        "https://3221225991/",
        "https://0xC0000207/",
        "https://0300.0.2.7/",
        "https://192.519/",
        "https://１９２.0.2.7/",
        "https://%31%39%32.0.2.7/",
        "https://moi@192.0.2.7:8080/",
        "http://2130706433/",
        "[x](//192.0.2.7/a)",
        "[x](https:\\\\\\\\192.0.2.7/a)",
    ],
)
def test_c10_a_link_that_leads_to_no_page_is_refused(tmp_path: Path, words: str) -> None:
    root = build(tmp_path, {POST: post(words)})
    assert {level for level, *_place in levels(root, "insecure-link")} == {"error"}


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "https://192.0.2.7/", "https://0x7f.1/"])
@pytest.mark.parametrize("front", ["link: '{}'\n", "for:\n  journal:\n    link: '{}'\n", "first_comment: 'voir [ici]({})'\n"])
def test_c10_such_a_link_is_refused_wherever_it_stands(tmp_path: Path, link: str, front: str) -> None:
    root = build(tmp_path, {POST: post(front=front.format(link))})
    assert [level for level, *_place in levels(root, "insecure-link")] == ["error"]


def test_c10_plain_http_is_a_warning(tmp_path: Path) -> None:
    root = build(tmp_path, {POST: post("Voir HTTP://vieux.example/a, [ici](http://vieux.example).", "link: http://vieux.example\n")})
    assert levels(root, "insecure-link") == [("warning", 5, 7), ("warning", 7, 6), ("warning", 7, 36)]


@pytest.mark.parametrize(
    "words",
    [
        "http://localhost:8000/a http://127.0.0.1:8080 http://[::1]/ http://demo.localhost",
        "https://example.org/192.0.2.7 https://1001.example https://example.org:443/",
        "Nos data: douze. Le script: fini. Un file: attente. about:rien",
        "`[x](javascript:alert(1))`",
        "```\n<a href='javascript:x'>\n```",
        "[un](chapitre-1:2) 10:30",
    ],
)
def test_links_that_may_be_followed_are_let_pass(tmp_path: Path, words: str) -> None:
    assert levels(build(tmp_path, {POST: post(words)}), "insecure-link") == []


TOKEN = "ghp_" + "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3fG5"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (POST, post(f"Voici {TOKEN}.")),
        (POST, post(front=f"first_comment: {TOKEN}\n")),
        (POST, post(front=f"# {TOKEN}\n")),
        (POST, post(front=f"media: [{{src: a.jpg, alt: {TOKEN}}}]\n")),
        (POST, post(front=f"date: {TOKEN}\n")),
        (POST, post(front=f"formt: {TOKEN}\n{TOKEN}: x\n")),
        (POST, post(front=f"campaign: {TOKEN}\nchannels: [{TOKEN}]\n")),
        (POST, f"---\ntitle: [{TOKEN}\n---\n{TOKEN}\n"),
        (POST, post(f"Le mot\u200b est {TOKEN} ici @everyone http://a.example/{TOKEN}", f"sensitive: x: {TOKEN}\u200b\n")),
        (POST, post("mot " * 200 + TOKEN)),
        ("brand/charter.md", f"# Charte\n\n{TOKEN}\n"),
        ("brand/channels.yml", f"channels:\n  journal: {{network: feed, env: {{token: {TOKEN}}}, limits: {{text: {TOKEN}}}}}\n"),
        ("brand/personas/lea.md", f"Léa {TOKEN}\n"),
        ("calendar/days.yml", f"days: # {TOKEN}\n"),
        ("calendar/campaigns/noel.md", f"---\ntitle: {TOKEN}\nstart: 2026-12-01\nend: 2026-12-24\n---\n"),
        ("content/index.md", f"{TOKEN}\n"),
    ],
)
def test_c18_a_secret_is_reported_and_never_shown(tmp_path: Path, path: str, text: str) -> None:
    root = build(tmp_path, {POST: post(), "content/media/a.jpg": "(a picture)", path: text})
    for arguments in ([], ["--format", "json"], ["--format", "markdown"], ["--format", "github"], ["--fix"]):
        done = check(root, *arguments)
        assert "secret-in-text" in done.output
        assert done.exit_code == 1
        for size in (len(TOKEN), 20, 10):
            assert not [start for start in range(len(TOKEN) - size + 1) if TOKEN[start : start + size] in done.output], done.output


def test_c18_a_secret_cannot_be_allowed_and_is_reported_when_one_file_is_checked(tmp_path: Path) -> None:
    root = build(tmp_path, {POST: post(f"Voici {TOKEN}.", "allow:\n  secret-in-text: for the demo\n")})
    assert "error[secret-in-text]" in check(root, POST).output
    assert levels(root, "secret-in-text") == [("error", 8, 7)]


@pytest.mark.parametrize(
    "unit", ["a\u200b", "\u202ea", "&#8238;", "[x](javascript:a) ", "https://a@b.example ", "@all ", "usagers ", "mot ! ", "l'a "]
)
def test_c12_a_post_full_of_faults_is_judged_in_a_moment(tmp_path: Path, unit: str) -> None:
    voice = "typography: fr\nrules:\n  a: {kind: substitution, swap: {usagers: gens}}\n"
    root = build(tmp_path, {POST: post(unit * (200_000 // len(unit.encode()))), "brand/voice.yml": voice})
    start = time.process_time()
    findings = findings_of(root)
    assert time.process_time() - start < 3
    assert 1 <= len(findings) <= 2 * MAX_FINDINGS + 1
