"""Each element of a post is in the payload of each of its publications, or in a finding before approval. Generated posts, every network."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.rule_pages import build
from marronnier import approval, checks, desk, networks, timetable
from marronnier.files import WorkTree
from marronnier.model.finding import Finding
from marronnier.model.publication import Payload
from marronnier.networks.kit.facts import Lacks
from marronnier.proofs.situation import Situation
from pictures import described

NOW = datetime(2026, 12, 2, 8, tzinfo=UTC)
POST = "content/posts/2026/12/a.md"
ACCOUNTS = {name: found[1] for name in networks.names() if (found := re.search(r"^ +account: (\S+)", networks.page(name)[0], re.MULTILINE))}
"""The account that the page of each network shows."""
CHANNELS = "channels:\n" + "".join(
    f"  on-{name}: {{network: {name}{f', account: {ACCOUNTS[name]}' if name in ACCOUNTS else ''}}}\n" for name in networks.names()
)
TOLD_BY = frozenset(
    ("dropped-element", "empty-post", "foreign-handle", "front-matter-in-words", "joined-parts", "not-taken", "remote-media")
)


@dataclass(frozen=True)
class Element:
    """One element of a post: how it is written, and what of it readers must get."""

    written: str
    """With `%` for its number."""
    shown: str = "mot%"
    files: tuple[str, ...] = ()


BLOCKS = (
    Element("Un mot%."),
    Element("**mot%** et _la suite_"),
    Element("# mot%"),
    Element("- un\n- mot%"),
    Element("1. mot%"),
    Element("> mot%"),
    Element("`mot%`"),
    Element("```\nmot%\n```"),
    Element("    mot%"),
    Element("| a |\n|---|\n| mot% |"),
    Element("<div>mot%</div>"),
    Element("Le <b>mot%</b>"),
    Element("<details><summary>mot%</summary>\n\nsuite</details>"),
    Element("~~mot%~~"),
    Element("[mot%](https://example.org)"),
    Element("[ici](https://example.org/mot%)"),
    Element("https://example.org/mot%"),
    Element("<https://example.org/mot%>"),
    Element("[ici][r%]\n\n[r%]: https://example.org/mot%"),
    Element('<a href="https://example.org/mot%">ici</a>'),
    Element('<p><a href="https://example.org/mot%">ici</a></p>'),
    Element("[ici](mot%.html)"),
    Element("[mot%]: dimanche"),
    Element("<iframe src='https://example.org/mot%'></iframe>"),
    Element('<video src="mot%.mp4"></video>'),
    Element('<script>"mot%"</script>'),
    Element("![mot%](p%.png)", files=("p%.png",)),
    Element("Avant ![mot%](p%.png) après", files=("p%.png",)),
    Element('<img src="p%.png" alt="mot%">', files=("p%.png",)),
    Element('<p><img alt="mot%" src="p%.png"></p>', files=("p%.png",)),
    Element("[![mot%](p%.png)](https://example.org/suite%)", files=("p%.png",)),
    Element("[![un banc](p%.png)](https://example.org/mot%)", files=("p%.png",)),
    Element("![mot%](https://example.org/p.png)"),
    Element("#mot%"),
    Element("#foo-mot%"),
    Element("@mot%@example.social"),
    Element("@mot%.bsky.social"),
    Element("Habitant·es & co <3 mot%"),
    Element("Bonjour <mot%>, venez"),
    Element("Bonjour <votre mot%>, venez"),
    Element("<mot% ici>"),
    Element("si a <b et mot%> c"),
    Element("<![CDATA[mot%]]>"),
    Element("Le <?mot%?>"),
    Element("[ici](https://example.org 'mot%')"),
    Element('![un banc](p%.png "mot%")', files=("p%.png",)),
    Element("![mot%](mon banc%.png)"),
    Element("![[mot%.png]]"),
    Element("| a |\n|---|\n| b | mot% |"),
    Element("![mot%](p01x.png)", files=("p01x.png",)),
    Element("<!-- fini --> mot%"),
)
SEPARATORS = ("\n\n", "\n\n---\n\n", "\n---\n", "\n\n---\n", "\n\n---\n\n---\npoll: [mot%, b]\n---\n")
FRONT = (
    Element("link: https://example.org/mot%"),
    Element("link: mot%.html"),
    Element("first_comment: Un mot%"),
    Element('first_comment: "Un ![mot%](p%.png)"', files=("p%.png",)),
    Element("sensitive: mot%"),
    Element("tags: [mot%]"),
    Element("tags: [foo-mot%]", "mot%"),
    Element("media: [{src: p%.png, alt: mot%}]", files=("p%.png",)),
    Element("poll: {options: [mot%, autre], duration: 1d}"),
    Element('for:\n  on-feed: {mentions: ["@mot%@example.social"]}', ""),
)
"""Those of one key at most are in a post."""


@dataclass
class Written:
    text: str
    files: frozenset[str]
    shown: list[str]


@st.composite
def posts(draw: st.DrawFn) -> Written:
    front = draw(st.lists(st.sampled_from(FRONT), max_size=4, unique_by=lambda element: element.written.partition(":")[0]))
    blocks = draw(st.lists(st.tuples(st.sampled_from(BLOCKS), st.sampled_from(SEPARATORS)), max_size=5))
    number, files, shown, lines, body = 0, set(), [], [], ""

    def fill(template: str) -> str:
        return template.replace("%", f"{number:02}x")

    for element in front:
        number += 1
        lines.append(fill(element.written))
        files |= set(map(fill, element.files))
        shown.append(fill(element.shown))
    for element, separator in blocks:
        number += 1
        body += (fill(separator) if body else "") + fill(element.written)
        files |= set(map(fill, element.files))
        shown.append(fill(element.shown))
    keys = "".join(f"{line}\n" for line in lines)
    names = ", ".join(f"on-{name}" for name in networks.names())
    text = f"---\ntitle: A\ndate: 2026-12-08 10:00\nchannels: [{names}]\n{keys}---\n{body}\n"
    return Written(text, frozenset(files), [token for token in shown if token])


def judged(root: Path) -> tuple[list[Finding], dict[str, Payload]]:
    loaded = desk.load(WorkTree(root))
    table = timetable.make(loaded, {}, NOW)
    found = checks.run(Situation(desk=loaded, timetable=table, now=NOW))
    payloads = {
        publication.channel_name: networks.get(publication.channel.network).compose(publication)
        for publication in table.publications.values()
    }
    return found, payloads


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = build(tmp_path_factory.mktemp("elements") / "brand", {"brand/channels.yml": CHANNELS})
    for number in range(1, 12):
        (root / "content/media").mkdir(parents=True, exist_ok=True)
        (root / f"content/media/p{number:02}x.png").write_bytes(described("a.png", "(a picture)"))
    (root / POST).parent.mkdir(parents=True)
    return root


@settings(max_examples=settings.default.max_examples if settings.default.max_examples > 100 else 60)  # type: ignore[union-attr]
@given(written=posts())
def test_each_element_is_in_each_payload_or_in_a_finding(house: Path, written: Written) -> None:
    (house / POST).write_text(written.text, encoding="utf-8")
    findings, payloads = judged(house)
    lines = written.text.split("\n")
    told = {finding.place.line for finding in findings if finding.rule in TOLD_BY and finding.place.path == POST}
    unreadable = [
        finding for finding in findings if finding.rule in ("unreadable", "invalid-value", "unknown-key") and finding.level == "error"
    ]
    if unreadable:
        return
    assert set(payloads) == {f"on-{name}" for name in networks.names()}
    for channel, payload in payloads.items():
        sent = json.dumps(json.loads(payload.as_bytes()), ensure_ascii=False)
        for token in written.shown:
            where = [number for number, line in enumerate(lines, 1) if token in line]
            # A block of HTML or front matter is told at its first line.
            near = {line - above for line in where for above in range(4)}
            assert token.casefold() in sent.casefold() or near & told, f"{token} is lost on {channel}\n{written.text}\n{sent}"
        for part in payload.parts:
            assert part.text.strip() or part.media or told or "embed" in part.wire, f"an empty part on {channel}\n{written.text}"
        attached = {picture.path.rpartition("/")[2] for part in payload.parts for picture in part.media}
        for name in written.files - attached:
            where = [number for number, line in enumerate(lines, 1) if name in line]
            assert set(where) & told, f"{name} is attached nowhere on {channel}\n{written.text}"


@pytest.mark.parametrize("name", networks.names())
def test_each_line_of_dashes_separates_or_is_told(house: Path, name: str) -> None:
    for above, below, separates in (("\n", "\n", True), ("", "\n", False), ("\n", "", False), ("", "", False), ("\n  ", "\n", False)):
        text = f"---\ntitle: A\ndate: 2026-12-08 10:00\nchannels: [on-{name}]\n---\nUn\n{above}---\n{below}Deux\n"
        (house / POST).write_text(text, encoding="utf-8")
        findings, payloads = judged(house)
        threaded = networks.get(name).FACTS.has_threads
        assert len(payloads[f"on-{name}"].parts) == (2 if separates and threaded else 1)
        assert ("joined-parts" in {finding.rule for finding in findings}) == (threaded and not separates)


@pytest.mark.parametrize("name", networks.names())
@pytest.mark.parametrize(
    ("words", "rule", "line"),
    [
        ("Bonjour <votre nom> !", "dropped-element", 6),
        ("Un\n\n<!-- à revoir\n\nDeux", "dropped-element", 8),
        ("Un ![banc](IMG 2034.jpg)", "dropped-element", 6),
        ("Voir {{< figure src='banc.png' >}}", "dropped-element", 6),
        ("| a | b |\n|---|---|\n| c | d | e |", "dropped-element", 8),
        ("***", "empty-post", 6),
        ("- ", "empty-post", 6),
        ("> -", "empty-post", 6),
        ("🌳", "", 0),
        ("Un <b>mot</b>, a < b > c, <3 <https://example.org> `<votre nom>` <!-- note -->", "", 0),
        ("<details open><summary>Un</summary>\n\nDeux</details>", "", 0),
        ("`![a](b c.png)` et \\<votre nom>", "", 0),
        ("Un \\![a](b c.png) et [3](voir la page 4)", "", 0),
        ("| a | b |\n|---|---|\n| c | d |\n| `e\\|f` |", "", 0),
    ],
)
def test_words_that_markdown_swallows_are_told_at_their_line(house: Path, name: str, words: str, rule: str, line: int) -> None:
    # A network that takes no post without a picture says so of each of these, in its own rule.
    (house / POST).write_text(f"---\ntitle: A\ndate: 2026-12-08 10:00\nchannels: [on-{name}]\n---\n{words}\n", encoding="utf-8")
    told = {(finding.rule, finding.place.line) for finding in judged(house)[0] if finding.rule in TOLD_BY}
    needs = {("not-taken", 1)} if "media" in networks.get(name).FACTS.needs else set()
    assert told == needs | ({(rule, line)} if rule else set())


def test_front_matter_in_the_words_names_the_first_key_below_a_blank_line(house: Path) -> None:
    """What twitter-together writes becomes this when each of its lines `---` gets its blank lines."""
    text = "---\ntitle: A\ndate: 2026-12-08 10:00\nchannels: [on-mastodon]\n---\nUn\n\n---\n\nmedia: [p.png]\n\n---\n\nDeux\n"
    (house / POST).write_text(text, encoding="utf-8")
    [told] = [finding.message for finding in judged(house)[0] if finding.rule == "front-matter-in-words"]
    assert "`media: [p.png]`" in told


@pytest.mark.parametrize("name", networks.names())
@pytest.mark.parametrize(
    ("front", "words", "threads"),
    [
        ("", "Un ![banc](p01x.png)\n\n---\n\nDeux ![banc](p01x.png)", True),
        ("", "Un ![banc](p01x.png)\n\n---\n\nDeux ![arbre](p01x.png)", True),
        ("media: [{src: p01x.png, alt: arbre}]\n", "Un ![banc](p01x.png)", True),
        ("media: [{src: p01x.png, alt: banc}]\n", "Un ![banc](p01x.png) ![banc](p01x.png)", False),
        ("", "Un ![banc](p01x.png)\n\n---\n\nDeux ![banc](p02x.png)", False),
    ],
)
def test_a_picture_shown_once_is_told_where_it_is_repeated(house: Path, name: str, front: str, words: str, threads: bool) -> None:
    text = f"---\ntitle: A\ndate: 2026-12-08 10:00\nchannels: [on-{name}]\n{front}---\n{words}\n"
    (house / POST).write_text(text, encoding="utf-8")
    findings, payloads = judged(house)
    told = [finding.place.line for finding in findings if finding.rule == "dropped-element"]
    if isinstance(networks.get(name).FACTS.media, Lacks):
        # It takes none at all: each is told, the same one once.
        assert set(told) and set(told) <= {
            number for number, line in enumerate(text.splitlines(), 1) if "p01x.png" in line or "p02x.png" in line
        }
        return
    # Without threads a picture is in one place with one alternative text, and another one is lost where the network has no place for it.
    loses_alt = "arbre" in text and "banc](p01x" in text and not all(alt in str(payloads[f"on-{name}"].parts) for alt in ("arbre", "banc"))
    assert told == ([len(text.splitlines())] if threads and (networks.get(name).FACTS.has_threads or loses_alt) else [])


@pytest.mark.parametrize(
    ("front", "rule"),
    [
        ("sensitive: true", "dropped-element"),
        ("tags: [🌳]", "dropped-element"),
        ("for: {%: {visibility: followers}}", "not-taken"),
        ("for: {%: {visibility: unlisted}}", "dropped-element"),
        ("poll: {options: [a, b]}", "dropped-element"),
        ("first_comment: Merci", "dropped-element"),
        ("# Sur #ro-crates", "dropped-element"),
        ("# Sur #🌳!", "dropped-element"),
        ("# Sur `#ro-crates`, #Foo_bar et #Été", ""),
        ('for: {%: {mentions: ["@jardin.bsky.social"]}}', "foreign-handle"),
        ("media: [{src: p01x.png, alt: A, focus: '0.5,0.5'}]", "dropped-element"),
    ],
)
def test_a_key_that_a_network_has_no_room_for_is_told_there_only(house: Path, front: str, rule: str) -> None:
    """On three networks that differ in all of these; each other one says the same by its facts."""
    told = {}
    # Those whose room each case knows; all others are held by `test_each_element_is_in_each_payload_or_in_a_finding`.
    for name in (known := ("bluesky", "feed", "mastodon")):
        text = f"---\ntitle: A\ndate: 2026-12-08 10:00\nchannels: [on-{name}]\n{front.replace('%', f'on-{name}')}\n---\nUn{front.removeprefix('#') if front.startswith('#') else ''}\n"
        (house / POST).write_text(text, encoding="utf-8")
        told[name] = {finding.rule for finding in judged(house)[0]} & (TOLD_BY | {rule})
    expected = {
        "sensitive: true": {"bluesky"},
        "tags: [🌳]": {"bluesky", "mastodon"},
        "for: {%: {visibility: followers}}": {"bluesky", "feed"},
        "for: {%: {visibility: unlisted}}": {"bluesky", "feed"},
        "poll: {options: [a, b]}": {"bluesky", "feed"},
        "first_comment: Merci": {"feed"},
        "# Sur #ro-crates": {"mastodon"},
        "# Sur #🌳!": {"mastodon"},
        "# Sur `#ro-crates`, #Foo_bar et #Été": set(),
        'for: {%: {mentions: ["@jardin.bsky.social"]}}': {"mastodon"},
    }.get(front, set(known))
    assert {name for name, rules in told.items() if rule in rules} == expected, told


def test_a13_a_picture_in_the_words_is_bound_by_its_bytes_and_its_alternative_text(house: Path) -> None:
    """What was approved falls when the file or its description changes, and not when another file does."""

    def digest(words: str) -> str:
        (house / POST).write_text(f"---\ntitle: A\ndate: 2026-12-08 10:00\nchannels: [on-mastodon]\n---\n{words}\n", encoding="utf-8")
        loaded = desk.load(WorkTree(house))
        return approval.words_digest(desk.publication(loaded, loaded.posts["a"], "on-mastodon"))

    file = house / "content/media/p01x.png"
    before = file.read_bytes()
    words = "Un ![banc](p01x.png)"
    approved = digest(words)
    assert digest(words) == approved
    assert digest(words.replace("banc", "autre")) != approved
    try:
        file.write_bytes(described("b.png", "(a picture)") + b"\0")
        assert digest(words) != approved
    finally:
        file.write_bytes(before)
    assert digest(words) == approved


def test_words_outside_the_text_are_told_to_be_in_another_language_too(tmp_path: Path) -> None:
    """The first comment, the options of a poll and the warning of a post whose text is translated, where readers get them."""
    channels = "channels:\n  journal: {network: feed, lang: fr}\n  toots: {network: mastodon, account: '@tuin@example.social', lang: nl}\n"
    front = "title: Le jardin ouvre\ndate: 2026-12-08 10:00\nchannels: [journal, toots]\npoll: {options: [oui, non]}\nsensitive: Attention\nfirst_comment: Merci\n"
    root = build(tmp_path / "brand", {"brand/channels.yml": channels, POST: f"---\n{front}---\nMots\n\n## @toots\nWoorden\n"})

    def told() -> list[int]:
        return sorted(finding.place.line for finding in judged(root)[0] if finding.rule == "untranslated-words")

    assert told() == [5, 6, 7]
    own = front.replace("poll", "for: {toots: {first_comment: Dank u}}\npoll")
    (root / POST).write_text(f"---\n{own}---\nMots\n\n## @toots\nWoorden\n", encoding="utf-8")
    assert told() == [6, 7]
    (root / POST).write_text(f"---\nlang: fr\n{front}---\nMots\n\n## @toots\nWoorden\n", encoding="utf-8")
    assert told() == []


def test_a_title_of_one_letter_is_not_found_in_every_word(tmp_path: Path) -> None:
    """Mastodon shows no title; the feed shows it, be it one letter."""
    channels = "channels:\n  journal: {{network: feed, lang: fr}}\n  other: {{network: {0}, lang: nl}}\n"
    words = "---\ntitle: a\ndate: 2026-12-08 10:00\nchannels: [journal, other]\n---\nVa au jardin.\n\n## @other\nGa naar de tuin.\n"
    told = {}
    for network in ("mastodon, account: '@tuin@example.social'", "feed"):
        root = build(tmp_path / network[:4], {"brand/channels.yml": channels.format(network), POST: words})
        told[network[:4]] = [finding.place.line for finding in judged(root)[0] if finding.rule == "untranslated-words"]
    assert told == {"mast": [], "feed": [2]}


@pytest.mark.parametrize(
    ("written", "next"),
    [
        ("2027-06-31 9:5", "Correct the day or the hour"),
        ("31/06/2027 9h", "Correct the day or the hour"),
        ("31 juin 2027", "Correct the day or the hour"),
        ("2027-13-01", "Correct the day or the hour"),
        ("2027-06-30 at nine", "Keep only the day and the hour"),
    ],
)
def test_a_day_that_no_calendar_has_is_to_be_corrected(tmp_path: Path, written: str, next: str) -> None:
    root = build(tmp_path / "brand", {POST: f"---\ntitle: A\ndate: {written}\nchannels: [journal]\n---\nMots.\n"})
    (finding,) = (finding for finding in desk.load(WorkTree(root)).findings if finding.rule == "invalid-date")
    assert (finding.next, finding.fix) == (next, None)
