"""What a person does to a post that is out: delete it on its network, or correct it there. Nothing of it happens by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from marronnier import networks, plan
from marronnier.checks.post_errors import errors_in_posts
from marronnier.desk import lfs_objects
from marronnier.git import Repo
from marronnier.ledger import EventDraft, Ledger
from marronnier.messages import Trouble, _
from marronnier.model.brand import Channel
from marronnier.model.history import History
from marronnier.model.plan import PlanLine
from marronnier.model.publication import Delivery, Part, Payload, split_key
from marronnier.model.where import Where
from marronnier.networks.kit.accounts import secrets_reader
from marronnier.networks.kit.seam import Account, Edits, Locked, Network, ReadsBack, Refused, Retracts, Unknown, Wait
from marronnier.proofs.approved_media import ApprovedMedia
from marronnier.proofs.situation_loader import CommittedSituation, judged_again, load_situation
from marronnier.publish import freeze
from marronnier.publish.accounts import checked_channel
from marronnier.publish.default_branch import read_origin
from marronnier.publish.policy import distrust_reason
from marronnier.publish.run import Run, boot_seconds, run_name
from marronnier.publish.seal import sealed_event
from marronnier.publish.send import send_request
from marronnier.text.urls import is_web_url
from marronnier.web import Web


@dataclass(frozen=True, slots=True)
class SentPost:
    """A publication that is out, with all that changing it on its network needs."""

    key: str
    history: History
    parts: tuple[Part, ...]
    """What was sent; empty where the ledger no longer holds it."""
    channel_name: str
    channel: Channel
    network: Network
    ledger: Ledger
    situation: CommittedSituation
    run: Run

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """The network's answers to its parts, in order."""
        return self.history.deliveries

    @property
    def url(self) -> str:
        """The address of its first part."""
        return self.deliveries[0].url

    def part(self, number: int) -> Part:
        """A part as it was sent; an empty one where the ledger no longer holds it."""
        return self.parts[number] if number < len(self.parts) else Part("", 0)

    def account(self) -> Account:
        """The channel's account. Raises Locked, Wait."""
        return checked_channel(self.channel_name, self.channel, self.run)

    def record(self, drafts: Sequence[EventDraft], ledger: Ledger, count: int) -> Ledger:
        """Record events behind the `count` that its history has. Raises Trouble when somebody recorded another one meanwhile."""

        def decide(newest: Ledger) -> Sequence[EventDraft]:
            if len(newest.history(self.key).events) != count:
                raise Trouble(
                    _("Somebody recorded something else about {key} meanwhile", key=self.key),
                    _("See `marronnier status {key}`.", key=self.key),
                )
            return drafts

        return ledger.append(decide, self.run.now)


def open_sent_post(repo: Repo, key: str, now: datetime, surroundings: Mapping[str, str]) -> SentPost:
    """A publication that is out. Raises Trouble where there is none of that key, where it may be out or is deleted, and where its channel speaks elsewhere now."""
    if why := read_origin(repo).stopped:
        raise Trouble(why, _("Nothing was changed."))
    situation = load_situation(repo, now, proposals=False)
    if not situation.ledger.exists or key not in situation.histories:
        raise Trouble(
            _("There is no publication {name} in the ledger", name=key),
            _("Name a key like portes-ouvertes@journal: `marronnier plan --all --format json` lists them."),
            status=2,
        )
    if why := situation.ledger.stale or distrust_reason(situation):
        raise Trouble(why, _("Nothing was changed."))
    history, see = situation.histories[key], _("See `marronnier status {key}`.", key=key)
    if history.unsettled is not None:
        raise Trouble(_("{key} may have been sent: that is to be settled first", key=key), see)
    if history.retraction is not None:
        raise Trouble(_("{key} is deleted on the network already", key=key), see)
    if not history.deliveries:
        raise Trouble(_("nothing of {key} was sent from here", key=key), see)
    name, channel = _channel_of(key, situation)
    seal = history.seal
    if seal is not None and seal.where is not None and seal.where != Where.of(channel):
        raise Trouble(_("{channel} speaks elsewhere than when {key} was sent", channel=name, key=key), _("Change the post by hand there."))
    desk = situation.desk
    web = Web(loopback=desk.brand.clock is not None)
    run = Run(
        run_name(surroundings), now, freeze.FreezeReader(repo, surroundings), secrets_reader(surroundings, desk.brand, desk.channels),
        ApprovedMedia(repo, lfs_objects.fetcher(repo, web)), web, boot_seconds(),
    )  # fmt: skip
    data = situation.ledger.payload(seal.payload) if seal is not None else None
    parts = Payload.from_bytes(data).parts if data is not None else ()
    return SentPost(key, history, parts, name, channel, networks.get(channel.network), situation.ledger, situation, run)


def _channel_of(key: str, situation: CommittedSituation) -> tuple[str, Channel]:
    written = split_key(key)[1]
    for name, channel in situation.desk.channels.channels.items():
        if written in (name, *channel.was):
            return name, channel
    raise Trouble(
        _("brand/channels.yml no longer has the channel {channel}", channel=written), _("Change the post by hand on its network.")
    )


def require_retraction(post: SentPost) -> Retracts:
    """Its network, which deletes. Raises Trouble with the reason where it does not."""
    if isinstance(post.network, Retracts):
        return post.network
    raise _unable(post, post.network.FACTS.lacks("delete"), _deletion_by_hand(post))


def retract(post: SentPost, who: str) -> Ledger:
    """Delete every part on the network, the last one first, and record it. `who` is the person that decided it.

    The decision is recorded before the first request. Raises Trouble where the network does not say that all of it is gone.
    """
    network = require_retraction(post)
    count = len(post.history.events)
    ledger = post.record([EventDraft(post.key, "retracting", {"who": who})], post.ledger, count)
    with_account = post.account

    def delete_all() -> None:
        account = with_account()
        for number, delivery in reversed(list(enumerate(post.deliveries))):
            network.retract(delivery, post.part(number), account, post.run.web)

    _carry_out(
        delete_all,
        _("Not all of {key} is known to be deleted", key=post.key),
        _("Run `marronnier retract {key}` again, or delete the rest by hand and run `marronnier retract --by-hand {key}`.", key=post.key),
    )
    done = {"part": 0, "why": _("{who} decided it", who=who), "url": post.url, "who": who}
    return post.record([EventDraft(post.key, "retracted", done)], ledger, count + 1)


def record_deletion(post: SentPost, who: str) -> Ledger:
    """Record that a person deleted it on the network by hand. Nothing is deleted; the network is asked where it can tell.

    Raises Trouble where the network still has a part of it.
    """
    if isinstance(post.network, ReadsBack):
        for number, delivery in enumerate(post.deliveries):
            if _is_surely_there(post, post.network, number, delivery):
                raise Trouble(
                    _("{key} is still on the network: {url}", key=post.key, url=delivery.url or delivery.id),
                    _("Delete it there first, every part of it; then run this again."),
                )
    done = {"part": 0, "why": _("{who} deleted it by hand", who=who), "url": post.url, "who": who}
    return post.record([EventDraft(post.key, "retracted", done)], post.ledger, len(post.history.events))


def _is_surely_there(post: SentPost, network: ReadsBack, number: int, delivery: Delivery) -> bool:
    """Whether the network says that it has a part. What it does not tell now is left to the person's word."""
    try:
        return network.still_there(delivery, post.part(number), post.account(), post.run.web) is True
    except (Refused, Locked, Wait, Unknown):
        return False


@dataclass(frozen=True, slots=True)
class Correction:
    """What correcting a post on its network would change."""

    line: PlanLine
    draft: EventDraft
    """The new seal, with the payload."""
    parts: tuple[Part, ...]
    changed: tuple[int, ...]
    """The numbers of the parts that change."""


def require_correction(post: SentPost) -> Correction:
    """What is to be corrected. Raises Trouble where nothing changed, where it is not approved or has errors, and where its network cannot."""
    see = _("See `marronnier status {key}`.", key=post.key)
    line = next((line for line in plan.make(post.situation).lines if line.key == post.key and not line.proposal), None)
    if line is None:
        raise Trouble(_("the post of {key} is gone from the default branch", key=post.key), see)
    if line.state != "edited" or post.history.receipt is None:
        raise Trouble(_("{key} has nothing to correct: {why}", key=post.key, why=line.why), see)
    if not isinstance(post.network, Edits):
        raise _unable(
            post, post.network.FACTS.lacks("edit"), _("Correct it by hand, or restore the text as it was sent: {url}", url=post.url)
        )
    approval = judged_again(post.situation, post.key)
    if not approval.granted:
        advice = _("have it approved: `marronnier approve {key}`, by somebody who did not write it", key=post.key)
        raise Trouble(_("the change of {key} is not approved: {why}", key=post.key, why=approval.why or _("not approved")), advice)
    path = line.publication.post.path
    if (finding := errors_in_posts(post.situation, [path]).get(path)) is not None:
        raise Trouble(finding.as_text(_("; ")), _("Correct the post first."))
    if why := post.run.freeze_reason():
        raise Trouble(why, _("Nothing was changed."))
    draft = sealed_event(post.situation, line, approval, post.run.now)
    parts = Payload.from_bytes(draft.payload or b"").parts
    if not post.parts:
        raise Trouble(_("what was sent of {key} is no longer in the ledger", key=post.key), _("Correct it by hand: {url}", url=post.url))
    if len(parts) != len(post.parts):
        message = _(
            "the number of parts of {key} is {there} on the network, and would be {here} now",
            key=post.key,
            there=len(post.parts),
            here=len(parts),
        )
        raise Trouble(message, _("Write it in as many parts; or delete it, `marronnier retract {key}`, and send it anew.", key=post.key))
    return Correction(line, draft, parts, tuple(number for number, part in enumerate(parts) if part != post.part(number)))


def correct(post: SentPost, correction: Correction, who: str) -> Ledger:
    """Correct on the network every part that changed, and record it with the new seal. Raises Trouble where the network does not say so."""
    network = post.network
    assert isinstance(network, Edits)
    payload = Payload.from_bytes(correction.draft.payload or b"")
    commit, media = post.situation.commit, post.run.media

    def correct_all() -> None:
        account = post.account()
        for number in correction.changed:
            request = send_request(post.history, payload, number, post.run)
            request = request._replace(
                read_picture=lambda picture: media.read(commit, picture), open_media=lambda one: media.open(commit, one)
            )
            network.edit(request, post.deliveries[number], post.part(number), account, post.run.web)

    _carry_out(
        correct_all,
        _("{key} is not known to be corrected", key=post.key),
        _("Run `marronnier edit {key}` again: it does no harm.", key=post.key),
    )
    was = post.history.seal.payload if post.history.seal is not None else ""
    edited = EventDraft(post.key, "edited", {"who": who, "parts": list(correction.changed), "was": was})
    return post.record([edited, correction.draft], post.ledger, len(post.history.events))


def _carry_out(act: Callable[[], None], undone: str, again: str) -> None:
    """Do it. Raises Trouble with what the network said."""
    try:
        act()
    except Unknown as unknown:
        raise Trouble(_("{undone}: the answer of the network was lost: {why}", undone=undone, why=str(unknown)), again) from unknown
    except (Refused, Locked, Wait) as error:
        raise Trouble(_("{undone}: {why}", undone=undone, why=str(error)), again) from error


def _deletion_by_hand(post: SentPost) -> str:
    if not is_web_url(post.url):
        # A page of our own site, which the receipt of a mail names: nothing that a person could delete on a network.
        return _("Nothing was changed.")
    return _("Delete it by hand: {url}; then `marronnier retract --by-hand {key}` records it.", url=post.url, key=post.key)


def _unable(post: SentPost, why: str, advice: str) -> Trouble:
    name = _(post.network.NAME)
    return Trouble(_("this cannot be done on {network}: {why}", network=name, why=_(why) if why else _("it has no such ability")), advice)
