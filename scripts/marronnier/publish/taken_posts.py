"""Posts on networks that belong to a publication already, by the ledger: a post with such an id or address is never taken for another publication's."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from marronnier.ledger import EventDraft, Ledger
from marronnier.model.brand import Channels
from marronnier.model.publication import split_key


@dataclass
class _Posts:
    """What a ledger says of the posts that are out."""

    ids: dict[str, set[str]] = field(default_factory=dict)
    """By the name of the channel: two servers may give the same id."""
    addresses: dict[str, str] = field(default_factory=dict)
    """With the key of the publication that is there."""
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
        posts = self._read()
        return _AnyOf((posts.addresses, *(posts.ids.get(name, set()) for name in self._names_of_account(channel_name))))

    def owner(self, address: str, channel_name: str, post_id: Callable[[str], str]) -> str:
        """The key of the publication whose post is at an address; empty when none is. `post_id` gives the id that all its addresses share."""
        posts = self._read()
        if address in posts.addresses:
            return posts.addresses[address]
        id, names = post_id(address), self._names_of_account(channel_name)
        ours = ((known, key) for known, key in posts.addresses.items() if split_key(key)[1] in names)
        return next((key for known, key in ours if post_id(known) == id), "")

    def _names_of_account(self, channel_name: str) -> set[str]:
        """The names, of today and before, of every channel with the account of this one."""
        account = self._account(channel_name)
        same = {name for name in self._channels.channels if self._account(name) == account}
        former = {old for name in same for old in self._channels.channels[name].was}
        return {*same, *former, channel_name}

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
    # Of a post that a person settled only the address is known, and it ends with the id.
    by_hand = urlsplit(id).path.rstrip("/").rpartition("/")[2] if "://" in id else ""
    posts.ids.setdefault(split_key(key)[1], set()).update(filter(None, (id, url, by_hand)))
    if url:
        posts.addresses.setdefault(url, key)
