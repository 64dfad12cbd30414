"""The doctor: whether each account is ready to speak. Asks the networks, reads only, and proposes what `brand/channels.yml` should say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from marronnier import networks
from marronnier.files import yaml_edit
from marronnier.messages import _
from marronnier.model.brand import Brand, Channel, Channels
from marronnier.networks.kit.accounts import secrets_reader
from marronnier.networks.kit.seam import Account, AccountStatus, Examines, Fact, Locked, Network, Refused, Unknown, Wait
from marronnier.web import Web

PATH = "brand/channels.yml"
SKEW = timedelta(seconds=60)
"""Clocks further apart than this are told: posts would go out at another hour than was approved."""

State = Literal["fine", "note", "later", "wrong"]
"""`later`: it could not be asked now. `wrong`: somebody must see to it before anything goes out."""


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that was found."""

    state: State
    said: str
    next: str = ""


@dataclass(frozen=True, slots=True)
class LimitProposal:
    """A limit that this server has and `brand/channels.yml` does not say."""

    limit: str
    """`text`, `media` or `alt`."""
    here: int | None
    """What counts until now; None where nothing does."""
    there: int


@dataclass(frozen=True, slots=True)
class Checkup:
    """One account, looked at."""

    channel_name: str
    channel: Channel
    notes: tuple[Note, ...]
    proposals: tuple[LimitProposal, ...] = ()

    @property
    def state(self) -> State:
        """The worst of its notes."""
        order: Sequence[State] = ("wrong", "later", "note", "fine")
        return next((state for state in order if any(note.state == state for note in self.notes)), "fine")


@dataclass(frozen=True, slots=True)
class Doctor:
    """What the doctor brings along."""

    brand: Brand
    channels: Channels
    surroundings: Mapping[str, str]
    """The environment, where secrets are."""
    web: Web
    now: datetime | None
    """The hour; None when it is rehearsed, so that no clock can be compared with it."""

    def examine(self, channel_name: str) -> Checkup:
        """One account, looked at."""
        channel = self.channels.channels[channel_name]
        try:
            network = networks.get(channel.network)
        except networks.UnknownNetwork as unknown:
            state: State = "note" if networks.is_announced(channel.network) else "wrong"
            return Checkup(channel_name, channel, (Note(state, str(unknown)),))
        try:
            secrets = secrets_reader(self.surroundings, self.brand, self.channels)(channel_name)
        except Locked as locked:
            return Checkup(channel_name, channel, (Note("wrong", str(locked), _page(channel)),))
        if not network.host(channel) and not network.SECRETS:
            return Checkup(channel_name, channel, (Note("fine", _("it needs no account")),))
        if not isinstance(network, Examines):
            return Checkup(
                channel_name, channel, (Note("note", _("its secrets are there; {network} cannot be asked more", network=network.NAME)),)
            )
        return self._asked(network, network, Account(channel_name, channel, secrets))

    def _asked(self, network: Network, examining: Examines, account: Account) -> Checkup:
        channel = account.channel
        try:
            told = examining.examine(account, self.web)
        except (Locked, Refused) as locked:
            return Checkup(account.channel_name, channel, (Note("wrong", str(locked), _page(channel)),))
        except (Wait, Unknown) as wait:
            return Checkup(account.channel_name, channel, (Note("later", str(wait), _("ask again later")),))
        except Exception as surprise:  # noqa: BLE001 - one network that stumbles must not hide the others
            return Checkup(account.channel_name, channel, (Note("later", _("{kind} while it was asked", kind=type(surprise).__name__)),))
        proposals = tuple(_proposals(network, channel, told))
        return Checkup(account.channel_name, channel, tuple(self._notes(channel, told)), proposals)

    def _notes(self, channel: Channel, told: AccountStatus) -> Iterator[Note]:
        if told.is_channel_account:
            yield Note("fine", _("the credentials are good, and belong to {account}", account=told.account))
        else:
            said = _(
                "the credentials belong to {account}, and {path} names {named}",
                account=told.account or "?",
                path=PATH,
                named=channel.account,
            )
            yield Note(
                "wrong",
                said,
                _("put the credentials of {named} there, or name {account}", named=channel.account, account=told.account or "?"),
            )
        if told.missing_scopes:
            yield Note("wrong", _("they do not allow {scopes}", scopes=", ".join(told.missing_scopes)), _page(channel))
        if self.now is not None and told.server_time is not None and abs(self.now - told.server_time) > SKEW:
            seconds = round((self.now - told.server_time).total_seconds())
            said = (
                _("the clock of this machine is {seconds} seconds ahead of the server's", seconds=seconds)
                if seconds > 0
                else _("the clock of this machine is {seconds} seconds behind the server's", seconds=-seconds)
            )
            yield Note("wrong", said, _("set the clock of this machine before anything is published from it"))
        for remark in told.remarks:
            yield Note("note", remark)
        if channel.paused:
            yield Note("note", _("it is paused: {why}", why=_(channel.paused)))


def _page(channel: Channel) -> str:
    return _("the page of {network} on the site says where to click", network=channel.network)


def _proposals(network: Network, channel: Channel, told: AccountStatus) -> Iterator[LimitProposal]:
    """The limits of this server that differ from those that count."""
    for limit, there in told.limits.items():
        fact, own = getattr(network.FACTS, limit), getattr(channel.limits, limit)
        here = own if own is not None else fact.value if isinstance(fact, Fact) else None
        if there != here:
            yield LimitProposal(limit, here, there)


def with_proposals(text: str, checkups: Sequence[Checkup]) -> str:
    """`brand/channels.yml` with the proposals in it; comments and order stay. Raises ValueError when it cannot be read."""
    for checkup in checkups:
        for proposal in checkup.proposals:
            text = yaml_edit.set_key(text, ("channels", checkup.channel_name, "limits", proposal.limit), proposal.there)
    return text
