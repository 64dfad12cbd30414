"""The accounts of Galaxy Social's `plugins.yml`, as channels of ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from marronnier.desk.post_parser import slugify
from marronnier.files.document import Document
from marronnier.importers.bundle import PostNames, Remark
from marronnier.messages import _

FILE = "plugins.yml"

_SECRETS = {"access_token": "token"}
"""What that tool calls a secret, and what our networks do, where the two differ."""
_HOSTS = {"bluesky": "bsky.social"}
"""Where accounts are unless a channel says otherwise."""
_SECRET = ("token", "password", "secret", "api_key", "webhook")
_LIMITS = {"mastodon": 500, "bluesky": 300, "linkedin": 3000, "slack": 40000}
"""The lengths that its plugins begin with (`lib/plugins/*.py`, seen 2026-11-25): where one is written that differs, the account's own is meant."""
_USED = frozenset({"base_url", "username", "account_url", "max_content_length", "room_id", "channel_id", "org_id"})


@dataclass(frozen=True, slots=True)
class PluginAccount:
    """One account of that tool."""

    name: str
    network: str
    host: str
    """Where its instance stands; empty where that is not written."""
    most: int
    """The most characters of a message there; 0 where nothing is said."""


class PluginAccounts:
    """All of them, under the names that posts use, in small letters as that tool compares them."""

    def __init__(self, document: Document, remarks: list[Remark]) -> None:
        self._accounts: dict[str, PluginAccount] = {}
        self._names: dict[str, str] = {}
        self.channels: dict[str, Mapping[str, Any]] = {}
        self._remarks = remarks
        names = PostNames()
        listed = document.data.get("plugins")
        for finding in document.findings:
            remarks.append(Remark(f"{FILE}:{finding.place.line}", finding.message, lost=False))
        for plugin in listed if isinstance(listed, list) else []:
            if isinstance(plugin, Mapping) and isinstance(plugin.get("name"), str) and isinstance(plugin.get("class"), str):
                self._add(plugin, names)
            else:
                remarks.append(Remark(FILE, _("an account without a name or a class is not imported")))

    def __contains__(self, name: str) -> bool:
        return name in self._accounts

    def get(self, name: str) -> PluginAccount:
        """The account of that name; for one that nobody wrote down, what its name says."""
        return self._accounts.get(name, PluginAccount(name, name.partition("-")[0], "", 0))

    def channel_of(self, name: str) -> str:
        """What we call it."""
        return self._names.get(name) or slugify(name)

    def _add(self, plugin: Mapping[str, Any], names: PostNames) -> None:
        name = plugin["name"].casefold()
        if name in self._accounts:
            self._remarks.append(Remark(f"{FILE}: {name}", _("a second account of that name is not imported")))
            return
        config = plugin.get("config")
        config = {str(key): str(value) for key, value in config.items() if value is not None} if isinstance(config, Mapping) else {}
        network = (plugin["class"].rpartition(".")[0].rpartition(".")[2] or plugin["class"]).casefold()
        host = urlsplit(config.get("base_url", "")).hostname or urlsplit(config.get("account_url", "")).hostname or ""
        most = int(config["max_content_length"]) if config.get("max_content_length", "").isdigit() else _LIMITS.get(network, 0)
        self._accounts[name] = PluginAccount(name, network, host, most)
        self._names[name] = channel_name = names.free(name)
        account = _account(network, host, config)
        if not account and network in ("mastodon", "bluesky"):
            self._remarks.append(Remark(f"{FILE}: {name}", _("it does not say whose account it is: write `account:`"), lost=False))
        channel: dict[str, Any] = {"network": network}
        if account:
            channel["account"] = account
        if host and host != _HOSTS.get(network, host):
            channel["host"] = host
        if secrets := self._secrets(name, config):
            channel["env"] = secrets
        if most and most != _LIMITS.get(network):
            channel["limits"] = {"text": most}
        if str(plugin.get("enabled", "true")).casefold() in ("false", "no", "off"):
            channel["paused"] = _("it was disabled in Galaxy Social")
        self.channels[channel_name] = channel

    def _secrets(self, name: str, config: Mapping[str, str]) -> dict[str, str]:
        """The variables that hold its secrets. A secret itself is never carried."""
        found = {}
        for key, value in config.items():
            if value.startswith("$"):
                found[_SECRETS.get(key, key)] = value[1:].strip("{}")
            elif any(part in key.casefold() for part in _SECRET):
                self._remarks.append(
                    Remark(
                        f"{FILE}: {name}: {key}", _("a secret is written there in plain text: it is not imported, and should be replaced")
                    )
                )
            elif key not in _USED:
                self._remarks.append(Remark(f"{FILE}: {name}: {key}", _("this setting is not imported: it has no equivalent here")))
        return found


def _account(network: str, host: str, config: Mapping[str, str]) -> str:
    """The account as its network writes it."""
    last = urlsplit(config.get("account_url", "")).path.rstrip("/").rpartition("/")[2].lstrip("@")
    match network:
        case "mastodon":
            return f"@{last}@{host}" if last and host else ""
        case "bluesky":
            return config.get("username", "").lstrip("@") if not config.get("username", "").startswith("$") else last
    return next((config[key] for key in ("room_id", "channel_id", "org_id", "account_url") if config.get(key)), "")
