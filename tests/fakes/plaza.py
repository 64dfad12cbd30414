"""Plaza: the shortest network over HTTP that passes the whole contract, to copy when a network is added. Its server is `fakes.plaza_server`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from marronnier.model.brand import Channel
from marronnier.model.publication import Delivery, Part, Payload, Publication
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.facts import ABILITIES, FORMATS, Fact, Facts, Has, Lacks, Tried
from marronnier.networks.kit.seam import Account, CounterName, PartContent, SendRequest, Wait
from marronnier.text import hashtags, length_units, plain_text, threads, utm

if TYPE_CHECKING:
    from marronnier.web import Answer, Web

_ABOUT, _SEEN = "http://127.0.0.1/plaza/about", "2026-11-28"

NAME = "Plaza"
COMPOSER = 1
FACTS = Facts(
    text=Fact(200, _ABOUT, _SEEN, unit="utf16"),
    media=Lacks("Plaza has no pictures"),
    alt=Lacks("Plaza has no pictures"),
    thread=Fact(20, _ABOUT, _SEEN, unit="posts"),
    poll=Lacks("nobody votes on Plaza"),
    formats={**dict.fromkeys(FORMATS, Lacks("Plaza has one format")), "post": Has(_ABOUT, _SEEN)},
    abilities={
        **dict.fromkeys(ABILITIES, Lacks("Plaza is plain")),
        **dict.fromkeys(("card", "mentions", "language", "warning", "visibility", "delete", "edit", "counters"), Has(_ABOUT, _SEEN)),
    },
    audiences=("public", "unlisted", "followers", "direct"),
)
TRIED = Tried("documents", _SEEN)
WORDS: Mapping[str, str] = {"post": "notice"}
SECRETS: tuple[str, ...] = ("token",)
IDEMPOTENT = False
SETTLE = Fact(0, _ABOUT, _SEEN, unit="seconds")


def compose(publication: Publication) -> Payload:
    """Plain words; mentions, link and hashtags end the last notice."""
    words = publication.words
    texts = [plain_text.to_plain_text(part) for part in threads.split_parts(words.text)]
    link = words.link if words.link and not utm.contains_link(texts[-1], words.link) else ""
    texts[-1] = "\n\n".join(filter(None, (texts[-1], " ".join(words.mentions), link)))
    texts[-1] = hashtags.place_hashtags(texts[-1], words.tags, "end")
    limit = words.limit or 200
    if words.thread == "auto":
        texts = [piece for text in texts for piece in threads.break_text(text, limit, length_units.utf16_length)]
    fields = {"lang": words.lang, "warning": words.warning, "audience": words.visibility or "public"}
    wires = ({"text": text, **{name: value for name, value in fields.items() if value}} for text in texts)
    return Payload(words.network, COMPOSER, tuple(Part(wire["text"], length_units.utf16_length(wire["text"]), wire) for wire in wires))


def part_content(part: Part) -> PartContent:
    """The notice under neutral names."""
    wire = part.wire
    audience = wire["audience"] if wire["audience"] in FACTS.audiences else "unknown"
    return PartContent(audience, wire.get("lang", ""), warning=wire.get("warning", ""), pictures=part.media)


def host(channel: Channel) -> str:
    """The server of channels.yml."""
    return channel.host.partition(":")[0]


def send(sending: SendRequest, account: Account, web: Web) -> Delivery:
    """Publish one notice."""
    reply = {"reply_to": sending.previous[-1].id} if sending.previous else {}
    answer = _ask(account, web, "POST", "/notices", publishes=True, sending=sending, json={**sending.part.wire, **reply})
    with outcomes.web_errors_as_outcomes(publishes=True):
        return _delivery(answer.json())


def find(sending: SendRequest, account: Account, web: Web) -> Delivery | None:
    """Look the notice up among the account's own, all of which the server lists."""
    answer = _ask(account, web, "GET", "/notices", publishes=False, sending=sending)
    parent = sending.previous[-1].id if sending.previous else None
    with outcomes.web_errors_as_outcomes(publishes=False):
        listed = answer.json()
        for notice in listed if isinstance(listed, list) else []:
            there = {name: value for name, value in notice.items() if name not in ("id", "url", "reply_to")}
            if there == sending.part.wire and notice.get("reply_to") == parent and notice["id"] not in sending.taken:
                return _delivery(notice)
    return None


def still_there(delivery: Delivery, part: Part, account: Account, web: Web) -> bool:
    """Whether the server has it."""
    return _notice(delivery, account, web) is not None


def retract(delivery: Delivery, part: Part, account: Account, web: Web) -> None:
    """Delete it."""
    _ask(account, web, "DELETE", _path(delivery), publishes=True, may_be_gone=True)


def edit(sending: SendRequest, delivery: Delivery, was: Part, account: Account, web: Web) -> Delivery:
    """Give it other words."""
    _ask(account, web, "PUT", _path(delivery), publishes=True, sending=sending, json=sending.part.wire)
    return delivery


def read(delivery: Delivery, part: Part, account: Account, web: Web) -> Mapping[CounterName, int]:
    """Its likes and replies."""
    answer = _ask(account, web, "GET", f"{_path(delivery)}/counts", publishes=False, may_be_gone=True)
    with outcomes.web_errors_as_outcomes(publishes=False):
        return {} if answer.status == 404 else outcomes.counters(answer.json(), {"likes": "likes", "replies": "replies"})


def _notice(delivery: Delivery, account: Account, web: Web) -> Any:
    answer = _ask(account, web, "GET", _path(delivery), publishes=False, may_be_gone=True)
    with outcomes.web_errors_as_outcomes(publishes=False):
        return None if answer.status == 404 else answer.json()


def _path(delivery: Delivery) -> str:
    return f"/notices/{quote(delivery.id.rpartition('/')[2], safe='')}"


def _delivery(told: Any) -> Delivery:
    """The delivery that the server told. Raises InvalidAnswer."""
    told = told if isinstance(told, dict) else {}
    return Delivery(outcomes.check_identifier(told.get("id")), outcomes.check_url(told.get("url")))


def _ask(
    account: Account, web: Web, method: str, path: str, *, publishes: bool, sending: SendRequest | None = None, may_be_gone: bool = False, **body: Any
) -> Answer:  # fmt: skip
    """The answer, of status 2xx, or 404 where it may be gone. Raises Refused, Locked, Wait, Unknown."""
    url = f"http://{account.channel.host}{path}"
    headers = {"Authorization": f"Bearer {account.secrets['token']}"}
    answer = outcomes.request(web, method, url, publishes=publishes, headers=headers, **body)
    if may_be_gone and answer.status == 404:
        return answer
    if answer.status == 404 and not publishes:
        raise Wait("the server does not answer as Plaza does")
    outcomes.raise_for_answer(answer, sending.now if sending else None, publishes=publishes)
    return answer
