"""The accounts that Galaxy Social's posts mention, as entries of `brand/handles.yml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from marronnier.desk.post_parser import numbered_slugs, slugify
from marronnier.importers.tools.galaxy_social.accounts import PluginAccount

_BLUESKY_SUFFIX = ".bsky.social"
_PROFILE_URL = re.compile(r"https?://[^/]+/(?:profile/|@|company/|in/)?([^/?#]+)/?")


class MentionedHandles:
    """Everybody whom the posts mention. Accounts of the same name on several networks are taken for one person or organisation."""

    def __init__(self) -> None:
        self._handles: dict[str, dict[str, str]] = {}
        self._names: dict[str, str] = {}

    def add_mention(self, account: PluginAccount, text: str) -> str:
        """Add a mention as posts of that account write it, and return the handle as its network writes it."""
        handle = full_handle(account, text)
        local = handle.lstrip("@").partition("@")[0].partition(":")[0].removesuffix(_BLUESKY_SUFFIX)

        def is_free(name: str) -> bool:
            known = self._handles.get(name, {}).get(account.network, handle)
            return known == handle or _normalized(known) == _normalized(handle)

        name = next(filter(is_free, numbered_slugs(slugify(local))))
        self._handles.setdefault(name, {}).setdefault(account.network, handle)
        self._names.setdefault(name, local)
        return handle

    @property
    def handles(self) -> Mapping[str, Mapping[str, Any]]:
        """Entries of `brand/handles.yml`, by name. Galaxy Social does not say which of them are persons."""
        return {name: {"name": self._names[name], "on": dict(on)} for name, on in sorted(self._handles.items())}


def full_handle(account: PluginAccount, text: str) -> str:
    """A handle as its network writes it in full."""
    bare = text.strip()
    if profile := _PROFILE_URL.fullmatch(bare):
        host = bare.partition("://")[2].partition("/")[0]
        bare = f"{profile[1]}@{host}" if account.network == "mastodon" else profile[1]
    bare = bare.lstrip("@")
    if account.network == "mastodon" and "@" not in bare and account.host:
        bare = f"{bare}@{account.host}"
    return f"@{bare}"


def _normalized(handle: str) -> str:
    """The handle as it is compared: a host may be written in its own script or in ASCII."""
    local, at, host = handle.casefold().lstrip("@").partition("@")
    if not host:
        return local
    import idna

    try:
        return f"{local}{at}{idna.encode(host, uts46=True).decode()}"
    except idna.IDNAError:
        return f"{local}{at}{host}"
