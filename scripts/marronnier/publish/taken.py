"""Posts that the ledger knows as some publication's: what is found under one of their ids or addresses is never another publication's."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field

from marronnier.ledger import EventDraft, Ledger
from marronnier.model.brand import Channels
from marronnier.model.publication import split_key


@dataclass
class _Posts:
    """What a ledger says of the posts that are out."""

    ids: dict[str, set[str]] = field(default_factory=dict)
    """By the name of the channel: two servers may give the same id."""
    addresses: set[str] = field(default_factory=set)
    pairs: set[tuple[str, str]] = field(default_factory=set)
    """Id and address of each part."""


class TakenPosts:
    """The ids and addresses of all parts in a ledger; read on first need, for few runs have anything to settle."""

    def __init__(self, ledger: Ledger, channels: Channels) -> None:
        self._ledger = ledger
        self._channels = channels
        self._posts: _Posts | None = None

    def on(self, channel_name: str) -> Container[str]:
        """What is taken on the account of a channel: the ids of every channel with that account, and all addresses there are."""
        account = self._account(channel_name)
        same = {name for name in self._channels.channels if self._account(name) == account}
        former = {old for name in same for old in self._channels.channels[name].was}
        posts = self._read()
        return _AnyOf((posts.addresses, *(posts.ids.get(name, set()) for name in {*same, *former, channel_name})))

    def has(self, draft: EventDraft) -> bool:
        """Whether a publication has the post of this draft already."""
        return (str(draft.data["id"]), str(draft.data["url"])) in self._read().pairs

    def add(self, draft: EventDraft) -> None:
        """Note the post that a draft, now recorded, gives to its publication."""
        if self._posts is not None:
            _add(self._posts, draft.key, draft.name, draft.data)

    def _account(self, channel_name: str) -> tuple[str, str, str]:
        channel = self._channels.channels.get(channel_name)
        return (channel.network, channel.account.casefold(), channel.host) if channel else ("", channel_name, "")

    def _read(self) -> _Posts:
        if self._posts is None:
            self._posts = _Posts()
            for key, history in self._ledger.histories.items():
                for event in history.events:
                    _add(self._posts, key, event.name, event.data)
        return self._posts


@dataclass(frozen=True, slots=True)
class _AnyOf:
    """Several collections as one, without copying them."""

    collections: tuple[Container[str], ...]

    def __contains__(self, value: object) -> bool:
        return any(value in collection for collection in self.collections)


def _add(posts: _Posts, key: str, event_name: str, data: Mapping[str, object]) -> None:
    if event_name not in ("sent", "carried"):
        return
    id, url = str(data.get("id") or ""), str(data.get("url") or "")
    posts.pairs.add((id, url))
    posts.ids.setdefault(split_key(key)[1], set()).update(filter(None, (id, url)))
    posts.addresses.update(filter(None, (url,)))
