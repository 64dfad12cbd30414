"""Examines each account: its credentials, its scopes, its server's limits and clock. Nothing is posted; limits are proposed for `brand/channels.yml`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from marronnier import networks
from marronnier.checks.length_limits import limit_value
from marronnier.checks.suggestions import name_list
from marronnier.doctor.note import Note, NoteState
from marronnier.doctor.public_site import public_site_notes
from marronnier.files import yaml_edit
from marronnier.messages import Trouble, _, format_day, ngettext
from marronnier.model.brand import Brand, Channel, Channels
from marronnier.model.secret_store import SecretStore
from marronnier.model.trial import Trial
from marronnier.networks.kit import fact_tables, renewal, versions
from marronnier.networks.kit.accounts import secrets_reader
from marronnier.networks.kit.credentials import NOTICE, Refreshes
from marronnier.networks.kit.facts import MAX_AGE, is_older
from marronnier.networks.kit.seam import Account, AccountStatus, Examines, Finds, HasServerKinds, Locked, Network, Refused, Unknown, Wait
from marronnier.networks.kit.trials import STEPS, is_live
from marronnier.web import Web

PATH = "brand/channels.yml"
EXPIRES = "expires"
"""The key of a channel for the day on which its credentials end."""
MAX_CLOCK_SKEW = timedelta(seconds=60)
"""The most that our clock may differ from a server's: beyond it posts would be sent at another time than was approved."""


@dataclass(frozen=True, slots=True)
class LimitProposal:
    """A limit of the server that differs from the one in use, or the end of the credentials where channels.yml has another."""

    limit: str
    """`text`, `media`, `alt`, `unit`, `link` or EXPIRES."""
    current: int | str | None
    """The limit in use; None where there is none."""
    server: int | str
    """The limit of this server."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Where it is written, below the channel."""
        return (EXPIRES,) if self.limit == EXPIRES else ("limits", self.limit)


@dataclass(frozen=True, slots=True)
class CredentialsEnd:
    """When the credentials of an account end, as far as an examination found out."""

    day: date | None = None
    """None where they have no end that is known, or were renewed just now."""
    is_told: bool = True
    """False where the server, or the place that keeps them, did not answer: only what `brand/channels.yml` has is known."""
    renewal: tuple[Note, ...] = ()
    """What became of renewing them; empty where nobody tried."""


@dataclass(frozen=True, slots=True)
class Checkup:
    """The results of examining one account."""

    channel_name: str
    channel: Channel
    notes: tuple[Note, ...]
    proposals: tuple[LimitProposal, ...] = ()
    end: CredentialsEnd = CredentialsEnd(is_told=False)
    """When its credentials end."""

    @property
    def state(self) -> NoteState:
        """The worst state of its notes."""
        order: Sequence[NoteState] = ("wrong", "open", "later", "unknown", "note", "fine")
        return next((state for state in order if any(note.state == state for note in self.notes)), "fine")


@dataclass(frozen=True, slots=True)
class Doctor:
    """Examines the accounts of a brand."""

    brand: Brand
    channels: Channels
    environment: Mapping[str, str]
    """The environment variables, which hold the secrets."""
    web: Web
    now: datetime | None
    """The real time; None where the instant is simulated and no clock can be compared with it."""
    today: date
    """The day of the command, for what is to be read again after a while."""
    store: SecretStore | None = None
    """Where renewed secrets are kept; None where there is no such place, and none are renewed."""
    trials: Mapping[str, Trial] = field(default_factory=dict)
    """The last trial of each channel, by its name: `brand/tried.yml`."""

    def examine(self, channel_name: str) -> Checkup:
        """The results of examining the account of a channel."""
        channel = self.channels.channels[channel_name]
        try:
            network = networks.get(channel.network)
        except networks.UnknownNetwork as unknown:
            note = Note("note" if networks.is_announced(channel.network) else "wrong", str(unknown))
            return Checkup(channel_name, channel, (note,))
        trial = self.trials.get(channel_name)
        own = trial if trial is not None and trial.network == channel.network else None
        known = (
            *public_site_notes(self.brand, channel, network, self.web),
            *_knowledge_notes(network, channel_name, self.today, own),
        )
        written = CredentialsEnd(channel.expires, is_told=False)
        try:
            known = (*_version_notes(network, channel, self.today), *known)
            account = Account(channel_name, channel, secrets_reader(self.environment, self.brand, self.channels)(channel_name))
        except Locked as locked:
            return Checkup(channel_name, channel, (Note("wrong", str(locked), _connect_hint(channel_name, network)), *known), end=written)
        except Exception as error:  # noqa: BLE001 - an error in one network must not hide the other accounts
            return Checkup(channel_name, channel, (_error_note(error), *known), end=written)
        status = self._account_status(network, account)
        if isinstance(status, Note):
            # What has ended for its server may still be renewed.
            ended = self._ended_on(network, account) if status.state == "wrong" else None
            renewed = self._renewal_notes(network, account) if ended is not None else ()
            if not any(note.state == "fine" for note in renewed):
                end = CredentialsEnd(ended, renewal=renewed) if ended is not None else written
                return Checkup(channel_name, channel, (status, *renewed, *known), end=end)
            return Checkup(channel_name, channel, (*renewed, *known), end=CredentialsEnd(renewal=renewed))
        expires, notes, end = self._end_of_credentials(network, account, status)
        proposals = (*_limit_proposals(network, channel, status), *_expiry_proposals(channel, expires))
        return Checkup(channel_name, channel, (*self._status_notes(channel, status), *notes, *known), proposals, end)

    def _account_status(self, network: Network, account: Account) -> AccountStatus | Note:
        """The status that the server gives of the account, or the reason why there is none."""
        channel = account.channel
        try:
            if not network.host(channel) and not network.SECRETS:
                return Note("fine", _("it needs no account"))
            if not isinstance(network, Examines):
                return Note("note", _("its secrets are set; {network} offers no further check", network=_(network.NAME)))
            return network.examine(account, self.web)
        except (Locked, Refused) as locked:
            return Note("wrong", str(locked), _page_hint(channel))
        except (Wait, Unknown) as wait:
            return Note("later", str(wait), _("try again later"))
        except Exception as error:  # noqa: BLE001 - as above
            return _error_note(error)

    def _ended_on(self, network: Network, account: Account) -> date | None:
        """The day on which the credentials ended, where the place that keeps them knows. A server says no for other reasons too."""
        try:
            expires = renewal.expires_of(account, network, self.store)
        except Trouble:
            return None
        now = self.now or datetime.combine(self.today, time(), UTC)
        return expires.date() if expires is not None and expires <= now else None

    def _end_of_credentials(
        self, network: Network, account: Account, status: AccountStatus
    ) -> tuple[date | None, Sequence[Note], CredentialsEnd]:
        """The day to be written in channels.yml, where nothing renews them; what people are told; and the end as it is then."""
        now = status.server_time or self.now or datetime.combine(self.today, time(), UTC)
        written = account.channel.expires
        try:
            expires = status.expires or renewal.expires_of(account, network, self.store)
        except Trouble as trouble:
            return None, (Note("later", trouble.message, trouble.next),), CredentialsEnd(written, is_told=False)
        if expires is None and written is not None:
            expires = datetime.combine(written, time(), UTC)
        is_renewable = renewal.is_renewable(network, account.secrets)
        if (
            is_renewable
            and status.is_channel_account
            and self.store is not None
            and (expires is None or expires - now < renewal.RENEW_BEFORE)
        ):
            renewed = self._renewal_notes(network, account)
            if any(note.state == "fine" for note in renewed) or expires is None:
                return None, renewed, CredentialsEnd(renewal=renewed)
            notes = (*renewed, *_expiry_notes(account, network, expires, now))
            return None, notes, CredentialsEnd(expires.date(), renewal=renewed)
        if expires is None:
            return None, (), CredentialsEnd()
        told = status.expires.date() if status.expires is not None and not (is_renewable and self.store is not None) else None
        return told, _expiry_notes(account, network, expires, now), CredentialsEnd(expires.date())

    def _renewal_notes(self, network: Network, account: Account) -> tuple[Note, ...]:
        """Renew the secrets, and ask the server with the new ones. What fails leaves the old ones as they are."""
        if self.store is None or not isinstance(network, Refreshes) or not network.is_refreshable(account.secrets):
            return ()
        try:
            renewed, expires = renewal.renew(account, network, self.store, self.web)
        except Trouble as trouble:
            return (Note("wrong", _("the credentials were not renewed: {why}", why=trouble.message), trouble.next),)
        except (Locked, Refused, Wait, Unknown) as no:
            return (
                Note("open", _("the credentials were not renewed: {why}", why=no), _("try again later; the old ones hold until they end")),
            )
        except Exception as error:  # noqa: BLE001 - as above
            return (Note("open", _("{kind} while the credentials were renewed", kind=type(error).__name__)),)
        place = self.store.place
        told = (
            _("the credentials were renewed, and end on {day}: {place}", day=format_day(expires.date()), place=place)
            if expires is not None
            else _("the credentials were renewed: {place}", place=place)
        )
        status = self._account_status(network, renewed)
        if isinstance(status, Note) and status.state == "wrong":
            return (Note("wrong", _("the credentials were renewed, and the new ones do not work: {why}", why=status.message), status.next),)
        return (Note("fine", told),)

    def _status_notes(self, channel: Channel, status: AccountStatus) -> Iterator[Note]:
        if status.is_channel_account:
            yield Note("fine", _("the credentials work, and belong to {account}", account=status.account))
        else:
            account, named = status.account or "?", channel.account
            message = _("the credentials belong to {account}, and {path} names {named}", account=account, path=PATH, named=named)
            yield Note("wrong", message, _("put the credentials of {named} there, or name {account}", named=named, account=account))
        if status.missing_scopes:
            yield Note("wrong", _("they do not allow {scopes}", scopes=", ".join(status.missing_scopes)), _page_hint(channel))
        if self.now is not None and status.server_time is not None and abs(self.now - status.server_time) > MAX_CLOCK_SKEW:
            seconds = round((self.now - status.server_time).total_seconds())
            message = (
                _("the clock of this machine is {seconds} seconds ahead of the server's", seconds=seconds)
                if seconds > 0
                else _("the clock of this machine is {seconds} seconds behind the server's", seconds=-seconds)
            )
            yield Note("wrong", message, _("set the clock of this machine before anything is published from it"))
        for remark in status.remarks:
            yield Note("note", remark)
        if channel.paused:
            yield Note("note", _("it is paused: {why}", why=_(channel.paused)))


def _expiry_notes(account: Account, network: Network, expires: datetime, now: datetime) -> Sequence[Note]:
    """When the credentials end; in the last two weeks with what to do."""
    days, day = (expires - now).days, format_day(expires.date())
    hint = _connect_hint(account.channel_name, network)
    if expires <= now:
        return (Note("wrong", _("the credentials ended on {day}", day=day), hint),)
    told = ngettext("the credentials end on {day}, in {count} day", "the credentials end on {day}, in {count} days", days, day=day)
    if expires - now > NOTICE:
        return (Note("fine", told),)
    if renewal.is_renewable(network, account.secrets):
        renews = _(
            "or let `marronnier doctor` renew them: name a file in MARRONNIER_SECRETS_FILE, or on GitHub set MARRONNIER_SECRETS_TOKEN"
        )
        hint = f"{hint}, {renews}"
    return (Note("open", told, hint),)


def _version_notes(network: Network, channel: Channel, today: date) -> Iterator[Note]:
    """When the version of the network's API ends that the channel uses."""
    if (ending := versions.ending_version(network, channel, today)) is not None:
        yield Note("open" if ending.is_version else "wrong", ending.message, ending.next)


def _knowledge_notes(network: Network, channel_name: str, today: date, trial: Trial | None) -> Iterator[Note]:
    """How far the code for a network was tried, what the channel's own trial found out, and which facts nobody read again for long."""
    if trial is not None:
        yield _trial_note(trial)
    # Where nothing is sent, there is nothing to try.
    if network.SECRETS and network.TRIED.how != "live" and (trial is None or not is_live(trial)):
        advised = network.TRIED.how == "documents" and trial is None
        advice = _("`marronnier try {channel}` tries it with your account", channel=channel_name) if advised else ""
        yield Note("fine" if network.TRIED.how == "server" else "note", fact_tables.tried_sentence(network.TRIED), advice)
    if old := _old_facts(network, today):
        message = ngettext(
            "{count} fact about {network} was read more than six months ago: {names}",
            "{count} facts about {network} were read more than six months ago: {names}",
            len(old),
            network=_(network.NAME),
            names=name_list(old),
        )
        yield Note("note", message, _("a newer version of Marronnier may know them better; the page of the network names their sources"))


def _old_facts(network: Network, today: date) -> tuple[str, ...]:
    """The names of what nobody read again for long: its facts, the time that a look-up waits, and its kinds of servers."""
    kinds = network.server_kinds() if isinstance(network, HasServerKinds) else ()
    others = (*((f"servers.{kind.name}", kind) for kind in kinds), *((("settle", network.SETTLE),) if isinstance(network, Finds) else ()))
    return (*network.FACTS.older_than(MAX_AGE, today), *(name for name, known in others if is_older(known, MAX_AGE, today)))


def _trial_note(trial: Trial) -> Note:
    """What the trial of a channel found out."""
    day = format_day(trial.day)
    if is_live(trial):
        said = _("`marronnier try` posted here on {day}", day=day)
    elif trial.steps.get("post") == "held":
        said = _("`marronnier try` posted to a server on this computer on {day}", day=day)
    else:
        said = _("`marronnier try` did not get a post through on {day}", day=day)
    failed = [_(STEPS[name]) for name in (*trial.steps_that("not held"), *trial.steps_that("not known")) if name != "post"]
    message = _("{said}; what did not hold: {steps}", said=said, steps=", ".join(failed)) if failed else said
    if trial.left:
        return Note("note", message, _("the test may still stand at {place}: delete it there", place=trial.left))
    return Note("fine" if trial.steps.get("post") == "held" and not failed else "note", message)


def _error_note(error: Exception) -> Note:
    return Note("later", _("{kind} while the account was checked", kind=type(error).__name__))


def _connect_hint(channel_name: str, network: Network) -> str:
    return _("run `marronnier connect {channel}`", channel=channel_name) if network.SECRETS else ""


def _page_hint(channel: Channel) -> str:
    return _("the page of {network} on the site says where to click", network=channel.network)


def _limit_proposals(network: Network, channel: Channel, status: AccountStatus) -> Iterator[LimitProposal]:
    """The limits of the server that differ from those in use."""
    for limit, server in status.limits.items():
        current = limit_value(network, channel, limit)
        if server != current:
            yield LimitProposal(limit, current, server)
    for limit, (here, there) in status.counting.items():
        yield LimitProposal(limit, here, there)


def _expiry_proposals(channel: Channel, expires: date | None) -> Iterator[LimitProposal]:
    """The day on which the credentials end, where channels.yml has another."""
    if expires is not None and expires != channel.expires:
        yield LimitProposal(EXPIRES, channel.expires.isoformat() if channel.expires is not None else None, expires.isoformat())


def add_limits(text: str, checkups: Sequence[Checkup]) -> str:
    """The text of `brand/channels.yml` with the proposed limits; comments and order stay. Raises ValueError when it cannot be read."""
    for checkup in checkups:
        for proposal in checkup.proposals:
            text = yaml_edit.set_key(text, ("channels", checkup.channel_name, *proposal.keys), proposal.server)
    return text
