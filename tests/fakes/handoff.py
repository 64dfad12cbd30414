"""A person who posts by hand what a channel hands over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from fakes.stages import SilentStage
from marronnier.model.publication import Delivery, Part
from marronnier.networks.kit.seam import Handoff


class Person(SilentStage):
    """Somebody who copies every text and saves every picture; nothing is sent to them."""

    def __init__(self) -> None:
        self.posted: list[tuple[Delivery, Part]] = []

    def post_by_hand(self, handoff: Handoff, part: Part) -> Delivery:
        assert part.text in [text for _label, text in handoff.texts] or not part.text, "all that is to be said can be copied"
        assert set(part.media) <= set(handoff.pictures), "all that is to be shown can be saved"
        delivery = Delivery(*[f"https://place.example/{len(self.posted) + 1}"] * 2)
        self.posted.append((delivery, part))
        return delivery

    def received(self) -> list[Mapping[str, Any]]:
        return [part.wire for _delivery, part in self.posted]

    def replies(self) -> list[str | None]:
        return [None if number == 0 else self.posted[number - 1][0].id for number in range(len(self.posted))]

    def open(self, delivery: Delivery) -> Mapping[str, Any] | None:
        return next(part.wire for posted, part in self.posted if posted == delivery)


@contextmanager
def stage(_folder: Path, _monkeypatch: pytest.MonkeyPatch) -> Iterator[Person]:
    yield Person()
