"""A network that prepares a post and publishes it in a second step: what an attempt left there settles what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.stages import stage_of
from marronnier.model.brand import Brand
from marronnier.networks.kit.seam import Wait
from marronnier.publish import public_media
from people import Town
from publish.test_every_network import Place


@pytest.fixture
def place(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    with stage_of("instagram", tmp_path / "server", monkeypatch) as stage:
        yield Place(town, tmp_path / "repository", "instagram", stage)


@pytest.mark.parametrize("answer", ["cut-before-accept", "cut-after-accept"])
def test_what_was_prepared_is_kept_with_what_is_not_known(place: Place, answer: str) -> None:
    place.posts([answer])
    assert place.publish(0) == {f"{answer}@there": "unknown"}
    place.publish(15)
    place.publish(30)
    server = place.stage.server  # type: ignore[attr-defined]
    assert place.states() == {answer: "sent"}
    assert (len(server.containers), len(server.messages)) == (1, 1), "the same container, whatever became of the first attempt"
    assert server.requests("status"), "its state was asked for"


def test_a_look_that_tells_nothing_forgets_nothing(place: Place) -> None:
    place.posts(["cut-before-accept"])
    place.publish(0)
    place.stage.order("html-before-accept", on="status")
    place.publish(15)
    place.publish(30)
    place.publish(45)
    server = place.stage.server  # type: ignore[attr-defined]
    assert place.states() == {"cut-before-accept": "sent"}
    assert (len(server.containers), len(server.messages)) == (1, 1)


def test_where_the_public_site_shows_a_file() -> None:
    address = public_media.addresses(Brand(name="Jardin", site_url="https://example.org/calendar"))
    assert address("ab" * 32, "jpg") == f"https://example.org/calendar/m/{'ab' * 32}.jpg"


def test_a_brand_without_an_address_has_no_public_site() -> None:
    with pytest.raises(Wait, match=r"write the site's, as `site_url:` in brand/brand\.yml"):
        public_media.addresses(Brand(name="Jardin"))("ab" * 32, "jpg")
