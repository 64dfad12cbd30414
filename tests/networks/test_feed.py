"""The brand's own feed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from marronnier.model.publication import Delivery
from marronnier.networks import feed
from marronnier.networks.kit.seam import Account, Refused, SendRequest
from marronnier.text.graphemes import count_graphemes
from networks.posts import picture, publication
from text.markdown_texts import markdown
from text.test_html import assert_safe


def send(text: str, **words: object) -> Delivery:
    said = publication("feed", text, **words)  # type: ignore[arg-type]
    payload = feed.compose(said)
    return feed.send(SendRequest(said.key, 0, 1, payload.parts[0], payload.sha256, ()), Account("place", said.channel, {}), None)


def test_its_address_is_the_page_of_the_post() -> None:
    assert send("Bonjour") == Delivery("portes-ouvertes@place", "/posts/portes-ouvertes/")
    assert send("Bonjour", post_id="a.b_c-1").url == "/posts/a.b_c-1/"


@pytest.mark.parametrize("visibility", ["followers", "direct"])
def test_words_that_are_not_for_everyone_are_refused(visibility: str) -> None:
    with pytest.raises(Refused, match="open to everyone"):
        send("Entre nous", visibility=visibility)


@pytest.mark.parametrize("visibility", ["", "public", "unlisted"])
def test_others_go_out(visibility: str) -> None:
    assert send("Bonjour", visibility=visibility)


def test_n04_title_and_alternative_text_stay_text() -> None:
    attack = "<script>alert(1)</script>"
    wire = feed.compose(publication("feed", "a", title=attack, media=(picture("a.jpg", attack),))).parts[0].wire
    assert wire["title"] == attack and wire["images"][0]["alt"] == attack
    assert attack not in wire["content_html"]


def test_c10_a_link_that_is_not_on_the_web_never_goes_out() -> None:
    part = feed.compose(publication("feed", "a", link="javascript:alert(1)")).parts[0]
    assert "javascript" not in str(part)
    assert_safe(
        feed.compose(publication("feed", "a", link='https://example.org/"><script>alert(1)</script>')).parts[0].wire["content_html"]
    )


@settings(max_examples=60)
@given(markdown)
def test_n05_any_words_become_safe_html(text: str) -> None:
    (part,) = feed.compose(publication("feed", text)).parts
    assert part.count == count_graphemes(part.text)
    assert part.wire.get("content_text", "") == part.text
    assert_safe(part.wire.get("content_html", ""))
