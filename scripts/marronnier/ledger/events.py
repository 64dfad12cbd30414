"""The text of the ledger: one line an event, each chained to the one before. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, get_args

from marronnier.model.history import Event, EventName, History
from marronnier.model.publication import canonical
from marronnier.model.scalars import SLUG

PROTOCOL = 1
"""The shape of lines, files and `ledger.json`. It rises when an older marronnier would misread what a newer one writes."""

KEY = re.compile(rf"{SLUG}@{SLUG}(~\d{{4}}-\d{{2}}-\d{{2}})?")
_PATH = re.compile(r"publications/([0-9a-f]{2})/([^/]+)\.jsonl")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_EVENTS = frozenset(get_args(EventName))
_FIELDS = frozenset(("seq", "prev", "event", "at", "key", "data"))


class BadLine(ValueError):
    """A line that is not what the ledger wrote."""

    def __init__(self, number: int, kind: str) -> None:
        super().__init__(f"line {number}: {kind}")
        self.number = number
        """From 1."""
        self.kind = kind
        """`changed-line`, `dropped-line` or `reordered-lines`."""


@dataclass
class EventDraft:
    """An event about to be recorded; the ledger gives it its number, its instant and its place in the chain."""

    key: str
    name: EventName
    data: Mapping[str, Any]
    """JSON values; instants and days become ISO text, tuples lists."""
    payload: bytes | None = None
    """A payload to keep beside it, under its SHA-256."""


def history_path(key: str) -> str:
    """Where a publication's lines stand: in 256 folders, so that no folder grows large. Raises ValueError for what is no key."""
    if not KEY.fullmatch(key):
        raise ValueError(f"{key!r} is not a publication's key, like portes-ouvertes@journal")
    return f"publications/{hashlib.sha256(key.encode()).hexdigest()[:2]}/{key}.jsonl"


def key_from_path(path: str) -> str | None:
    """The key whose lines stand at a path; None for a path the ledger would never write."""
    found = _PATH.fullmatch(path)
    return found[2] if found and KEY.fullmatch(found[2]) and history_path(found[2]) == path else None


def payload_path(digest: str) -> str:
    """Where the payload with that SHA-256 stands: in 256 folders too. Raises ValueError for what is no digest."""
    if not _DIGEST.fullmatch(digest):
        raise ValueError(f"{digest!r} is no SHA-256 in hexadecimal")
    return f"payloads/{digest[:2]}/{digest}"


def payload_digest_from_path(path: str) -> str | None:
    """The digest of the payload that stands at a path; None for a path the ledger would never write."""
    digest = path.rsplit("/", 1)[-1]
    return digest if _DIGEST.fullmatch(digest) and payload_path(digest) == path else None


def sha256(data: bytes) -> str:
    """As 64 hex digits."""
    return hashlib.sha256(data).hexdigest()


def append_lines(drafts: Iterable[EventDraft], before: bytes, identity: str, now: datetime) -> bytes:
    """The lines of one publication with the drafts added; `identity` is the SHA-256 of `ledger.json`, where every chain begins.

    Raises ValueError for data that is not JSON.
    """
    lines = before.split(b"\n")[:-1]
    text = [before]
    previous, seq = (sha256(lines[-1]) if lines else identity), len(lines)
    for draft in drafts:
        if draft.name not in _EVENTS:
            raise ValueError(f"{draft.name!r} is no event of the ledger")
        line = canonical(
            {
                "at": now.astimezone(UTC).isoformat(),
                "data": _as_json(draft.data),
                "event": draft.name,
                "key": draft.key,
                "prev": previous,
                "seq": seq,
            }
        )
        text.append(line + b"\n")
        previous, seq = sha256(line), seq + 1
    return b"".join(text)


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): _as_json(part) for name, part in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_as_json(part) for part in (sorted(value) if isinstance(value, (set, frozenset)) else value)]
    if isinstance(value, float) and value != value:  # noqa: PLR0124
        raise ValueError("the ledger keeps no NaN")
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    raise ValueError(f"the ledger keeps JSON values, not {type(value).__name__}")


def parse_history(key: str, data: bytes, identity: str) -> History:
    """The history in a publication's file, the chain verified. Raises BadLine at the first line that is not what was written."""
    return History(key, tuple(_parse_events(key, data, identity)))


def _parse_events(key: str, data: bytes, identity: str) -> Iterator[Event]:
    if not data.endswith(b"\n"):
        raise BadLine(data.count(b"\n") + 1, "changed-line")
    previous = identity
    lines = data[:-1].split(b"\n")
    for seq, line in enumerate(lines):
        event = _parse_event(key, seq, line, previous)
        # The chain holds every byte of the lines before; of the last one, that it is written as the ledger writes.
        if event is None or (seq == len(lines) - 1 and not _is_canonical(line)):
            raise _diagnose_break(lines, seq, previous)
        yield event
        previous = sha256(line)


def _parse_event(key: str, seq: int, line: bytes, previous: str) -> Event | None:
    try:
        found = json.loads(line.decode())
        if not isinstance(found, dict) or found.keys() != _FIELDS:
            return None
        at = datetime.fromisoformat(found["at"])
    except (ValueError, TypeError, RecursionError):
        return None
    sound = (
        found["prev"] == previous
        and type(found["seq"]) is int
        and found["seq"] == seq
        and found["key"] == key
        and found["event"] in _EVENTS
        and isinstance(found["data"], dict)
        and at.tzinfo is not None
    )
    return Event(key, seq, found["event"], at, found["data"]) if sound else None


def _is_canonical(line: bytes) -> bool:
    try:
        return canonical(json.loads(line)) == line
    except ValueError:
        return False


def _diagnose_break(lines: list[bytes], seq: int, previous: str) -> BadLine:
    """What happened to a file whose chain breaks at a line: its numbers tell a dropped line from an exchanged or a changed one."""
    numbers = [_sequence_number(line) for line in lines]
    if None not in numbers and numbers != sorted(numbers, key=lambda number: number or 0):
        return BadLine(seq + 1, "reordered-lines")
    if None not in numbers and numbers[seq] != seq and len(set(numbers)) == len(numbers):
        return BadLine(seq + 1, "dropped-line")
    # A line whose number is right and that does not know the one before it: that one was changed.
    before = seq > 0 and _sequence_number(lines[seq]) == seq and _json_field(lines[seq], "prev") != previous
    return BadLine(seq if before else seq + 1, "changed-line")


def _sequence_number(line: bytes) -> int | None:
    number = _json_field(line, "seq")
    return number if type(number) is int else None


def _json_field(line: bytes, name: str) -> Any:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found.get(name) if isinstance(found, dict) else None


def compare_lines(before: bytes, after: bytes) -> BadLine | None:
    """What a change did to the lines that were there: None when it only added to them."""
    if after.startswith(before) and before.endswith(b"\n"):
        return None
    old, new = before.split(b"\n"), after.split(b"\n")
    old, new = [line for line in old if line], [line for line in new if line]
    first = next((number for number, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), min(len(old), len(new)))
    if new == old[: len(new)]:
        return BadLine(first + 1, "dropped-tail")
    if len(new) >= len(old) and sorted(new[: len(old)]) == sorted(old):
        return BadLine(first + 1, "reordered-lines")
    stood = set(old)
    kept = [line for line in new if line in stood]
    if len(kept) < len(old) and kept != old[: len(kept)] and new[: len(kept)] == kept and _is_subsequence(kept, old):
        return BadLine(first + 1, "dropped-line")
    return BadLine(first + 1, "changed-line")


def _is_subsequence(some: list[bytes], lines: list[bytes]) -> bool:
    """Whether these lines stand in that order among the others."""
    rest = iter(lines)
    return all(line in rest for line in some)
