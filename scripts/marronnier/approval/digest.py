"""Digests that an approval binds: one of the words, one of the when. Files are never part of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from marronnier import networks
from marronnier.desk import Desk
from marronnier.model.calendar import Slot
from marronnier.model.history import Seal
from marronnier.model.instant import Instant
from marronnier.model.plan import Digests
from marronnier.model.post import SendUntil
from marronnier.model.publication import Publication, json_digest
from marronnier.model.scalars import WrittenDate


def digests(publication: Publication, instant: Instant, desk: Desk) -> Digests:
    """The digests of a publication as it stands on a desk, at an instant.

    A token date, a goal, an unused handle, a moved file or the order of keys changes neither.
    A network nobody knows counts with COMPOSER 0: such a publication can never be sent, but the plan still shows it.
    """
    return Digests(words=words_digest(publication), when=when_digest(publication, instant, desk))


def words_digest(publication: Publication) -> str:
    """SHA-256 of what `compose` is given and of the network's COMPOSER number."""
    return json_digest({"composer": composer_number(publication.words.network), "words": publication.words.as_json()})


def when_digest(publication: Publication, instant: Instant, desk: Desk) -> str:
    """SHA-256 of the instant, or of what is written where the tool chooses the instant."""
    return json_digest(_when_json(publication, instant, desk))


def seal_matcher(desk: Desk) -> Callable[[Publication, Seal], bool]:
    """A function that tells whether a seal fixes the when that is written now: a slot that moved to another day is another when."""
    return lambda publication, seal: when_digest(publication, Instant(None, seal.basis), desk) == seal.when


def composer_number(network: str) -> int:
    """The network's COMPOSER number, which rises when the same words would go over the wire differently; 0 when nobody knows the network."""
    try:
        return int(networks.get(network).COMPOSER)
    except networks.UnknownNetwork:
        return 0


def moved_when_digest(publication: Publication, at: datetime, zone: str) -> str:
    """The when digest that a publication with a written date would have at another instant, its conditions being as they are."""
    return json_digest({"at": _utc_text(at), **_conditions_json(publication, zone)})


def _conditions_json(publication: Publication, zone: str) -> Mapping[str, Any]:
    """What else the post says of when it may go out. What is not written is not named, so that older approvals keep their digest."""
    front = publication.post.front
    conditions: dict[str, Any] = {}
    if front.grace is not None:
        conditions["grace"] = int(front.grace.total_seconds())
    if front.on_missed is not None:
        until = front.on_missed.until.total_seconds() if isinstance(front.on_missed, SendUntil) else None
        conditions["on_missed"] = "ask" if until is None else int(until)
    if front.requires:
        conditions["requires"] = sorted(set(front.requires))
    if front.expires is not None:
        conditions["expires"] = _expiry_json(front.expires, zone)
    return conditions


def _expiry_json(expires: WrittenDate, zone: str) -> Mapping[str, str]:
    """A written end, to the day or to the minute."""
    parts = {"day": expires.day, "clock": expires.clock}
    written = {name: part.isoformat() for name, part in parts.items() if part is not None}
    if expires.offset is not None:
        return {**written, "offset": str(int(expires.offset.total_seconds()))}
    return {**written, "zone": zone, **({"edge": expires.edge} if expires.edge is not None else {})}


def _when_json(publication: Publication, instant: Instant, desk: Desk) -> Mapping[str, Any]:
    """The JSON of the when digest: what is said of the instant, and on which conditions it goes out."""
    return {**_instant_json(publication, instant, desk), **_conditions_json(publication, desk.brand.zone)}


def _instant_json(publication: Publication, instant: Instant, desk: Desk) -> Mapping[str, Any]:
    """The instant in UTC for a written date, else what people wrote and the tool will choose from."""
    date = _written_date(publication, desk)
    kind, _colon, name = instant.basis.partition(":")
    if publication.post.front.repeat is not None:
        return {"repeat": publication.post.front.repeat, "first": _date_json(date, desk, publication)}
    if kind == "next":
        return {"slot": "next", "from": _date_json(date, desk, publication)}
    if kind == "slot":
        return {"slot": _slot_json(name, desk), "from": _date_json(date, desk, publication)}
    if kind == "when-approved":
        return {"when": "when-approved"}
    if instant.at is not None:
        return {"at": _utc_text(instant.at)}
    return {"unresolved": _date_json(date, desk, publication)}


def _written_date(publication: Publication, desk: Desk) -> WrittenDate | None:
    """The date of the publication: what `for:` says of its channel, else of a group, else of its network, else the post's own.

    A slot under `for:` keeps the post's date as the first day that suits.
    """
    front = publication.post.front
    if not front.for_:
        return front.date
    name, channel = publication.channel_name, publication.channel
    for target in (name, *channel.was, *desk.groups_of(name), channel.network, channel.network.rpartition(".")[2]):
        overrides = front.for_.get(target)
        if overrides is not None and (overrides.slot is not None or overrides.date is not None):
            return overrides.date or front.date
    return front.date


def _utc_text(at: datetime) -> str:
    """An instant in UTC, to the second: `2026-12-05T09:00:00Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _date_json(date: WrittenDate | None, desk: Desk, publication: Publication) -> Mapping[str, str] | None:
    if date is None or date.day is None:
        return None if date is None else {"when": "when-approved"}
    fields = {"day": date.day.isoformat()}
    clock = date.clock or publication.channel.default_time or desk.brand.default_time
    fields["clock"] = clock.isoformat()
    if date.offset is None:
        fields["zone"] = desk.brand.zone
    else:
        fields["offset"] = str(int(date.offset.total_seconds()))
    if date.edge is not None:
        fields["edge"] = date.edge
    return fields


def _slot_json(name: str, desk: Desk) -> Mapping[str, Any]:
    """What a slot says of time. Its name for people, and whom it is kept for, do not move a post."""
    slot: Slot | None = desk.slots.slots.get(name)
    if slot is None:
        return {"name": name}
    return {
        "name": name,
        "days": sorted(slot.days),
        "at": slot.at.isoformat(),
        "every": slot.every,
        "start": slot.start.isoformat() if slot.start else None,
        "end": slot.end.isoformat() if slot.end else None,
        "on_holiday": slot.on_holiday,
        "zone": desk.brand.zone,
    }
