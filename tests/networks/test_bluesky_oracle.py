"""Our links, mentions and hashtags beside those that `atproto`, the Python kit of Bluesky's protocol, finds: on texts in four languages.

Where we mean to differ, the test says how: we end a link or a hashtag before punctuation that the kit leaves on it, and we see those
that stand right after a quotation mark or an apostrophe; it also knows bare names of sites, and `$` shares.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from atproto_client.models.utils import get_model_as_dict
from atproto_client.utils import detect_facets, detect_mentions
from hypothesis import given
from hypothesis import strategies as st

from marronnier.networks import bluesky
from marronnier.networks.kit.atproto import facets
from marronnier.text import entities
from marronnier.text.graphemes import byte_length
from networks.posts import publication
from servers import cannot
from text.markdown_texts import prose

WORDS = {
    "fr": ("Dimanche", "on", "ouvre", "le", "jardin", "de", "l’été", "«\u00a0fête\u00a0»", "!", "e\u0301te\u0301", "n°3", "à"),
    "nl": ("Zondag", "openen", "wij", "de", "tuin", "van", "’s", "avonds", "IJzer", "één", "coördinatie", "…"),
    "en": ("On", "Sunday", "we", "open", "the", "garden’s", "gate", "—", "rock", "&", "roll", "café"),
    "ar": ("يوم", "الأحد", "نفتح", "الحديقة،", "مَدرسة", "الحي؟", "\u200fمع", "١٢", "لا", "\u2067نعم\u2069"),
}
EMOJI = ("🌳", "👨‍👩‍👧‍👦", "🇧🇪", "☀\ufe0f", "👍🏽", "❤️‍🔥", "#️⃣", "🏴󠁧󠁢󠁷󠁬󠁳󠁿")
LINKS = (
    "https://example.org", "http://example.org/", "https://example.org/agenda/2026/decembre?quartier=nord&x=%20#samedi", "https://example.org/été",
    "https://example.org/حديقة", "https://example.org/a_(b)", "https://127.0.0.1:8000/x", "https://exämple.org/", "https://a.example/@jardin#x",
)  # fmt: skip
MENTIONS = ("@jardin.bsky.social", "@a-b.example.com", "@1.example.fr", "@jardin.test")
TAGS = ("#Jardin", "#FêteDeQuartier", "#حديقة_الحي", "#2026été", "#日本", "＃jardin", "#e\u0301te\u0301", "#habitant·es")
SPACES = st.sampled_from((" ", "\n", "\n\n", "\u00a0", "\u202f"))


@st.composite
def posts(draw: st.DrawFn, ends: tuple[str, ...] = ("",), opens: tuple[str, ...] = ("",)) -> str:
    """Words of one language with emoji and marks between them, each between blanks."""
    words = st.sampled_from(WORDS[draw(st.sampled_from(sorted(WORDS)))]) | st.sampled_from(EMOJI)
    marked = st.builds(
        lambda mark, end, open_: f"{open_}{mark}{end}",
        st.sampled_from(LINKS + MENTIONS + TAGS),
        st.sampled_from(ends),
        st.sampled_from(opens),
    )
    pieces = draw(st.lists(words | marked, max_size=14))
    return "".join(piece + draw(SPACES) for piece in pieces)


Found = list[tuple[str, str, int, int]]


def theirs(text: str) -> Found:
    """The entities that `atproto` finds: kind, value, and position in bytes."""
    found = []
    for facet in map(get_model_as_dict, detect_facets(text)):
        (feature,), index = facet["features"], facet["index"]
        kind = feature["$type"].partition("#")[2]
        found.append((kind, feature["uri" if kind == "link" else "tag"], index["byteStart"], index["byteEnd"]))
    found += [("mention", match.handle, match.byte_start, match.byte_end) for match in detect_mentions(text)]
    return sorted(found, key=lambda one: one[2])


def ours(text: str) -> Found:
    """Our entities in the same form, with links in full."""
    kinds = (("link", entities.find_links, 0), ("mention", entities.find_mentions, 1), ("tag", entities.find_hashtags, 1))
    return sorted(
        (
            (kind, mark.text[skip:], len(text[: mark.start].encode()), len(text[: mark.end].encode()))
            for kind, find, skip in kinds
            for mark in find(text)
        ),
        key=lambda one: one[2],
    )


@given(posts(ends=("", "", ".", ",", "!", "?", ";"), opens=("", "", "(")))
def test_between_blanks_we_agree(text: str) -> None:
    assert [one for one in ours(text) if one[0] != "tag" or text.encode()[one[2] - 1 : one[2]] != b"("] == theirs(text)


@given(posts(ends=("", "»", "”", "…", "،", "؟", "…)", "?!", "’", "\u2069", ":"), opens=("", "«", "“", "l’", "(", "\u2067", "—")))
def test_elsewhere_we_find_all_that_they_do_and_end_it_before_the_sentence_does(text: str) -> None:
    mine = {(kind, start): value for kind, value, start, _end in ours(text)}
    for kind, value, start, _end in theirs(text):
        assert (kind, start) in mine, (kind, value)
        held = mine[kind, start]
        assert value.startswith(held) and not any(letter.isalnum() for letter in value[len(held) :]), (value, held)


@given(posts(ends=("", ".", ","), opens=("",)))
def test_what_goes_out_holds_what_they_find(text: str) -> None:
    """Of the words as they are composed: every value of theirs, in order, on words that are short for the same place."""
    record = bluesky.compose(publication("bluesky", text)).parts[0].wire
    features = [feature for facet in record.get("facets", []) for feature in facet["features"]]
    assert [feature.get("uri") or feature.get("tag") or facets.unresolved_handle(feature) for feature in features] == [
        one[1] for one in theirs(text)
    ]


COUNTER = """
const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" })
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const text = JSON.parse(line)
  console.log(JSON.stringify([[...segmenter.segment(text)].length, Buffer.byteLength(text)]))
})
"""


@pytest.fixture(scope="module")
def icu() -> Iterator[Callable[[str], list[int]]]:
    """Graphemes and bytes of a text as JavaScript counts them, which Bluesky's server and app are written in."""
    node = Path(sys.prefix) / "bin" / "node"
    if not node.exists():
        cannot("counting is held to Node from requirements-dev.lock")
    process = subprocess.Popen([node, "-e", COUNTER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin and process.stdout
    asked, told = process.stdin, process.stdout

    def count(text: str) -> list[int]:
        asked.write(json.dumps(text) + "\n")
        asked.flush()
        counted: list[int] = json.loads(told.readline())
        return counted

    try:
        yield count
    finally:
        asked.close()
        process.wait(10)
        told.close()


@given(posts() | prose())
def test_characters_and_bytes_are_counted_as_javascript_does(icu: Callable[[str], list[int]], text: str) -> None:
    for part in bluesky.compose(publication("bluesky", text, thread="auto")).parts:
        assert [part.count, byte_length(part.text)] == icu(part.text)
