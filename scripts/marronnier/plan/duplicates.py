"""Duplicates: the same words must not go out twice on a channel, nor under another key."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache

from marronnier import messages, networks
from marronnier.messages import _
from marronnier.model.history import History, Receipt, vanished_keys
from marronnier.model.plan import PlanLine
from marronnier.model.publication import Payload, Publication, payload_digest, split_key
from marronnier.proofs.situation import Situation
from marronnier.text.similarity import DUPLICATE_WINDOW, SimilarityIndex, is_similar, shingles


def duplicate_refusals(lines: Iterable[PlanLine], present: Collection[str], situation: Situation) -> Mapping[str, str]:
    """By key, why a publication that is otherwise ready must not go out.

    `lines` are those about to go out, in time order; `present` are all keys of the desk, under every name their channel had.
    """
    histories, payload, now = situation.histories, situation.payload, situation.now
    receipts = _receipts_by_payload(histories)
    vanished = vanished_keys(histories, present.__contains__)
    text_of_key = cache(lambda key: histories[key].sent_text(payload))
    refusals: dict[str, str] = {}
    waiting: dict[tuple[str, str], tuple[datetime, str]] = {}
    # What is sealed stays, and what came later and says the same is refused.
    for line in sorted(lines, key=lambda line: _sealed_payload(line) is None):
        names = (line.publication.channel_name, *line.publication.channel.was)
        vanished_here = [key for name in names for key in vanished.get(name, ())]
        if not vanished_here and line.publication.occurrence is not None:
            continue
        sealed = _sealed_payload(line)
        composed = _payload(line, situation) if vanished_here or sealed is None else None
        digest = sealed or (payload_digest(composed) if composed is not None else "")
        if not digest:
            continue
        at = line.instant.at or now
        text = _text(composed) if vanished_here and composed is not None else None
        former = _former_key(line.publication, text, vanished_here, text_of_key) if text is not None else None
        if former is not None:
            refusals[line.key] = _identity_note(former)
            continue
        if line.publication.occurrence is not None:
            continue
        copy_note = _recent_copy_note(line, [receipt for name in names for receipt in receipts.get((name, digest), ())], now)
        if copy_note is not None:
            refusals[line.key] = copy_note
            continue
        words = (line.publication.channel_name, digest)
        if words in waiting and abs(at - waiting[words][0]) <= DUPLICATE_WINDOW:
            refusals[line.key] = _("{other} has exactly the same text on this channel within 30 days", other=waiting[words][1])
        else:
            waiting[words] = (at, line.key)
    return refusals


def identity_notes(lines: Collection[PlanLine], present: Collection[str], situation: Situation) -> Mapping[str, str]:
    """By key, the sentence that its words went out under a key that is gone: the file of a post without `id` got another name.

    `lines` have no history, and are not about to go out.
    """
    histories, payload = situation.histories, situation.payload
    vanished = vanished_keys(histories, present.__contains__) if lines else {}
    if not vanished:
        return {}
    indexes: dict[str, SimilarityIndex[str]] = {}
    texts: dict[str, str] = {}
    for name, keys in vanished.items():
        for key in keys:
            if (text := histories[key].sent_text(payload)) is not None:
                texts[key] = text
                indexes.setdefault(name, SimilarityIndex()).add(key, shingles(text))
    notes = {}
    for line in lines:
        names = [name for name in (line.publication.channel_name, *line.publication.channel.was) if name in indexes]
        # Composing is slow: the Markdown tells which of the sent texts are near enough to be compared.
        words = shingles(line.publication.words.text) if names else frozenset()
        near = [key for name in names for key in indexes[name].find_candidates(words)]
        composed = _payload(line, situation) if near else None
        text = _text(composed) if composed is not None else None
        former = _former_key(line.publication, text, near, texts.get) if text is not None else None
        if former is not None:
            notes[line.key] = _identity_note(former)
    return notes


def copy_notes(lines: Collection[PlanLine], situation: Situation) -> Mapping[str, str]:
    """By key, the sentence that its words went out around its hour as another publication's.

    `lines` were never sealed and their hour is over.
    """
    receipts = _receipts_by_payload(situation.histories) if lines else {}
    channels = {channel_name for channel_name, _digest in receipts}
    notes = {}
    for line in lines:
        names = [name for name in (line.publication.channel_name, *line.publication.channel.was) if name in channels]
        at, composed = line.instant.at, _payload(line, situation) if names else None
        if at is None or composed is None:
            continue
        digest = payload_digest(composed)
        for receipt in (receipt for name in names for receipt in receipts.get((name, digest), ())):
            if abs(at - receipt.at) <= DUPLICATE_WINDOW:
                notes[line.key] = _copy_note(receipt)
                break
    return notes


def _receipts_by_payload(histories: Mapping[str, History]) -> Mapping[tuple[str, str], list[Receipt]]:
    """What is out, by channel and payload digest."""
    receipts: dict[tuple[str, str], list[Receipt]] = {}
    for key, history in histories.items():
        receipt = history.receipt
        if receipt is not None and receipt.payload and history.retraction is None:
            receipts.setdefault((split_key(key)[1], receipt.payload), []).append(
                receipt if receipt.key == key else replace(receipt, key=key)
            )
    return receipts


def _sealed_payload(line: PlanLine) -> str | None:
    """The digest of the payload sealed for these very words; None when there is none."""
    seal = line.history.seal if line.history is not None else None
    return seal.payload if seal is not None and seal.words == line.digests.words else None


def _payload(line: PlanLine, situation: Situation) -> bytes | None:
    """The sealed payload, else the payload composed now; None when the network is unknown."""
    sealed = _sealed_payload(line)
    if sealed is not None and (data := situation.payload(sealed)) is not None:
        return data
    try:
        return situation.composed(line.publication)[0]
    except networks.UnknownNetwork:
        return None


def _text(payload: bytes) -> str | None:
    """The text of a payload; None when its bytes cannot be read."""
    try:
        return Payload.from_bytes(payload).text
    except ValueError:
        return None


def _former_key(publication: Publication, text: str, vanished: Iterable[str], text_of_key: Callable[[str], str | None]) -> str | None:
    """The vanished key under which these words went out, or words like them; None when there is none."""
    for key in vanished:
        if split_key(key)[0] == publication.post.id:
            # The post on a day that its repeat no longer gives: the rule changed, not the identity.
            continue
        sent = text_of_key(key)
        if sent is not None and is_similar(sent, text):
            return key
    return None


def _identity_note(former: str) -> str:
    return _("identity-changed: {other} was sent and is gone from the calendar, and this text is similar to it", other=former)


def _recent_copy_note(line: PlanLine, receipts: Iterable[Receipt], now: datetime) -> str | None:
    """The sentence that the same payload went out on this channel within the window; None when it did not."""
    at = max(line.instant.at or now, now)
    receipt = next((receipt for receipt in receipts if receipt.key != line.key and at - receipt.at <= DUPLICATE_WINDOW), None)
    return _copy_note(receipt) if receipt is not None else None


def _copy_note(receipt: Receipt) -> str:
    return _(
        "exactly the same text was sent on this channel on {day} as {other}", day=messages.format_day(receipt.at.date()), other=receipt.key
    )
