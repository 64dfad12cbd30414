"""Credentials and versions of APIs that end soon: once a day a run renews what can be renewed, and tells the rest, one issue a channel."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from marronnier import desk as desks
from marronnier import doctor, networks
from marronnier import forge as forges
from marronnier import ledger as ledgers
from marronnier.conversation.subject_issues import IssueWords, SubjectIssues
from marronnier.desk import Desk
from marronnier.desk.commit_tree import CommitTree
from marronnier.forge import Conversations, ForgeAccount
from marronnier.git import Repo
from marronnier.ledger import examined_days
from marronnier.messages import _, format_day, join_names
from marronnier.model.scalars import zone_or_utc
from marronnier.model.secret_store import SecretStore
from marronnier.networks.kit import renewal, versions
from marronnier.networks.kit.accounts import secrets_reader
from marronnier.networks.kit.credentials import NOTICE, AsksConsent, HasVersions, Refreshes
from marronnier.networks.kit.seam import Locked, Network
from marronnier.publish.channels_of_job import channels_of_job, mark_of_job
from marronnier.text.markdown_code import code_span, plain_or_code
from marronnier.web import Web

CREDENTIALS_ISSUE = "credentials"
"""The kind of our issues about credentials that end."""
EXAMINES_FOR = 60.0
"""Seconds after which no further account is asked: a run that stays has publications to send."""
MOST_OWNERS = 5
"""The most people that one issue is given to."""

_CHANNEL = "channel"
"""The field of their hidden line."""


@dataclass(frozen=True, slots=True)
class EndingChannel:
    """What is known about the end of a channel's credentials, and of the version of its network's API."""

    name: str
    end: doctor.CredentialsEnd
    written: date | None
    """The end that `brand/channels.yml` has."""
    version: versions.EndingVersion | None
    today: date
    lacks_store: bool
    """Whether they could be renewed, and no place would keep them."""

    @property
    def needs_person(self) -> bool:
        """Whether something ends within two weeks, or could not be renewed for a reason that no other day mends."""
        is_soon = self.end.day is not None and self.end.day - self.today <= NOTICE
        return is_soon or self.version is not None or any(note.state == "wrong" for note in self.end.renewal)

    @property
    def is_written(self) -> bool:
        """Whether `brand/channels.yml` has that end."""
        return self.end.day is not None and self.end.day == self.written

    @property
    def is_settled(self) -> bool:
        """Whether it is known that nobody is needed."""
        return self.end.is_told and not self.needs_person

    def sentences(self) -> Iterator[str]:
        """What is the matter, each with what to do next; the same on each day, so that an issue is not written anew."""
        if self.end.day is not None and self.end.day - self.today <= NOTICE:
            day = format_day(self.end.day)
            yield (
                _("The credentials of {channel} ended on {day}: nothing goes out there any more.", channel=self.name, day=day)
                if self.end.day <= self.today
                else _("The credentials of {channel} end on {day}: nothing goes out there from then on.", channel=self.name, day=day)
            )
        for note in self.end.renewal:
            if note.state != "fine":
                yield f"{note.message} → {note.next}" if note.next else note.message
        if self.end.day is not None or self.end.renewal:
            yield "→ " + _("run `marronnier connect {channel}`, then `marronnier doctor --write {channel}`", channel=self.name)
            if self.lacks_store:
                yield "→ " + _(
                    "or have them renewed: name a file in `MARRONNIER_SECRETS_FILE`, or on GitHub set `MARRONNIER_SECRETS_TOKEN`"
                )
        if self.is_written:
            yield _("That day stands under `expires` in `brand/channels.yml`: correct it there once they are renewed.")
        if self.version is not None:
            yield self.version.message
            yield f"→ {self.version.next}; {_('`marronnier doctor {channel}` tries it', channel=self.name)}"


@dataclass(frozen=True, slots=True)
class CredentialsDay:
    """The examination of a day: at most one for each job, by whichever of its runs comes first."""

    repo: Repo
    now: datetime
    surroundings: Mapping[str, str]
    open_store: Callable[[], SecretStore | None]
    """Opens the place that keeps renewed credentials. Raises Trouble."""
    is_simulated: bool
    """Whether `now` is not the real time."""

    def tell(self) -> Iterator[str]:
        """Renew and tell; a sentence for people about each channel. Raises Trouble, GitError, ForgeTrouble: the next day tries again."""
        forge = forges.open(self.repo)
        commit = forge.default_branch().commit
        desk = desks.load(CommitTree(self.repo, commit), only="")
        today = self.now.astimezone(zone_or_utc(desk.brand.zone)).date()
        named = self._channels(desk)
        mark = mark_of_job(self.surroundings)
        if desk.brand.ledger.first is None or not named or examined_days.is_taken(self.repo, today, mark):
            return
        conversations: Conversations | None = None
        if forge.has_conversations:
            head = ledgers.open(self.repo, desk.brand, fetch=False).head
            conversations = forge.conversations(ledgers.named_repository(self.repo, head))
        elif not self._has_secrets(desk, named):
            # A person who tries something out on their own machine: the day is left to the run that can ask, or be heard.
            return
        if not examined_days.take_day(self.repo, today, mark, commit):
            return
        ending = tuple(self._examine(desk, named, today))
        for each in ending:
            yield from self._sentences(each)
        if conversations is not None:
            self._update_issues(conversations, desk, ending)

    def _channels(self, desk: Desk) -> Sequence[tuple[str, Network]]:
        """The channels of this job of which the end of something can be known."""
        is_ours = channels_of_job(self.surroundings, desk.channels)
        found = []
        for name, channel in desk.channels.channels.items():
            if channel.paused or not is_ours(name):
                continue
            try:
                network = networks.get(channel.network)
            except networks.UnknownNetwork:
                continue
            if channel.expires is not None or isinstance(network, HasVersions) or _may_end(network):
                found.append((name, network))
        return found

    def _has_secrets(self, desk: Desk, named: Sequence[tuple[str, Network]]) -> bool:
        """Whether this run has the credentials of one of the channels."""
        read = secrets_reader(self.surroundings, desk.brand, desk.channels)
        for name, network in named:
            with suppress(Locked):
                if network.SECRETS and read(name):
                    return True
        return False

    def _examine(self, desk: Desk, named: Sequence[tuple[str, Network]], today: date) -> Iterator[EndingChannel]:
        """Ask the accounts, each once. What a consent page gave may end; an app password or the token of a bot has no end to ask for."""
        began = time.monotonic()
        store = self.open_store()
        is_demo = desk.brand.clock is not None
        now = None if is_demo or self.is_simulated else self.now
        examiner = doctor.Doctor(desk.brand, desk.channels, self.surroundings, Web(loopback=is_demo), now, today, store)
        for name, network in named:
            channel = desk.channels.channels[name]
            is_asked = _may_end(network) and time.monotonic() - began < EXAMINES_FOR
            end = examiner.examine(name).end if is_asked else doctor.CredentialsEnd(channel.expires, is_told=not _may_end(network))
            version = versions.ending_version(network, channel, today, NOTICE) if isinstance(network, HasVersions) else None
            lacks_store = store is None and renewal.is_renewable(network, channel.env)
            yield EndingChannel(name, end, channel.expires, version, today, lacks_store)

    def _sentences(self, ending: EndingChannel) -> Iterator[str]:
        """What the run itself says: the log of a job, and the only notice of a daemon."""
        for note in ending.end.renewal:
            if note.state == "fine":
                yield f"{ending.name}: {note.message}"
        if ending.needs_person:
            yield from ending.sentences()

    def _update_issues(self, conversations: Conversations, desk: Desk, ending: Sequence[EndingChannel]) -> None:
        """Open, update and close the issues. Those of other jobs' channels stay as they are; those of a channel that is gone are closed."""
        known = {each.name: each for each in ending}
        needed = {name: _words(each, conversations, desk) for name, each in known.items() if each.needs_person}
        is_ours = channels_of_job(self.surroundings, desk.channels)

        def is_settled(name: str) -> bool:
            channel = desk.channels.channels.get(name)
            if channel is None:
                return True
            return known[name].is_settled if name in known else is_ours(name)

        issues = SubjectIssues(conversations, CREDENTIALS_ISSUE, _CHANNEL, self.now)
        issues.update(needed, may_open=lambda: True, is_settled=is_settled)


def _may_end(network: Network) -> bool:
    return bool(network.SECRETS) and isinstance(network, AsksConsent | Refreshes)


def _words(ending: EndingChannel, conversations: Conversations, desk: Desk) -> IssueWords:
    """What the issue of a channel says. It is given to those who may approve: nobody else is named for a channel."""
    channel = desk.channels.channels[ending.name]
    approvers = desk.policy.approvers

    def people() -> Sequence[ForgeAccount]:
        numbers = [each.github for each in approvers.values() if each.github is not None]
        accounts = (conversations.account(number) for number in numbers[:MOST_OWNERS])
        return [account for account in accounts if account is not None]

    def addressed(attempts: int) -> str:
        del attempts
        names = join_names(each.name or person for person, each in approvers.items())
        return _("For whoever keeps the tokens: {people}.", people=plain_or_code(names) or _("everybody who may write here"))

    heading = " · ".join(code_span(each) for each in (channel.name or ending.name, channel.account) if each)
    closing = _("This issue is looked after once a day, and closes by itself once nothing ends any more.")
    pieces = (*("→ ".join(map(plain_or_code, sentence.split("→ "))) for sentence in ending.sentences()), closing)
    title = _("{channel}: what it needs to publish ends soon", channel=ending.name)
    return IssueWords(title, heading, addressed, pieces, people, is_offered=bool(approvers))
