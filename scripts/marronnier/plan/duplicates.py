"""Likeness: the same words must not go out twice under another key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache

from marronnier import messages, networks
from marronnier.messages import _
from marronnier.model.history import History, Receipt
from marronnier.model.plan import PlanLine
from marronnier.model.publication import Payload, Publication, split_key
from marronnier.text.similarity import DUPLICATE_WINDOW, is_similar, sent_text, text_of, vanished_keys


def duplicate_refusals(
    lines: Iterable[PlanLine],
    histories: Mapping[str, History],
    present: Iterable[str],
    payload: Callable[[str], bytes | None],
    now: datetime,
) -> Mapping[str, str]:
    """By key, why a publication that is otherwise ready must not go out.

    `lines` are those about to go out, in time order; `present` are all keys of the desk, under every name their channel had.
    """
    out = _by_payload(histories)
    without_post = vanished_keys(histories, set(present).__contains__)
    before = cache(lambda key: sent_text(histories[key], payload))
    found: dict[str, str] = {}
    waiting: dict[tuple[str, str], tuple[datetime, str]] = {}
    # What is sealed stays, and what came later and says the same is refused.
    for line in sorted(lines, key=lambda line: _sealed(line) is None):
        names = (line.publication.channel_name, *line.publication.channel.was)
        gone = [key for name in names for key in without_post.get(name, ())]
        if not gone and line.publication.occurrence is not None:
            continue
        sealed = _sealed(line)
        composed = _composed(line, payload) if gone or sealed is None else None
        digest = sealed or (composed.sha256 if composed is not None else "")
        if not digest:
            continue
        at = line.instant.at or now
        other = _moved(line.publication, text_of(part.text for part in composed.parts), gone, before) if composed is not None else None
        if other is not None:
            found[line.key] = _("identity-changed: {other} went out, is gone from the calendar, and these words are like it", other=other)
            continue
        if line.publication.occurrence is not None:
            continue
        same = _already(line, [receipt for name in names for receipt in out.get((name, digest), ())], now)
        if same is not None:
            found[line.key] = same
            continue
        spoken = (line.publication.channel_name, digest)
        if spoken in waiting and abs(at - waiting[spoken][0]) <= DUPLICATE_WINDOW:
            found[line.key] = _("{other} says exactly the same on this channel within 30 days", other=waiting[spoken][1])
        else:
            waiting[spoken] = (at, line.key)
    return found


def copy_notes(lines: list[PlanLine], histories: Mapping[str, History], payload: Callable[[str], bytes | None]) -> Mapping[str, str]:
    """By key, what says that its words went out around its hour as another publication's.

    `lines` were never sealed and their hour is over: it was not the hour that held these back.
    """
    out = _by_payload(histories) if lines else {}
    spoken = {channel_name for channel_name, _payload in out}
    found = {}
    for line in lines:
        names = [name for name in (line.publication.channel_name, *line.publication.channel.was) if name in spoken]
        at, composed = line.instant.at, _composed(line, payload) if names else None
        if at is None or composed is None:
            continue
        for receipt in (receipt for name in names for receipt in out.get((name, composed.sha256), ())):
            if abs(at - receipt.at) <= DUPLICATE_WINDOW:
                found[line.key] = _said_of(receipt)
                break
    return found


def _by_payload(histories: Mapping[str, History]) -> Mapping[tuple[str, str], list[Receipt]]:
    """What is out, by channel and payload."""
    found: dict[tuple[str, str], list[Receipt]] = {}
    for key, history in histories.items():
        receipt = history.receipt
        if receipt is not None and receipt.payload:
            found.setdefault((split_key(key)[1], receipt.payload), []).append(replace(receipt, key=key))
    return found


def _sealed(line: PlanLine) -> str | None:
    """The digest of the payload sealed for these very words; None when there is none."""
    seal = line.history.seal if line.history is not None else None
    return seal.payload if seal is not None and seal.words == line.digests.words else None


def _composed(line: PlanLine, payload: Callable[[str], bytes | None]) -> Payload | None:
    """What would go out: the sealed payload, else what is composed now; None when the network is unknown."""
    seal = line.history.seal if line.history is not None else None
    if seal is not None and seal.words == line.digests.words and (data := payload(seal.payload)) is not None:
        try:
            return Payload.from_bytes(data)
        except ValueError:
            return None
    try:
        return networks.get(line.publication.words.network).compose(line.publication)
    except networks.UnknownNetwork:
        return None


def _moved(publication: Publication, text: str, gone: Iterable[str], before: Callable[[str], str | None]) -> str | None:
    """The vanished key whose words these are, or nearly."""
    for key in gone:
        if split_key(key)[0] == publication.post.id:
            # The same post on a day its repeat no longer gives: the rule was changed, not the identity.
            continue
        words = before(key)
        if words is not None and is_similar(words, text):
            return key
    return None


def _already(line: PlanLine, receipts: Iterable[Receipt], now: datetime) -> str | None:
    """The sentence about the same payload that went out on this channel not long ago."""
    at = max(line.instant.at or now, now)
    for receipt in receipts:
        if receipt.key != line.key and at - receipt.at <= DUPLICATE_WINDOW:
            return _said_of(receipt)
    return None


def _said_of(receipt: Receipt) -> str:
    return _("exactly the same went out on this channel {day} as {other}", day=messages.format_day(receipt.at.date()), other=receipt.key)
