"""The pages of the networks name each as its readers do: a feed is a thing of every language, the others are names."""

from __future__ import annotations

import pytest
from site_houses import House

from marronnier import pages


@pytest.mark.parametrize(("lang", "feed"), [("fr", "Flux"), ("en", "Feed")])
def test_a_feed_has_its_name_in_the_language_of_the_page(house: House, lang: str, feed: str) -> None:
    made = {page.path: page for page in pages.make(house.site_data(internal=False), lang)}
    assert (made["networks/feed/"].title, made["networks/mastodon/"].title) == (feed, "Mastodon")
    html = made["networks/"].render().html
    assert f'networks/feed/">{feed}</a>' in html and 'networks/mastodon/">Mastodon</a>' in html
