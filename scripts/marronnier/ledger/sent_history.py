"""The usual history: sealed, claimed, sending and sent, in one part, and seen there since. Its chain is verified when it is read, its events are parsed when asked for.

After ten years nearly all histories are of this kind, and a run needs little more of each than that it is over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from hashlib import sha256

from marronnier.ledger.damage import Damaged, bad_line_damage
from marronnier.ledger.events import BadLine, history_path, parse_history
from marronnier.model.history import Event, History, Receipt, Seal, seal_in

_HASH = rb"[0-9a-f]{64}"
# Canonical JSON without anything that JSON would escape: so that a line of this form needs no parser.
_TEXT = rb"[ !#-\[\]-~]*"
_AT = rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?\+00:00"


def _any_line(event: bytes, seq: int) -> bytes:
    """A line whose bytes the line behind it vouches for: only its end is looked at."""
    return rb'(\{[^\n]*,"event":"%s","key":"%s","prev":"%s","seq":%d\})\n' % (event, _TEXT, _HASH, seq)


_USUAL = re.compile(
    rb'(\{[^\n]*,"words":"(?P<words>%s)"\},"event":"sealed","key":"%s","prev":"%s","seq":0\})\n' % (_HASH, _TEXT, _HASH)
    + _any_line(b"claimed", 1)
    + _any_line(b"sending", 2)
    + rb'\{"at":"(?P<at>%s)","data":\{"id":"(?P<id>%s)","late":\d{1,12},"part":0,"parts":1,"payload":"(?P<payload>%s)","url":"(?P<url>%s)"\},'
    % (_AT, _TEXT, _HASH, _TEXT)
    + rb'"event":"sent","key":"(?P<key>%s)","prev":"(?P<prev>%s)","seq":3\}\n' % (_TEXT, _HASH)
)
_SEEN = re.compile(
    rb'\{"at":"(?P<at>%s)","data":\{"part":0(?:,"unsure":true)?\},"event":"seen","key":"(?P<key>%s)","prev":"(?P<prev>%s)","seq":(?P<seq>\d{1,9})\}'
    % (_AT, _TEXT, _HASH)
)
_INSTANT = b'"instant":"'
_OTHER_PARTS = re.compile(rb'"parts?":(?![01][,}])')


class SentHistory(History):
    """A history that ends with the receipt of its only part, or with looks that found it on the network. It equals the history that `parse_history` gives."""

    last_at: datetime

    def __init__(self, key: str, read: Callable[[], bytes], identity: str, receipt: Receipt, sealed_words: str, last_at: datetime) -> None:
        """`read` gives the bytes of its file, whose chain was verified; `last_at` is when its last line was written."""
        vars(self).update(
            key=key, _read=read, _identity=identity, receipt=receipt, unsettled=None, _sealed_words=sealed_words, last_at=last_at
        )

    @property
    def _data(self) -> bytes:
        data: bytes = vars(self)["_read"]()
        return data

    @cached_property
    def _whole(self) -> History:
        try:
            return parse_history(self.key, self._data, vars(self)["_identity"])
        except BadLine as bad:
            raise Damaged(bad_line_damage(history_path(self.key), bad)) from bad

    @property
    def events(self) -> tuple[Event, ...]:
        """All events, in order. Raises Damaged for a line that is none, although the chain holds."""
        return self._whole.events

    @property
    def is_empty(self) -> bool:
        """False: it has four events or more."""
        return False

    @property
    def retraction(self) -> Event | None:
        """None: whenever the network was asked, it was there."""
        return None

    @property
    def _restarts(self) -> list[int]:
        """Nowhere: nobody decided to send it again."""
        return []

    @cached_property
    def seal(self) -> Seal | None:
        """The seal that was sent."""
        data = self._data
        try:
            return seal_in(json.loads(data[: data.index(b"\n")])["data"])
        except (ValueError, KeyError, TypeError):
            return self._whole.seal

    @property
    def sealed_words(self) -> str:
        """The digest of the words that were sent."""
        words: str = vars(self)["_sealed_words"]
        return words

    def is_over(self, before: datetime) -> bool:
        """Whether it went out before an instant, was meant to, and nothing was recorded of it since."""
        if self.last_at >= before:
            return False
        data = self._data
        start = data.find(_INSTANT) + len(_INSTANT)
        try:
            instant = datetime.fromisoformat(data[start : data.index(b'"', start)].decode())
        except ValueError:
            return super().is_over(before)
        return instant.tzinfo is not None and instant < before

    @property
    def carried(self) -> Event | None:
        """None: it went out from here."""
        return None

    @property
    def maybe_sent(self) -> bool:
        """True: it is out."""
        return True

    @property
    def last_decision(self) -> Event | None:
        """None: nobody had to decide."""
        return None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, History) and (self.key, self.events) == (other.key, other.events)

    __hash__ = None  # type: ignore[assignment]


def parse_sent_history(key: str, data: bytes, identity: str) -> SentHistory | None:
    """The history in these bytes, its chain verified; None for any other kind of history, and for one that is not what the ledger wrote."""
    usual = _USUAL.match(data)
    if usual is None or not data.endswith(b"\n") or _OTHER_PARTS.search(data, 0, usual.end()):
        return None
    previous, name = identity.encode(), b'","key":"%s","prev":"' % key.encode()
    for line, end in ((usual[1], b'%s","seq":0}'), (usual[3], b'%s","seq":1}'), (usual[4], b'%s","seq":2}')):
        if not line.endswith(name + end % previous):
            return None
        previous = sha256(line).hexdigest().encode()
    if usual["prev"] != previous or usual["key"] != key.encode() or usual["payload"] not in usual[1]:
        return None
    try:
        at = datetime.fromisoformat(usual["at"].decode())
        last_at = _last_look(key, data[usual.start("at") - len(b'{"at":"') :], at)
    except ValueError:
        return None
    if last_at is None:
        return None
    receipt = Receipt(key, at, usual["url"].decode(), (usual["id"].decode(),), usual["payload"].decode())
    return SentHistory(key, lambda: data, identity, receipt, usual["words"].decode(), last_at)


def _last_look(key: str, lines: bytes, sent_at: datetime) -> datetime | None:
    """When the last line was written: the one of the receipt, or of a look that found it. None where another event or a broken chain follows."""
    sent, *looks = lines.split(b"\n")[:-1]
    last_at, previous = sent_at, sent
    for seq, line in enumerate(looks, 4):
        look = _SEEN.fullmatch(line)
        if look is None or look["key"] != key.encode() or look["seq"] != b"%d" % seq:
            return None
        if look["prev"] != sha256(previous).hexdigest().encode():
            return None
        last_at, previous = datetime.fromisoformat(look["at"].decode()), line
    return last_at
