"""Kinds of servers with Mastodon's API: what is known of each, and which one answers at an address.

A server says what it is by NodeInfo (https://nodeinfo.diaspora.software/protocol, seen 2026-11-27) and by its instance's version.
Where the two contradict each other, or say nothing that is known here, nothing is assumed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from marronnier.messages import N_, _, format_length
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.facts import ServerSoftware
from marronnier.networks.kit.fediverse.client import FediverseClient, as_mapping
from marronnier.networks.kit.fediverse.toot_length import LINK_LENGTH, Counting
from marronnier.text import length_units
from marronnier.web import InvalidAnswer, Web

ALL = frozenset({"public", "unlisted", "private", "direct"})
"""Every visibility of a toot, as the API names them."""
KEYED_SETTLE = timedelta(seconds=60)
"""A server that remembers keys makes no second toot within the hour: only copies of its database may follow late."""
KEYLESS_SETTLE = timedelta(minutes=10)
"""A toot has come 8 seconds after its connection was cut (seen 2026-11-27), and behind a queue it may take minutes."""

PlainText = Literal["always", "when asked", "no", "not known"]
"""Whether words are shown as they are sent. `no`: the server reads them as Markdown, and cannot be asked otherwise."""


@dataclass(frozen=True, slots=True)
class ServerKind:
    """What is known of a kind of server. The defaults are those of a kind that nobody here has met."""

    name: str = ""
    """As people write it; empty when the kind is not known."""
    source: str = ""
    """The URL where this was read, or of the software that was tried."""
    seen: str = ""
    lists: frozenset[str] = frozenset()
    """The visibilities that its list of an account's own toots surely shows to that account."""
    counting: Counting | None = None
    """None when it is not known how the server counts."""
    plain_text: PlainText = "not known"
    settle: timedelta = KEYLESS_SETTLE
    """Real time after the last attempt before a toot that is not listed counts as not sent."""


_MASTODON = ServerKind(
    "Mastodon",
    "https://github.com/mastodon/mastodon/blob/main/app/models/account_statuses_filter.rb",
    "2026-11-27",
    lists=ALL,
    counting=Counting("graphemes", LINK_LENGTH),
    plain_text="always",
    settle=KEYED_SETTLE,
)
KINDS: Mapping[str, ServerKind] = {
    "mastodon": _MASTODON,
    "hometown": ServerKind("Hometown", "https://github.com/hometown-fork/hometown", "2026-11-27", ALL, _MASTODON.counting, "always", KEYED_SETTLE),
    # Its accounts may choose Markdown for toots that name no type.
    "glitch-soc": ServerKind("glitch-soc", "https://github.com/glitch-soc/mastodon", "2026-11-27", ALL, _MASTODON.counting, "when asked", KEYED_SETTLE),
    # Tried 2026-11-27 at 57cb4fe: 5,000 family emoji are refused, a link counts in full, an account's default may be Markdown.
    # That its list shows every visibility to the author was read in internal/processing/account/statuses.go, and not tried.
    "gotosocial": ServerKind(
        "GoToSocial", "https://codeberg.org/superseriousbusiness/gotosocial", "2026-11-27", ALL, Counting("codepoints", None), "when asked"
    ),
    # Tried 2026-11-27 at 0.11: the list omits followers-only and direct toots even for their author.
    "takahe": ServerKind(
        "Takahē", "https://github.com/jointakahe/takahe/blob/main/api/views/accounts.py", "2026-11-27",
        frozenset({"public", "unlisted"}), Counting("codepoints", None), "always",
    ),
    # Its list is that of the public timeline; `*words*` become emphasis. Tried 2026-11-22 at 2.75.
    "snac": ServerKind(
        "snac", "https://codeberg.org/grunfink/snac2/src/branch/master/mastoapi.c", "2026-11-27", frozenset({"public"}), None, "no"
    ),
    "pleroma": ServerKind("Pleroma", "https://docs-develop.pleroma.social/backend/development/API/differences_in_mastoapi_responses/", "2026-11-27", plain_text="when asked"),
    "akkoma": ServerKind("Akkoma", "https://docs.akkoma.dev/stable/development/API/differences_in_mastoapi_responses/", "2026-11-27", plain_text="when asked"),
}  # fmt: skip
"""By the name of the software in NodeInfo."""
UNKNOWN = ServerKind()

_PLAIN_TEXT: Mapping[PlainText, str] = {
    "always": N_("always"),
    "when asked": N_("when it is asked to"),
    "no": N_("no: it reads Markdown"),
    "not known": N_("not known"),
}


def server_software() -> tuple[ServerSoftware, ...]:
    """What is known of each kind, for people."""
    return tuple(
        ServerSoftware(
            kind.name,
            kind.source,
            kind.seen,
            {
                _("How it counts"): _counting_text(kind.counting),
                _("Shows us which of our posts"): _listed_text(kind.lists),
                _("Words stay as they are"): _(_PLAIN_TEXT[kind.plain_text]),
                _("Absence proves after"): format_length(kind.settle),
            },
        )
        for kind in KINDS.values()
    )


def _counting_text(counting: Counting | None) -> str:
    if counting is None:
        return _("not known")
    unit = _(length_units.UNITS[counting.unit].name)
    if counting.link is None:
        return _("{unit}, links in full", unit=unit)
    return _("{unit}, a link as {count}", unit=unit, count=counting.link)


def _listed_text(lists: frozenset[str]) -> str:
    if lists == ALL:
        return _("all")
    names = ["followers" if name == "private" else name for name in ("public", "unlisted", "private", "direct") if name in lists]
    return ", ".join(names) or _("not known")


_VERSIONS = (
    (re.compile(r"^\d+\.\d+\.\d+\S*\+glitch"), "glitch-soc"),
    (re.compile(r"\(compatible; (Pleroma|Akkoma) ", re.IGNORECASE), ""),
    (re.compile(r"really (snac)/", re.IGNORECASE), ""),
    (re.compile(r"^(takahe)/", re.IGNORECASE), ""),
    (re.compile(r"\+(hometown)", re.IGNORECASE), ""),
)
"""What the version of an instance tells, where it tells the software."""
_SOURCES = {
    "github.com/mastodon/mastodon": "mastodon",
    "github.com/glitch-soc/mastodon": "glitch-soc",
    "github.com/superseriousbusiness/gotosocial": "gotosocial",
    "codeberg.org/superseriousbusiness/gotosocial": "gotosocial",
}
"""The page of the software that an instance of API version 2 names."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that was asked what it is."""

    kind: ServerKind
    software: str
    """The name it gives itself; empty when it gives none."""
    instance: Mapping[str, Any] = field(default_factory=dict)
    """What it says of itself: limits, domain, version."""

    @property
    def configuration(self) -> Mapping[str, Any]:
        """Its limits, under the names of API version 2."""
        instance = self.instance
        return as_mapping(instance.get("configuration")) or {"statuses": {"max_characters": instance.get("max_toot_chars")}}


_servers: WeakKeyDictionary[Web, dict[str, Server]] = WeakKeyDictionary()
"""The servers that a run has asked before it sent to them."""


def known_server(client: FediverseClient, web: Web) -> Server:
    """The server, asked once a run. Raises Locked or Wait."""
    servers = _servers.setdefault(web, {})
    if client.base not in servers:
        servers[client.base] = ask_server(client)
    return servers[client.base]


def ask_server(client: FediverseClient) -> Server:
    """The server, asked now. Raises Locked or Wait."""
    instance: Mapping[str, Any] = {}
    for path in ("/api/v2/instance", "/api/v1/instance"):
        if instance := _read_object(client, path):
            break
    version = instance.get("version")
    software, told = _software(client), _told_by_instance(instance)
    if software == "mastodon" and told in ("glitch-soc", "hometown"):
        software = told
    if (software and told and software != told) or (software == "mastodon" and not _is_plain_version(version)):
        return Server(UNKNOWN, software, instance)
    software = software or told
    return Server(KINDS.get(software, UNKNOWN), software, instance)


def _is_plain_version(version: object) -> bool:
    """Whether it is a version of Mastodon, and not one of a server that is compatible with it."""
    return isinstance(version, str) and re.fullmatch(r"\d+\.\d+\.\d+[0-9A-Za-z.+~-]*", version) is not None


def _told_by_instance(instance: Mapping[str, Any]) -> str:
    version = instance.get("version")
    for pattern, name in _VERSIONS:
        if match := pattern.search(version if isinstance(version, str) else ""):
            return name or match[1].lower()
    source = instance.get("source_url")
    address = source.partition("://")[2].rstrip("/").lower() if isinstance(source, str) else ""
    return _SOURCES.get(address, "")


def _software(client: FediverseClient) -> str:
    """The software's name by NodeInfo, in lower case; empty where there is none."""
    links = _read_object(client, "/.well-known/nodeinfo").get("links")
    for link in reversed(links if isinstance(links, list) else []):
        href = as_mapping(link).get("href")
        try:
            # Only the path counts: what another host says proves nothing about this one.
            path = urlsplit(href).path if isinstance(href, str) else ""
        except ValueError:
            continue
        if re.fullmatch(r"/[A-Za-z0-9./_-]{1,100}", path):
            name = as_mapping(_read_object(client, path).get("software")).get("name")
            if isinstance(name, str) and re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 _-]{0,40}", name):
                return name.lower()
    return ""


def _read_object(client: FediverseClient, path: str) -> Mapping[str, Any]:
    """The JSON object at a path; empty when the server has none there. Raises Wait when it cannot answer now."""
    answer = client.request_unchecked("GET", path, publishes=False)
    if answer.status == 429 or answer.status >= 500:
        outcomes.raise_for_answer(answer, None, publishes=False, reason=client.error_reason(answer))
    if answer.status != 200:
        return {}
    try:
        return as_mapping(answer.json())
    except InvalidAnswer:
        return {}
