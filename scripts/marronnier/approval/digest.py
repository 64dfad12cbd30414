"""What an approval binds: the digest of the words, and the digest of the when. Never of files."""

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
from marronnier.model.publication import Publication, json_digest
from marronnier.model.scalars import WrittenDate


def digests(publication: Publication, instant: Instant, desk: Desk) -> Digests:
    """The two digests of a publication as it stands.

    A token date, a goal, an unused handle, a moved file or the order of keys changes neither.
    A network nobody knows counts with COMPOSER 0: such a publication can never be sent, but the plan still shows it.
    """
    return Digests(words=words_digest(publication), when=when_digest(publication, instant, desk))


def words_digest(publication: Publication) -> str:
    """Of what `compose` is given, and of how it composes."""
    return json_digest({"composer": composer_number(publication.words.network), "words": publication.words.as_json()})


def when_digest(publication: Publication, instant: Instant, desk: Desk) -> str:
    """Of its instant, or of what is written where the tool chooses it."""
    return json_digest(when_value(publication, instant, desk))


def seal_matcher(desk: Desk) -> Callable[[Publication, Seal], bool]:
    """Answers whether a seal fixes the when that is written now: a slot that moved to another day is another when."""
    return lambda publication, seal: when_digest(publication, Instant(None, seal.basis), desk) == seal.when


def composer_number(network: str) -> int:
    """The network's COMPOSER number, which rises when the same words would go over the wire differently; 0 when nobody knows the network."""
    try:
        return int(networks.get(network).COMPOSER)
    except networks.UnknownNetwork:
        return 0


def when_value(publication: Publication, instant: Instant, desk: Desk) -> Mapping[str, Any]:
    """What the when digest is taken of: the instant in UTC for a written date, else what people wrote and the tool will choose from."""
    date = date_and_slot(publication, desk)[0]
    kind, _colon, name = instant.basis.partition(":")
    if publication.post.front.repeat is not None:
        return {"repeat": publication.post.front.repeat, "first": _moment(date, desk, publication)}
    if kind == "next":
        return {"slot": "next", "from": _moment(date, desk, publication)}
    if kind == "slot":
        return {"slot": _slot(name, desk), "from": _moment(date, desk, publication)}
    if kind == "when-approved":
        return {"when": "when-approved"}
    if instant.at is not None:
        return {"at": instant_text(instant.at)}
    return {"unresolved": _moment(date, desk, publication)}


def date_and_slot(publication: Publication, desk: Desk) -> tuple[WrittenDate | None, str | None]:
    """The date and the slot that hold for this channel: what `for:` says of the channel, else of a group, else of its network, else the post's own.

    A date of the channel's own replaces the slot; a slot of its own keeps the post's date as the first day that suits.
    """
    front = publication.post.front
    if not front.for_:
        return front.date, front.slot
    name, channel = publication.channel_name, publication.channel
    for who in (name, *channel.was, *desk.groups_of(name), channel.network, channel.network.rpartition(".")[2]):
        own = front.for_.get(who)
        if own is not None and own.slot is not None:
            return own.date or front.date, own.slot
        if own is not None and own.date is not None:
            return own.date, None
    return front.date, front.slot


def instant_text(at: datetime) -> str:
    """An instant in UTC, to the second: `2026-12-05T09:00:00Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _moment(date: WrittenDate | None, desk: Desk, publication: Publication) -> Mapping[str, str] | None:
    if date is None or date.day is None:
        return None if date is None else {"when": "when-approved"}
    read = {"day": date.day.isoformat()}
    clock = date.clock or publication.channel.default_time or desk.brand.default_time
    read["clock"] = clock.isoformat()
    if date.offset is None:
        read["zone"] = desk.brand.zone
    else:
        read["offset"] = str(int(date.offset.total_seconds()))
    if date.edge is not None:
        read["edge"] = date.edge
    return read


def _slot(name: str, desk: Desk) -> Mapping[str, Any]:
    """What a slot says of time; what people call it, and whom it is kept for, does not move a post."""
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
