"""Events as lines of JSON, each chained by SHA-256 to the line before it; written, parsed and compared. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, get_args

from marronnier.model.history import Event, EventName, History
from marronnier.model.publication import canonical_json
from marronnier.model.scalars import SLUG

PROTOCOL = 1
"""The version of the ledger's format. It rises when an older marronnier would misread what a newer one writes."""

KEY = re.compile(rf"{SLUG}@{SLUG}(~\d{{4}}-\d{{2}}-\d{{2}})?")
POLICY = "policy"
"""Stands for a publication's key in the file of the policies that came into force. No publication has a key without `@`."""

_POLICY_PATH = "policy.jsonl"
_PATH = re.compile(r"publications/([0-9a-f]{2})/([^/]+)\.jsonl")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_EVENTS = frozenset(get_args(EventName))
_FIELDS = frozenset(("seq", "prev", "event", "at", "key", "data"))


class BadLine(ValueError):
    """A line of a history file that is not what the ledger wrote."""

    def __init__(self, number: int, kind: str) -> None:
        super().__init__(f"line {number}: {kind}")
        self.number = number
        """From 1."""
        self.kind = kind
        """`changed-line`, `dropped-line`, `dropped-tail` or `reordered-lines`."""


@dataclass
class EventDraft:
    """An event to be recorded. The ledger adds its number, its instant and the hash of the line before it."""

    key: str
    name: EventName
    data: Mapping[str, Any]
    """JSON values. Instants and days become ISO 8601 text, tuples and sets become lists."""
    payload: bytes | None = None
    """A payload to store in the same commit, under its SHA-256."""


def history_path(key: str) -> str:
    """The path of a publication's history file, in one of 256 folders so that none grows large. Raises ValueError for a bad key."""
    if key == POLICY:
        return _POLICY_PATH
    if not KEY.fullmatch(key):
        raise ValueError(f"{key!r} is not a publication's key, like portes-ouvertes@journal")
    return f"publications/{hashlib.sha256(key.encode()).hexdigest()[:2]}/{key}.jsonl"


def key_from_path(path: str) -> str | None:
    """The key of the publication whose history file has that path, or `POLICY`; None for a path that the ledger never writes."""
    if path == _POLICY_PATH:
        return POLICY
    match = _PATH.fullmatch(path)
    return match[2] if match and KEY.fullmatch(match[2]) and history_path(match[2]) == path else None


def payload_path(digest: str) -> str:
    """The path of the payload with that SHA-256, in one of 256 folders. Raises ValueError for what is not a SHA-256."""
    if not _DIGEST.fullmatch(digest):
        raise ValueError(f"{digest!r} is no SHA-256 in hexadecimal")
    return f"payloads/{digest[:2]}/{digest}"


def payload_digest_from_path(path: str) -> str | None:
    """The SHA-256 of the payload that has that path; None for a path that the ledger never writes."""
    digest = path.rsplit("/", 1)[-1]
    return digest if _DIGEST.fullmatch(digest) and payload_path(digest) == path else None


def sha256(data: bytes) -> str:
    """The SHA-256 as 64 hex digits."""
    return hashlib.sha256(data).hexdigest()


def append_lines(drafts: Iterable[EventDraft], before: bytes, identity: str, now: datetime) -> bytes:
    """One publication's history file with a line added for each draft.

    `identity` is the SHA-256 of `ledger.json`: the first line of every chain holds it.
    Raises ValueError for an unknown event and for data that JSON cannot hold.
    """
    lines = before.split(b"\n")[:-1]
    text = [before]
    previous, seq = (sha256(lines[-1]) if lines else identity), len(lines)
    for draft in drafts:
        if draft.name not in _EVENTS:
            raise ValueError(f"{draft.name!r} is no event of the ledger")
        line = canonical_json(
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
    """A value as JSON holds it. Raises ValueError for one that JSON cannot hold."""
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
    """The history in a publication's file, with its chain verified. Raises BadLine at the first line that is not what the ledger wrote."""
    return History(key, tuple(_parse_events(key, data, identity)))


def _parse_events(key: str, data: bytes, identity: str) -> Iterator[Event]:
    if not data.endswith(b"\n"):
        raise BadLine(data.count(b"\n") + 1, "changed-line")
    previous = identity
    lines = data[:-1].split(b"\n")
    for seq, line in enumerate(lines):
        event = _parse_event(key, seq, line, previous)
        # The next line's hash covers every byte of a line. No hash covers the last line: it must at least be canonical JSON.
        if event is None or (seq == len(lines) - 1 and not _is_canonical(line)):
            raise _diagnose_break(lines, seq, previous)
        yield event
        previous = sha256(line)


def _parse_event(key: str, seq: int, line: bytes, previous: str) -> Event | None:
    """The event in a line; None when it is not event number `seq` of that key, chained to the line with hash `previous`."""
    try:
        fields = json.loads(line.decode())
        if not isinstance(fields, dict) or fields.keys() != _FIELDS:
            return None
        at = datetime.fromisoformat(fields["at"])
    except (ValueError, TypeError, RecursionError):
        return None
    valid = (
        fields["prev"] == previous
        and type(fields["seq"]) is int
        and fields["seq"] == seq
        and fields["key"] == key
        and fields["event"] in _EVENTS
        and isinstance(fields["data"], dict)
        and at.tzinfo is not None
    )
    return Event(key, seq, fields["event"], at, fields["data"]) if valid else None


def _is_canonical(line: bytes) -> bool:
    try:
        return canonical_json(json.loads(line)) == line
    except ValueError:
        return False


def _diagnose_break(lines: list[bytes], seq: int, previous: str) -> BadLine:
    """What happened to a file whose chain breaks at line `seq`. The lines' numbers tell whether lines were dropped, reordered or changed."""
    numbers = [_sequence_number(line) for line in lines]
    if None not in numbers and numbers != sorted(numbers, key=lambda number: number or 0):
        return BadLine(seq + 1, "reordered-lines")
    if None not in numbers and numbers[seq] != seq and len(set(numbers)) == len(numbers):
        return BadLine(seq + 1, "dropped-line")
    # A line with the right number and the wrong hash: the line before it was changed.
    before = seq > 0 and _sequence_number(lines[seq]) == seq and _json_field(lines[seq], "prev") != previous
    return BadLine(seq if before else seq + 1, "changed-line")


def _sequence_number(line: bytes) -> int | None:
    number = _json_field(line, "seq")
    return number if type(number) is int else None


def _json_field(line: bytes, name: str) -> Any:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return fields.get(name) if isinstance(fields, dict) else None


def compare_lines(before: bytes, after: bytes) -> BadLine | None:
    """The damage that a commit did to a history file; None when it only appended lines."""
    if after.startswith(before) and before.endswith(b"\n"):
        return None
    old, new = before.split(b"\n"), after.split(b"\n")
    old, new = [line for line in old if line], [line for line in new if line]
    first = next((number for number, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), min(len(old), len(new)))
    if new == old[: len(new)]:
        return BadLine(first + 1, "dropped-tail")
    if len(new) >= len(old) and sorted(new[: len(old)]) == sorted(old):
        return BadLine(first + 1, "reordered-lines")
    old_lines = set(old)
    kept = [line for line in new if line in old_lines]
    if len(kept) < len(old) and kept != old[: len(kept)] and new[: len(kept)] == kept and _is_subsequence(kept, old):
        return BadLine(first + 1, "dropped-line")
    return BadLine(first + 1, "changed-line")


def _is_subsequence(part: list[bytes], lines: list[bytes]) -> bool:
    """Whether `part` is `lines` with some lines left out."""
    rest = iter(lines)
    return all(line in rest for line in part)
