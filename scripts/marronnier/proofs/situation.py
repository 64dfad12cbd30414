"""The situation: everything that a plan, a rule or a page judges, as one frozen value. Pure; `load` reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from marronnier.model.publication import current_and_former_keys, split_key
from marronnier.model.scalars import zone_or_utc

if TYPE_CHECKING:
    from marronnier.approval.policy_standing import PolicyStanding
    from marronnier.desk import Desk
    from marronnier.model.approval_policy import Policy
    from marronnier.model.history import History
    from marronnier.model.plan import Approval, Digests, Proposal
    from marronnier.model.post import Post
    from marronnier.model.publication import Publication
    from marronnier.timetable import Timetable


@dataclass(frozen=True, kw_only=True)
class Situation:
    """What people wrote, when it goes out, what happened so far, and the instant of judging."""

    desk: Desk
    timetable: Timetable
    histories: Mapping[str, History] = field(default_factory=dict, repr=False)
    """The ledger's, by publication key, under the names that channels have now; empty when there is no ledger."""
    now: datetime
    """Aware, UTC."""
    began: datetime | None = None
    """When the ledger began; None while there is none, or when that is not known."""
    payload: Callable[[str], bytes | None] = field(default=lambda _sha256: None, repr=False)
    """A sealed payload by its SHA-256; None when it was not kept."""
    last_run: Callable[[], datetime | None] = field(default=lambda: None, repr=False)
    """When the publisher ran last, as far as this clone knows; None where it never did."""
    follows: Callable[[str], bool] = field(default=lambda _commit: True, repr=False)
    """Whether the desk comes after a commit: a branch that was left behind does not know all that went out."""
    existed: Callable[[Post], bool] = field(default=lambda _post: True, repr=False)
    """Whether a post stood in the calendar when the ledger began."""
    digests: Mapping[str, Digests] = field(default_factory=dict, repr=False)
    """By publication key, those already computed."""
    approvals: Mapping[str, Approval] = field(default_factory=dict, repr=False)
    """By publication key, of every publication that is not an idea."""
    standing: PolicyStanding | None = field(default=None, repr=False)
    """Which policy is in force; None where no commit was read."""
    proposals: tuple[Proposal, ...] = ()
    warnings: tuple[str, ...] = ()
    """Sentences for people about the whole."""
    _composed: dict[str, tuple[Publication, bytes, int]] = field(default_factory=dict, repr=False, compare=False)

    def composed(self, publication: Publication) -> tuple[bytes, int]:
        """The payload that would be sent now, and how many parts it has. Raises UnknownNetwork.

        It is composed once: the plan compares it, sealing records it.
        """
        from marronnier import networks

        known = self._composed.get(publication.key)
        # A branch may have the same key with other words.
        if known is None or known[0] is not publication:
            payload = networks.get(publication.channel.network).compose(publication)
            known = self._composed[publication.key] = (publication, payload.as_bytes(), len(payload.parts))
        return known[1:]

    @property
    def policy(self) -> Policy:
        """The policy that judges: the one in force, or what is written where no commit was read."""
        return self.standing.policy if self.standing is not None else self.desk.policy

    def local(self, at: datetime) -> datetime:
        """An instant in the brand's zone."""
        return at.astimezone(zone_or_utc(self.desk.brand.zone))

    def keys_named(self, name: str) -> tuple[str, ...]:
        """The keys that people mean by a name, in time order: a key, a key of former days, or a post's id or path for all of its channels."""
        return tuple(
            dict.fromkeys(
                publication.key
                for publication in self._publications
                if name in (publication.post.id, publication.post.path) or name in current_and_former_keys(publication)
            )
        )

    @cached_property
    def _publications(self) -> tuple[Publication, ...]:
        """Those of the desk in time order, then those proposed."""
        on_desk = (self.timetable.publications[key] for key in self.timetable.in_order())
        proposed = (change.publication for proposal in self.proposals for change in proposal.changes if change.kind != "removed")
        return (*on_desk, *proposed)

    def is_sent(self, post_id: str, channel_name: str) -> bool | None:
        """Whether a post is out on a channel, or on all of its channels where it is not for that one; None when there is no such post."""
        keys = self._desk_keys.get(post_id) or self._ledger_keys.get(post_id)
        if not keys:
            return None
        on_channel = [key for key in keys if split_key(key)[1] == channel_name] or keys
        return all(key in self.histories and self.histories[key].receipt is not None for key in on_channel)

    @cached_property
    def _desk_keys(self) -> Mapping[str, list[str]]:
        """By post id: the keys of its publications on the desk."""
        return _keys_by_post(self.timetable.instants)

    @cached_property
    def _ledger_keys(self) -> Mapping[str, list[str]]:
        """By post id: the keys that the ledger knows."""
        return _keys_by_post(self.histories)


def _keys_by_post(keys: Mapping[str, object]) -> Mapping[str, list[str]]:
    by_post: dict[str, list[str]] = {}
    for key in keys:
        try:
            by_post.setdefault(split_key(key)[0], []).append(key)
        except ValueError:
            continue
    return by_post
