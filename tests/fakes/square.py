"""Square: a fake network of short posts, for tests here and in other processes.

    # brand/channels.yml                            # or in a test
    channels:                                       network = networks.get("fakes.square")
      place: {network: fakes.square}

140 graphemes a message, 2 pictures, alternative texts of 100 graphemes, threads, no polls, no secret. A subprocess finds it with
`PYTHONPATH=tests`. Five networks share its server:

    fakes.square         has `find`; the same post sent again is posted twice (as on most networks)
    fakes.keyed_square   knows the key: the same post sent again is posted once; no `find`
    fakes.blind_square   neither: what may have been sent can only be settled by a person
    fakes.late_square    its look-up proves absence after a while only, and not for followers; see `late`
    fakes.asked_square   as fakes.square, and it says whose account it is, what its clock says, and whether a message is still there

Its server lives in the folder named by the environment variable SQUARE_STATE, shared by every process that is given it:

    received.jsonl       one line a message: channel, key, number, of, id, url, wire, reply_to, payload
    orders.jsonl         how to answer next; without orders every answer is fine

In a test, from any process:

    server = Server(folder)                                      # and SQUARE_STATE=folder
    server.order("refused")                                      # the next message, whoever sends it
    server.order("unknown-after-accept", channel="place", times=2)
    server.order("crash-after-accept", part=1)                   # the second message of a thread
    server.order("wait", until=datetime(2026, 12, 5, 9, tzinfo=UTC))
    server.order("slow", seconds=0.2)
    server.order("unknown", on="find")
    server.received("place")                                     # what was posted, in order
    server.open("http://127.0.0.1/square/place/1")               # the message at that address, as people read it

Answers to a message: `fine`, `refused`, `locked`, `wait`, `slow`, `late` (no answer, and the message is there `seconds` later); `unknown-…`, `error-…` (an exception that is none of the four) and
`crash-…` (the process ends at once, without a word, with status 137), each `before-accept` or `after-accept`.
Answers to `find`, and to `there` (is it still there): `fine`, `wait`, `unknown`, `error`, `locked`.
An order is used up `times` times; orders are taken in the sequence given, the first that fits. Only one process answers at a time.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from marronnier.model.brand import Channel
from marronnier.model.publication import Delivery, Part, Payload, Publication
from marronnier.networks.kit.facts import Fact, Facts, Has, Lacks, Tried
from marronnier.networks.kit.seam import Account, Locked, PartContent, Refused, SendRequest, Unknown, Wait
from marronnier.networks.kit.written_parts import with_pictures, written_parts
from marronnier.text import graphemes, hashtags, plain_text, threads, utm

NAME = "Square"
COMPOSER = 1
FACTS = Facts(
    text=Fact(140, "http://127.0.0.1/square/about", seen="2026-11-22"),
    media=Fact(2, "http://127.0.0.1/square/about", seen="2026-11-22", unit="files"),
    alt=Fact(100, "http://127.0.0.1/square/about", seen="2026-11-22"),
    thread=Fact(25, "http://127.0.0.1/square/about", seen="2026-11-22", unit="posts"),
    poll=Lacks("nobody votes on Square"),
    formats={"post": Has("http://127.0.0.1/square/about", "2026-11-22"), "story": Lacks("nothing fades on Square")},
    audiences=("public", "unlisted", "followers", "direct"),
)
TRIED = Tried("live", "2026-11-22")
WORDS: Mapping[str, str] = {"post": "notice"}
SECRETS: tuple[str, ...] = ()
IDEMPOTENT = False
SETTLE = Fact(0, "http://127.0.0.1/square/about", seen="2026-11-27", unit="seconds")

_FAILURES = (f"{what}-{when}-accept" for what in ("unknown", "error", "crash") for when in ("before", "after"))
ANSWERS = ("fine", "refused", "locked", "wait", "slow", "late", *_FAILURES)
LOOKS = ("fine", "wait", "unknown", "error", "locked")


def compose(publication: Publication) -> Payload:
    """Plain words; mentions, link and hashtags close the last message, pictures go with the first."""
    words = publication.words
    limit = words.limit or FACTS.text.value  # type: ignore[union-attr]
    shown = written_parts(words)
    written = [plain_text.to_plain_text(part.markdown) for part in shown]
    closing = [" ".join(words.mentions), words.link if words.link and not utm.contains_link(written[-1], words.link) else ""]
    last = "\n\n".join(part for part in (written[-1], *closing) if part)
    written[-1] = hashtags.place_hashtags(last, words.tags, "end")
    broken = [threads.break_text(part, limit, graphemes.count_graphemes) if words.thread == "auto" else (part,) for part in written]
    parts = []
    for text, media in with_pictures(shown, broken):
        wire: dict[str, Any] = {"status": text, "lang": words.lang}
        if words.warning:
            wire["warning"] = words.warning
        if words.visibility:
            wire["visibility"] = words.visibility
        if media:
            wire["media"] = [{"sha256": picture.sha256, "alt": picture.alt} for picture in media]
        parts.append(Part(text, graphemes.count_graphemes(text), wire, media))
    return Payload(words.network, COMPOSER, tuple(parts))


def part_content(part: Part) -> PartContent:
    """The message under neutral names."""
    wire = part.wire
    return PartContent(audience=wire.get("visibility", "public"), lang=wire["lang"], warning=wire.get("warning", ""), pictures=part.media)


def host(channel: Channel) -> str:
    """Square's server is on loopback."""
    return "127.0.0.1"


def send(sending: SendRequest, account: Account, web: Any) -> Delivery:
    """Post one message on the server of SQUARE_STATE."""
    return Server.here().post(sending, account, known=False)


def find(sending: SendRequest, account: Account, web: Any) -> Delivery | None:
    """Look the message up by the key it was sent under."""
    return Server.here().look(sending, account)


@dataclass(frozen=True)
class Received:
    """A message on the server."""

    channel: str
    key: str
    number: int
    of: int
    id: str
    url: str
    wire: Mapping[str, Any]
    reply_to: str | None
    payload: str


@dataclass
class Order:
    """An order: how to answer the next requests."""

    answer: str
    on: str = "send"
    channel: str = "*"
    part: int | None = None
    times: int = 1
    seconds: float = 0.0
    until: str | None = None

    def fits(self, on: str, channel: str, number: int) -> bool:
        return self.times > 0 and self.on == on and self.channel in ("*", channel) and self.part in (None, number)


class Server:
    """Square's server: its messages and orders, kept in the folder."""

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)

    @classmethod
    def here(cls) -> Server:
        """The server of SQUARE_STATE. Raises Locked when the variable is missing."""
        folder = os.environ.get("SQUARE_STATE")
        if not folder:
            raise Locked("the environment variable SQUARE_STATE does not name a folder")
        return cls(folder)

    def order(
        self, answer: str, *, on: str = "send", channel: str = "*", part: int | None = None, times: int = 1,
        seconds: float = 0.0, until: datetime | None = None,
    ) -> None:  # fmt: skip
        """Order how to answer the next requests. Raises ValueError for an answer that Square does not know."""
        if answer not in (ANSWERS if on == "send" else LOOKS):
            raise ValueError(f"Square cannot answer {answer!r} to {on}")
        order = Order(answer, on, channel, part, times, seconds, until.isoformat() if until else None)
        with self._alone(), (self.folder / "orders.jsonl").open("a", encoding="utf-8") as orders:
            orders.write(json.dumps(asdict(order)) + "\n")

    def delete(self, id: str) -> None:
        """Delete a message, as its account can; its number is not given again."""
        with self._alone(), (self.folder / "deleted").open("a", encoding="utf-8") as deleted:
            deleted.write(f"{id}\n")

    def deleted(self) -> set[str]:
        """The ids of the messages that were deleted."""
        path = self.folder / "deleted"
        return set(path.read_text(encoding="utf-8").split("\n")[:-1]) if path.exists() else set()

    def still_there(self, id: str, channel: str) -> bool:
        """Whether a message is on the server; of one that a person settled only the address is known."""
        with self._alone():
            with (self.folder / "asked").open("a", encoding="utf-8") as asked:
                asked.write(f"{id}\n")
            _answer(self._next("there", channel, 0), "before")
            there = [message for message in self.received(channel) if message.id not in self.deleted()]
            return any(id in (message.id, message.url) for message in there)

    def asked(self) -> list[str]:
        """The ids that somebody asked for."""
        path = self.folder / "asked"
        return path.read_text(encoding="utf-8").split("\n")[:-1] if path.exists() else []

    def set_clock(self, channel: str, at: datetime | None) -> None:
        """What the clock of a channel's server says from now on; None: it tells no time."""
        (self.folder / f"clock-{channel}").write_text(at.isoformat() if at else "", encoding="utf-8")

    def clock(self, channel: str) -> datetime | None:
        """What the clock of a channel's server says."""
        path = self.folder / f"clock-{channel}"
        told = path.read_text(encoding="utf-8") if path.exists() else ""
        return datetime.fromisoformat(told) if told else None

    def received(self, channel: str | None = None) -> list[Received]:
        """The messages in order, of all channels or of one."""
        path = self.folder / "received.jsonl"
        lines = path.read_text(encoding="utf-8").split("\n")[:-1] if path.exists() else []
        return [message for line in lines if (message := Received(**json.loads(line))) and channel in (None, message.channel)]

    def open(self, url: str) -> Received:
        """The message at an address. Raises KeyError where there is none."""
        for message in self.received():
            if message.url == url:
                return message
        raise KeyError(url)

    def post(self, sending: SendRequest, account: Account, *, known: bool) -> Delivery:
        """Accept one message; `known` makes the server recognise a key it has had."""
        channel = account.channel_name
        with self._alone():
            self._keep_promises()
            order = self._next("send", channel, sending.number)
            if order.answer == "slow":
                time.sleep(order.seconds)
            if order.answer == "late":
                self._promise(sending, account, time.time() + order.seconds)
                raise Unknown("Square cut the line")
            _answer(order, "before")
            earlier = self._earlier(sending, channel) if known else None
            delivery = earlier or self._accept(sending, account)
            _answer(order, "after")
        return delivery

    def look(self, sending: SendRequest, account: Account) -> Delivery | None:
        """The message under that key and number, if it was posted."""
        with self._alone():
            self._keep_promises()
            order = self._next("find", account.channel_name, sending.number)
            _answer(order, "before")
            return self._earlier(sending, account.channel_name)

    def _earlier(self, sending: SendRequest, channel: str) -> Delivery | None:
        for message in self.received(channel):
            if (message.key, message.number) == (sending.key, sending.number) and message.id not in self.deleted():
                return Delivery(message.id, message.url)
        return None

    def _accept(self, sending: SendRequest, account: Account) -> Delivery:
        channel = account.channel_name
        _judge(sending, account)
        there = self.received(channel)
        reply_to = sending.previous[-1].id if sending.previous else None
        # Of a part that a person settled only the address is known.
        reply_to = next((message.id for message in there if message.url == reply_to), reply_to)
        if reply_to is not None and reply_to not in {message.id for message in there} - self.deleted():
            raise Refused(f"there is no message {reply_to} to answer")
        return self._add(channel, sending.key, sending.number, sending.total, sending.part.wire, reply_to, sending.payload_sha256)

    def _promise(self, sending: SendRequest, account: Account, at: float) -> None:
        """Take a message in later: at that second since 1970."""
        _judge(sending, account)
        message = [account.channel_name, sending.key, sending.number, sending.total, sending.part.wire, None, sending.payload_sha256]
        with (self.folder / "promised.jsonl").open("a", encoding="utf-8") as promised:
            promised.write(json.dumps([at, message]) + "\n")

    def keep_promises(self) -> None:
        """Show the late messages whose second has come."""
        with self._alone():
            self._keep_promises()

    def _keep_promises(self) -> None:
        path = self.folder / "promised.jsonl"
        promised = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]] if path.exists() else []
        kept = [message for at, message in promised if at <= time.time()]
        if kept:
            path.write_text("".join(json.dumps(each) + "\n" for each in promised if each[1] not in kept), encoding="utf-8")
        for message in kept:
            self._add(*message)

    def _add(
        self, channel: str, key: str, part: int, total: int, wire: Mapping[str, Any], reply_to: str | None, payload: str
    ) -> Delivery:  # fmt: skip
        number = len(self.received(channel)) + 1
        message = Received(
            channel, key, part, total, f"{channel}-{number}", f"http://127.0.0.1/square/{channel}/{number}", wire, reply_to, payload
        )
        with (self.folder / "received.jsonl").open("a", encoding="utf-8") as received:
            received.write(json.dumps(asdict(message), ensure_ascii=False) + "\n")
            received.flush()
            os.fsync(received.fileno())
        return Delivery(message.id, message.url)

    def _next(self, on: str, channel: str, number: int) -> Order:
        path = self.folder / "orders.jsonl"
        orders = [Order(**json.loads(line)) for line in path.read_text(encoding="utf-8").split("\n")[:-1]] if path.exists() else []
        for order in orders:
            if order.fits(on, channel, number):
                order.times -= 1
                left = "".join(json.dumps(asdict(each)) + "\n" for each in orders if each.times > 0)
                path.write_text(left, encoding="utf-8")
                return order
        return Order("fine")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self.folder / "lock").open("w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _answer(order: Order, when: str) -> None:
    """Answer as ordered, before or after the message was accepted."""
    what, _, moment = order.answer.partition("-")
    if moment and moment != f"{when}-accept":
        return
    if not moment and when == "after":
        return
    match what:
        case "refused":
            raise Refused("Square does not want this message")
        case "locked":
            raise Locked("Square does not know this account")
        case "wait":
            raise Wait("Square is busy", datetime.fromisoformat(order.until) if order.until else None)
        case "unknown":
            raise Unknown(f"Square said nothing {when} it could accept")
        case "error":
            raise RuntimeError(f"Square answered nonsense {when} it could accept")
        case "crash":
            os._exit(137)


def _judge(sending: SendRequest, account: Account) -> None:
    """Refuse what the server refuses, independently of `compose`."""
    wire = sending.part.wire
    limits = account.channel.limits
    if not str(wire["status"]).strip() and not wire.get("media"):
        raise Refused("this post is empty")
    if (count := graphemes.count_graphemes(wire["status"])) > (most := limits.text or FACTS.text.value):  # type: ignore[union-attr]
        raise Refused(f"{count} graphemes, where {most} is the most")
    media = wire.get("media", [])
    if len(media) > (most := FACTS.media.value if limits.media is None else limits.media):  # type: ignore[union-attr]
        raise Refused(f"{len(media)} pictures, where {most} is the most")
    for picture in media:
        if graphemes.count_graphemes(picture["alt"]) > (most := limits.alt or FACTS.alt.value):  # type: ignore[union-attr]
            raise Refused(f"an alternative text of more than {most} graphemes")
