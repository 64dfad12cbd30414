"""Whom Galaxy Social's posts mention, as lines of `brand/handles.yml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from marronnier.desk.post_parser import slugify
from marronnier.importers.accounts import PluginAccount

_AT_BLUESKY = ".bsky.social"
_PROFILE = re.compile(r"https?://[^/]+/(?:profile/|@|company/|in/)?([^/?#]+)/?")


class MentionedHandles:
    """Everybody mentioned so far: those with the same name on several networks are taken for one."""

    def __init__(self) -> None:
        self._on: dict[str, dict[str, str]] = {}
        self._said: dict[str, str] = {}

    def add(self, account: PluginAccount, text: str) -> str:
        """One mention, as posts of that account write it; gives the handle as its network does."""
        handle = full(account, text)
        local = handle.lstrip("@").partition("@")[0].partition(":")[0]
        local = local.removesuffix(_AT_BLUESKY)
        name, number = slugify(local), 1
        while (there := self._on.setdefault(name, {})).get(account.network, handle) != handle and _other(there[account.network], handle):
            number += 1
            name = f"{slugify(local)}-{number}"
        there.setdefault(account.network, handle)
        self._said.setdefault(name, local)
        return handle

    @property
    def handles(self) -> Mapping[str, Mapping[str, Any]]:
        """Their lines, by name. Who of them is a person, that tool does not say."""
        return {name: {"name": self._said[name], "on": dict(on)} for name, on in sorted(self._on.items())}


def full(account: PluginAccount, text: str) -> str:
    """A handle as its network writes it in full."""
    bare = text.strip()
    if found := _PROFILE.fullmatch(bare):
        host = bare.partition("://")[2].partition("/")[0]
        bare = f"{found[1]}@{host}" if account.network == "mastodon" else found[1]
    bare = bare.lstrip("@")
    if account.network == "mastodon" and "@" not in bare and account.host:
        bare = f"{bare}@{account.host}"
    return f"@{bare}"


def _other(one: str, two: str) -> bool:
    """Whether two handles are those of two accounts: a host may be written in its own script or in ASCII."""
    return _folded(one) != _folded(two)


def _folded(handle: str) -> str:
    local, at, host = handle.casefold().lstrip("@").partition("@")
    if not host:
        return local
    import idna

    try:
        return f"{local}{at}{idna.encode(host, uts46=True).decode()}"
    except idna.IDNAError:
        return f"{local}{at}{host}"
