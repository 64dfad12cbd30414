"""The pages of the networks name each as its readers do: a feed is a thing of every language, the others are names."""

from __future__ import annotations

from pathlib import Path

import pytest
from site_houses import House

from marronnier import messages, networks, pages


@pytest.mark.parametrize(("lang", "feed"), [("fr", "Flux"), ("en", "Feed")])
def test_a_feed_has_its_name_in_the_language_of_the_page(house: House, lang: str, feed: str) -> None:
    made = {page.path: page for page in pages.make(house.site_data(internal=True), lang)}
    assert (made["networks/feed/"].title, made["networks/mastodon/"].title) == (feed, "Mastodon")
    html = made["networks/"].render().html
    assert f'networks/feed/">{feed}</a>' in html and 'networks/mastodon/">Mastodon</a>' in html


@pytest.mark.parametrize("name", networks.names())
def test_a_proper_name_is_the_same_in_every_language(name: str) -> None:
    """Threads is no thread: a name that its module does not mark for translation stays as it is."""
    network = networks.get(name)
    place = Path(str(network.__file__))  # type: ignore[attr-defined]
    own = place.parent.rglob("*.py") if place.name == "__init__.py" else [place]
    if any(f'N_("{network.NAME}")' in file.read_text(encoding="utf-8") for file in own):
        return
    for lang in messages.languages():
        with messages.in_language(lang):
            assert messages._(network.NAME) == network.NAME
