"""A trial of a channel: a marked test post is sent, read back, corrected, counted and deleted, and what held is told.

Every request is made once. What may stand on the network at the end is named, and left to a person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

from marronnier import __version__, desk, networks
from marronnier.desk import Desk
from marronnier.messages import NN_, Trouble, _, in_language, join_names, languages, ngettext
from marronnier.model.brand import Channel
from marronnier.model.publication import Delivery, Part, Payload, Picture, Publication
from marronnier.model.trial import StepName, StepOutcome, Trial
from marronnier.networks.kit.facts import FORMATS, Has
from marronnier.networks.kit.seam import (
    Account,
    CounterName,
    Edits,
    Examines,
    Finds,
    HandsOver,
    Identifies,
    Locked,
    Network,
    Reads,
    ReadsBack,
    Refused,
    Retracts,
    SendRequest,
    Unknown,
    Wait,
)
from marronnier.networks.kit.word_abilities import RefusesWords
from marronnier.publish import public_media, trial_post
from marronnier.publish.accounts import checked_channel
from marronnier.publish.run import Run

PATH = "brand/tried.yml"
AUDIENCES = ("direct", "followers", "unlisted", "public")
"""Of those that a network has, the first is the narrowest."""

_COUNTERS: Mapping[CounterName, tuple[str, str]] = {
    "likes": NN_("{count} like", "{count} likes"),
    "reposts": NN_("{count} repost", "{count} reposts"),
    "replies": NN_("{count} reply", "{count} replies"),
    "quotes": NN_("{count} quote", "{count} quotes"),
    "bookmarks": NN_("{count} bookmark", "{count} bookmarks"),
    "views": NN_("{count} view", "{count} views"),
    "reach": NN_("{count} person reached", "{count} people reached"),
    "clicks": NN_("{count} click", "{count} clicks"),
    "shares": NN_("{count} share", "{count} shares"),
    "saves": NN_("{count} save", "{count} saves"),
}


class TrialStep(NamedTuple):
    """What one step of a trial found out."""

    name: StepName
    outcome: StepOutcome
    note: str = ""
    """What the network said, or why it is not supported; in a sentence without its full stop."""


class _Failed(Exception):
    """The step was carried out, and did not hold. The message is for people."""


class _CannotTell(Exception):
    """The step was carried out, and nobody can tell whether it held. The message is for people."""


@dataclass
class ChannelTrial:
    """The trial of one channel, step by step."""

    name: str
    channel: Channel
    network: Network
    desk: Desk
    run: Run
    mark: str
    """What no other post has: it stands in the words, and is the post's id."""
    day: date
    report: Callable[[TrialStep], None] = lambda _step: None
    """Called with each step as it ends."""
    steps: dict[StepName, StepOutcome] = field(default_factory=dict)
    left: str = ""
    """Where the test post stands or may stand; empty while nothing was sent, and once it is gone."""

    @property
    def can_delete(self) -> bool:
        """Whether the test post is deleted at the end."""
        return isinstance(self.network, Retracts)

    @cached_property
    def audience(self) -> str:
        """Who will be able to read the test post: the narrowest audience that the network has for this account."""
        audiences = [audience for audience in AUDIENCES if audience in self.network.FACTS.audiences]
        return next((audience for audience in audiences if self._takes(audience)), "public")

    @property
    def place(self) -> str:
        """Where to look for a post without an address: the account, else the server, else the channel."""
        return self.channel.account or self.network.host(self.channel) or self.name

    def record(self) -> Trial:
        """What is known of it now."""
        network = self.channel.network
        host = self.network.host(self.channel)
        return Trial(network=network, day=self.day, version=__version__, host=host, steps=dict(self.steps), left=self.left)

    def payload(self, *, corrected: bool = False) -> Payload:
        """What is sent; `corrected` has other words."""
        return self.network.compose(self._publication(self.audience, corrected=corrected))

    def check_account(self) -> bool:
        """Ask whose account it is; whether the trial may go on. Nothing is posted."""
        if not isinstance(self.network, (Identifies, Examines)):
            return self._end("account", "not supported", _("it tells nobody whose account it is")) == "not supported"
        return self._carry_out("account", self._ask_account, wait="not known") == "held"

    def post(self, save: Callable[[Trial], None]) -> Delivery | None:
        """Send the test post; None where nothing is known to be there. `save` keeps what is known, before the first byte and after. Raises Trouble while all is frozen."""
        if why := frozen_reason(self):
            raise Trouble(why, _("Nothing was sent."))
        payload = self.payload()
        self.left, self.steps["post"] = self.place, "not known"
        save(self.record())
        delivery: Delivery | None = None

        def send() -> str:
            nonlocal delivery
            delivery = self.network.send(self._request(payload), self._account(), self.run.web)
            return delivery.url or delivery.id

        outcome = self._carry_out("post", send, wait="not held")
        if delivery is not None:
            self.left = delivery.url if "://" in delivery.url else self.place
        elif outcome == "not held":
            self.left = ""
        save(self.record())
        return delivery

    def try_abilities(self, delivery: Delivery) -> None:
        """Look at the test post, correct it, count it and delete it."""
        payload = self.payload()
        self._find(delivery, payload)
        self._ask_for(delivery, payload.parts[0])
        payload = self._edit(delivery, payload)
        self._count(delivery, payload.parts[0])
        self._delete(delivery, payload)

    def _ask_account(self) -> str:
        account = self._account()
        if not isinstance(self.network, Examines):
            return self.channel.account
        status = self.network.examine(account, self.run.web)
        if not status.is_channel_account:
            raise _Failed(_("the credentials belong to {account}", account=status.account or "?"))
        if status.missing_scopes:
            raise _Failed(_("they do not allow {scopes}", scopes=", ".join(status.missing_scopes)))
        return status.account

    def _find(self, delivery: Delivery, payload: Payload) -> None:
        network = self.network
        if not isinstance(network, Finds):
            self._end("find", "not supported", _("what may have been sent is settled by a person there"))
            return
        self._carry_out("find", lambda: self._compare(network, delivery, payload), wait="not known")

    def _compare(self, network: Finds, delivery: Delivery, payload: Payload) -> str:
        """Look the post up by everything that readers see."""
        found = network.find(self._request(payload), self._account(), self.run.web)
        if found is None:
            raise _Failed(_("it is not found, or it shows something else"))
        if found.id != delivery.id:
            raise _Failed(_("another post is found: {url}", url=found.url or found.id))
        return ""

    def _ask_for(self, delivery: Delivery, part: Part) -> None:
        network = self.network
        if not isinstance(network, ReadsBack):
            self._end("there", "not supported", _("it cannot be asked for one post"))
            return

        def ask() -> str:
            there = network.still_there(delivery, part, self._account(), self.run.web)
            if there is None:
                raise _CannotTell(_("this server cannot tell"))
            if not there:
                raise _Failed(_("the network says that it is not there"))
            return ""

        self._carry_out("there", ask, wait="not known")

    def _edit(self, delivery: Delivery, payload: Payload) -> Payload:
        """Correct it, and look whether it shows that; what it says afterwards."""
        network = self.network
        if not isinstance(network, Edits):
            self._end("edit", "not supported", self._reason("edit"))
            return payload
        if why := self.run.freeze_reason():
            self._end("edit", "not known", why)
            return payload
        other = self.payload(corrected=True)

        def correct() -> str:
            network.edit(self._request(other), delivery, payload.parts[0], self._account(), self.run.web)
            return "" if isinstance(network, Finds) and self._shows(network, delivery, other) else _("the network says so")

        return other if self._carry_out("edit", correct, wait="not known") == "held" else payload

    def _shows(self, network: Finds, delivery: Delivery, payload: Payload) -> bool:
        """Whether it is found by its new words. Some networks look by another mark, which a correction leaves as it was."""
        with suppress(Refused, Locked, Wait, Unknown):
            found = network.find(self._request(payload), self._account(), self.run.web)
            return found is not None and found.id == delivery.id
        return False

    def _count(self, delivery: Delivery, part: Part) -> None:
        network = self.network
        if not isinstance(network, Reads):
            self._end("counters", "not supported", self._reason("counters"))
            return

        def read() -> str:
            told = network.read(delivery, part, self._account(), self.run.web)
            if not told:
                raise _CannotTell(_("it tells no counter"))
            return join_names(ngettext(*_COUNTERS[name], count) for name, count in told.items())

        self._carry_out("counters", read, wait="not known")

    def _delete(self, delivery: Delivery, payload: Payload) -> None:
        network, part = self.network, payload.parts[0]
        if not isinstance(network, Retracts):
            self._end("delete", "not supported", self._reason("delete"))
            return

        def delete() -> str:
            network.retract(delivery, part, self._account(), self.run.web)
            return ""

        if self._carry_out("delete", delete, wait="not held") != "held":
            return
        if isinstance(network, ReadsBack):
            outcome = self._carry_out("gone", lambda: self._is_gone(network, delivery, part), wait="not known")
        else:
            outcome = self._end("gone", "not supported", _("it cannot be asked for one post"))
        if outcome in ("held", "not supported"):
            self.left = ""

    def _is_gone(self, network: ReadsBack, delivery: Delivery, part: Part) -> str:
        there = network.still_there(delivery, part, self._account(), self.run.web)
        if there is None:
            raise _CannotTell(_("this server cannot tell"))
        if there:
            raise _Failed(_("the network says that it is still there"))
        return ""

    def _carry_out(self, name: StepName, act: Callable[[], str], *, wait: StepOutcome) -> StepOutcome:
        """Do one step, once, and report it. `wait` is its outcome where the network could not be asked now."""
        try:
            return self._end(name, "held", act())
        except (Refused, Locked, _Failed) as failure:
            return self._end(name, "not held", str(failure))
        except Wait as failure:
            return self._end(name, wait, str(failure))
        except (Unknown, _CannotTell) as failure:
            return self._end(name, "not known", str(failure))
        except Exception as error:  # noqa: BLE001 - whatever went wrong, what may stand there is to be deleted and told
            return self._end(name, "not known", _("{kind} while it was tried", kind=type(error).__name__))

    def _end(self, name: StepName, outcome: StepOutcome, note: str = "") -> StepOutcome:
        self.steps[name] = outcome
        self.report(TrialStep(name, outcome, note))
        return outcome

    def _reason(self, ability: str) -> str:
        why = self.network.FACTS.lacks(ability)
        return _(why) if why else _("it has no such ability")

    def _account(self) -> Account:
        return checked_channel(self.name, self.channel, self.run)

    def _takes(self, audience: str) -> bool:
        """Whether the network refuses no test post for that audience: a page may have fewer audiences than a member."""
        return not isinstance(self.network, RefusesWords) or not self.network.refusal_reason(self._publication(audience).words)

    def _publication(self, audience: str, *, corrected: bool = False) -> Publication:
        text, lang = _words(self.channel.lang or self.desk.brand.lang, self.mark, corrected=corrected)
        post = trial_post.parsed(self.name, self.mark, text, lang)
        words = desk.publication(self.desk, post, self.name).words
        needs, formats = self.network.FACTS.needs, self.network.FACTS.formats
        visibility = "" if audience == "public" else audience
        media = (trial_post.picture(),) if "media" in needs else ()
        link = (self.desk.brand.site_url or trial_post.LINK) if "link" in needs else ""
        # A network of articles has no posts.
        taken = [name for name in FORMATS if isinstance(formats.get(name), Has)]
        written_as = "post" if "post" in taken or not taken else taken[0]
        words = replace(words, visibility=visibility, media=media, link=link, format=written_as)
        return Publication(post, self.name, self.channel, words)

    def _request(self, payload: Payload) -> SendRequest:
        part = payload.parts[0]
        return SendRequest(
            key=f"{self.mark}@{self.name}",
            number=0,
            total=len(payload.parts),
            part=part,
            payload_sha256=payload.sha256,
            previous=(),
            first_sent_at=self.run.now,
            now=self.run.now,
            read_picture=_read_picture,
            parts=payload.parts,
            since_first_try=timedelta(seconds=1),
            since_last_try=timedelta(),
            public_address=public_media.addresses(self.desk.brand),
        )


def _read_picture(_picture: Picture) -> bytes:
    return trial_post.picture_bytes()


def _words(lang: str, mark: str, *, corrected: bool) -> tuple[str, str]:
    """The words of a test post and their language: the brand's, or English where there are no sentences in it."""
    known = lang if lang[:2].lower() in languages() else "en"
    with in_language(known):
        if corrected:
            return _("This test of Marronnier was corrected. It may be deleted at once: {mark}", mark=mark), known
        return _("This is a test of Marronnier. It may be deleted at once: {mark}", mark=mark), known


def require_trial(trial: ChannelTrial) -> None:
    """Raises Trouble where nothing can be tried: nothing is sent there, the channel is paused, or everything is frozen."""
    name, channel, network = trial.name, trial.channel, trial.network
    if isinstance(network, HandsOver):
        raise Trouble(
            _("a person publishes on {channel}: nothing is sent from here, so there is nothing to try", channel=name),
            _("Publish a post by hand, and see that it settles."),
            status=2,
        )
    if not network.host(channel) and not network.SECRETS:
        raise Trouble(
            _("{network} is part of our own site: there is nothing to try", network=_(network.NAME)), _("Build the site."), status=2
        )
    if channel.paused:
        raise Trouble(_("{channel} is paused: {why}", channel=name, why=_(channel.paused)), _("Nothing was sent."))
    if why := frozen_reason(trial):
        raise Trouble(why, _("Nothing was sent."))


def frozen_reason(trial: ChannelTrial) -> str:
    """Why everything is frozen, in the working directory or where publishing looks; empty when it is not."""
    freeze = trial.desk.freeze
    return _("Frozen: {why}", why=freeze.why) if freeze is not None else trial.run.freeze_reason()


def open_trial(
    found: Desk, name: str, run: Run, mark: str, day: date, report: Callable[[TrialStep], None] = lambda _step: None
) -> ChannelTrial:
    """The trial of a channel. Raises Trouble where the brand has none of that name, or its network is not known."""
    channels: Mapping[str, Channel] = found.channels.channels
    if name not in channels:
        advice = _("The channels are: {names}.", names=", ".join(channels))
        raise Trouble(_("There is no channel {name}", name=name), advice, status=2)
    try:
        network = networks.get(channels[name].network)
    except networks.UnknownNetwork as unknown:
        raise Trouble(str(unknown), _("Nothing was sent."), status=2) from unknown
    return ChannelTrial(name, channels[name], network, found, run, mark, day, report)


def as_yaml(trial: Trial) -> Mapping[str, object]:
    """A trial as `brand/tried.yml` holds it."""

    def values() -> Iterator[tuple[str, object]]:
        for key in ("network", "version", "host", "left"):
            if value := getattr(trial, key):
                yield key, value
        yield "steps", dict(trial.steps)

    return {"day": trial.day, **dict(values())}
