"""A person's verdict on a publication: an unknown that was or was not sent, a missed post to send or to skip."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from marronnier import networks
from marronnier.ledger import EventDraft, Ledger
from marronnier.messages import Trouble, _
from marronnier.model.brand import Channel, Channels
from marronnier.model.history import EventName, History
from marronnier.model.plan import Plan, PlanLine
from marronnier.model.publication import Payload, split_key
from marronnier.networks.kit.outcomes import check_url
from marronnier.networks.kit.seam import HandsOver, Network, ReadsAddresses, Refused
from marronnier.proofs.situation import Situation
from marronnier.publish.taken_posts import TakenPosts
from marronnier.text.markdown_code import shortened
from marronnier.timetable.unknown_name import unknown_publication
from marronnier.web import InvalidAnswer

MOST_SHOWN = 200
"""Characters of an address at most that are shown in a message."""
Verdict = Literal["was-sent", "was-not-sent", "send-now", "never"]


EVENTS_OF_VERDICTS: Mapping[Verdict, tuple[EventName, ...]] = {
    "was-sent": ("sent",),
    "was-not-sent": ("cleared",),
    "send-now": ("released",),
    "never": ("skipped",),
}
"""The event that records each verdict."""


def require_open(key: str, verdict: Verdict, situation: Situation, planned: Plan) -> PlanLine | None:
    """Its line, if it still has one. Raises Trouble for an unknown publication, and for one that did not miss its time where the verdict is about that."""
    line = next((line for line in planned.lines if line.key == key and not line.proposal), None)
    if line is None and key not in situation.histories:
        raise unknown_publication(key, situation.timetable.publications.values())
    history = line.history if line is not None else None
    if line is None or history is None:
        is_decided = False
    else:
        is_over = history.is_skipped or history.is_retraction_accepted
        is_decided = (is_over and verdict == "send-now") or history.hold_on(line.digests.words) is not None
    undecided = line is not None and line.state in ("ready", "due", "held", "draft", "idea", "past") and not is_decided
    if line is not None and verdict in ("send-now", "never") and undecided:
        raise Trouble(_("{key} did not miss its time: {why}", key=key, why=line.why), _("See `marronnier status {key}`.", key=key))
    return line


def settle(
    key: str,
    verdict: Verdict,
    ledger: Ledger,
    now: datetime,
    *,
    who: str,
    channels: Channels,
    url: str = "",
    when: str = "",
    comment: int = 0,
    account: int = 0,
) -> Ledger:
    """Record a person's verdict on a publication; `who` is the person, `url` where a sent post can be read.

    `when` is the digest of the When that the verdict is about: a decision to send late lasts for that date only.
    `comment` is the number of the comment that said it, and `account` of the account that wrote it, 0 for none: it is recorded once.

    Raises Trouble when the verdict does not fit the publication's history.
    """

    def decide(newest: Ledger) -> list[EventDraft]:
        history = newest.history(key)
        if comment and any(history.has_comment(event, comment) for event in EVENTS_OF_VERDICTS[verdict]):
            return []
        by = {"who": who, **({"account": account, "comment": comment} if comment else {})}
        drafts = []
        if history.unsettled is not None and isinstance(_network(key, channels), HandsOver):
            # Whoever posts by hand posts all of it, and may as well leave it.
            found = _events_by_hand(history, verdict, newest, url)
        else:
            found = [_event_of_verdict(history, verdict, newest, url)]
        for name, data in found:
            if name == "sent":
                _require_own_address(key, url, TakenPosts(newest, channels), channels)
            about = {"when": when} if when and name == "released" else {}
            drafts.append(EventDraft(key, name, {**data, **about, **by}))
        return drafts

    return ledger.append(decide, now)


def _events_by_hand(history: History, verdict: Verdict, ledger: Ledger, url: str) -> list[tuple[EventName, Mapping[str, Any]]]:
    """The events of a verdict on what a person was to post: it is about all parts that remain."""
    if verdict == "never":
        return [_event_of_verdict(history, "was-not-sent", ledger, url), ("skipped", {})]
    name, data = _event_of_verdict(history, verdict, ledger, url)
    if name != "sent":
        return [(name, data)]
    return [(name, {**data, "part": number}) for number in range(int(data["part"]), int(data["parts"])) if number not in history.sent_parts]


def _event_of_verdict(history: History, verdict: Verdict, ledger: Ledger, url: str) -> tuple[EventName, Mapping[str, Any]]:
    """The name and data of the event that records a verdict. Raises Trouble when the verdict does not fit the history."""
    debt = history.unsettled
    if verdict in ("was-sent", "was-not-sent"):
        if debt is None:
            raise Trouble(
                _("{key} has nothing to settle: no send is in doubt", key=history.key),
                _("See `marronnier status {key}`.", key=history.key),
            )
        number = int(debt.data["part"])
        if verdict == "was-not-sent":
            return "cleared", {"part": number, "why": "a person looked"}
        seal = history.seal
        data = ledger.payload(seal.payload) if seal else None
        parts = len(Payload.from_bytes(data).parts) if data else number + 1
        return "sent", {"part": number, "parts": parts, "id": url, "url": url, "settled": True, "payload": seal.payload if seal else ""}
    if debt is not None:
        raise Trouble(
            _("{key} may have been sent already", key=history.key),
            _("Look on the network first, then run `marronnier settle {key} --was-sent URL` or `--was-not-sent`.", key=history.key),
        )
    if history.receipt is not None and history.retraction is None:
        raise Trouble(_("{key} was already sent: {url}", key=history.key, url=history.receipt.url))
    return ("released" if verdict == "send-now" else "skipped"), {}


def _channel(key: str, channels: Channels) -> Channel | None:
    """The channel of a publication, under whatever name; None where it is gone."""
    channel_name = split_key(key)[1]
    return next((channel for name, channel in channels.channels.items() if channel_name in (name, *channel.was)), None)


def _network(key: str, channels: Channels) -> Network | None:
    """The network of a publication; None where nobody knows it."""
    channel = _channel(key, channels)
    try:
        return networks.get(channel.network) if channel is not None else None
    except networks.UnknownNetwork:
        return None


def _require_own_address(key: str, url: str, taken: TakenPosts, channels: Channels) -> None:
    """Raises Trouble for what cannot be the address of this post: no address, another account's, or another publication's."""
    advice = _(
        "Nothing was recorded. Open the post in a browser, copy its own address, then run `marronnier settle {key} --was-sent URL` again; where it is not there, `--was-not-sent`.",
        key=key,
    )
    channel_name = split_key(key)[1]
    channel, network = _channel(key, channels), _network(key, channels)

    def post_id(address: str) -> str:
        if channel is None or not isinstance(network, ReadsAddresses):
            return address
        return network.post_id(address, channel)

    def known_id(address: str) -> str:
        try:
            return post_id(address)
        except Refused:
            return ""

    try:
        check_url(url)
    except InvalidAnswer:
        raise Trouble(_("{url} is not the address of a post", url=shortened(url, MOST_SHOWN)), advice) from None
    try:
        post_id(url)
    except Refused as refused:
        raise Trouble(str(refused), advice) from refused
    if other := taken.owner(url, channel_name, known_id):
        raise Trouble(_("{url} is the post of {key}, as the ledger knows", url=url, key=other), advice)
