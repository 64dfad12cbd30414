"""The accounts of Galaxy Social's `plugins.yml`, as channels for `brand/channels.yml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from marronnier.desk.post_parser import slugify
from marronnier.files.document import Document
from marronnier.importers.bundle import Remark, UniqueNames
from marronnier.messages import _

FILE = "plugins.yml"

_SECRET_NAMES = {"access_token": "token"}
"""Names of secrets that differ: Galaxy Social's, and that of our networks."""
_DEFAULT_HOSTS = {"bluesky": "bsky.social"}
"""The hosts of networks whose channels name none."""
_SECRET_PARTS = ("token", "password", "secret", "api_key", "webhook")
_DEFAULT_LENGTHS = {"mastodon": 500, "bluesky": 300, "linkedin": 3000, "slack": 40000}
"""Default lengths of its plugins (`lib/plugins/*.py`, seen 2026-11-25). Another length in the file is a limit of the account."""
_WRITTEN = frozenset({"mastodon", "bluesky", "linkedin", "matrix", "slack"})
"""The networks of its plugins that have an account here."""
_SLACK_ID = re.compile(r"[CG][A-Z0-9]{5,20}")
"""A channel's id: https://docs.slack.dev/reference/objects/conversation-object, seen 2026-11-27"""
_CARRIED_SETTINGS = frozenset({"base_url", "username", "account_url", "max_content_length", "room_id", "channel_id", "org_id"})


@dataclass(frozen=True, slots=True)
class PluginAccount:
    """One account of that tool."""

    name: str
    network: str
    host: str
    """The host of its instance; empty where the file gives none."""
    max_length: int
    """The most characters of a message there; 0 where it is not known."""


class PluginAccounts:
    """The accounts by the name that posts use, in small letters, as that tool compares names."""

    def __init__(self, document: Document, remarks: list[Remark]) -> None:
        self._accounts: dict[str, PluginAccount] = {}
        self._names: dict[str, str] = {}
        self.channels: dict[str, Mapping[str, Any]] = {}
        self._remarks = remarks
        names = UniqueNames()
        plugins = document.data.get("plugins")
        for finding in document.findings:
            remarks.append(Remark(f"{FILE}:{finding.place.line}", finding.message, left_behind=False))
        for plugin in plugins if isinstance(plugins, list) else []:
            if isinstance(plugin, Mapping) and isinstance(plugin.get("name"), str) and isinstance(plugin.get("class"), str):
                self._add(plugin, names)
            else:
                remarks.append(Remark(FILE, _("an account without a name or a class is not imported")))

    def __contains__(self, name: str) -> bool:
        return name in self._accounts

    def get(self, name: str) -> PluginAccount:
        """The account of that name; for one that the file lacks, an account whose network is the beginning of its name."""
        return self._accounts.get(name, PluginAccount(name, name.partition("-")[0], "", 0))

    def channel_name(self, name: str) -> str:
        """The name of its channel."""
        return self._names.get(name) or slugify(name)

    def _add(self, plugin: Mapping[str, Any], names: UniqueNames) -> None:
        name = plugin["name"].casefold()
        if name in self._accounts:
            self._remarks.append(Remark(f"{FILE}: {name}", _("a second account of that name is not imported")))
            return
        config = plugin.get("config")
        config = {str(key): str(value) for key, value in config.items() if value is not None} if isinstance(config, Mapping) else {}
        network = (plugin["class"].rpartition(".")[0].rpartition(".")[2] or plugin["class"]).casefold()
        host = urlsplit(config.get("base_url", "")).hostname or urlsplit(config.get("account_url", "")).hostname or ""
        max_length = (
            int(config["max_content_length"]) if config.get("max_content_length", "").isdigit() else _DEFAULT_LENGTHS.get(network, 0)
        )
        self._accounts[name] = PluginAccount(name, network, host, max_length)
        self._names[name] = channel_name = names.reserve(name)
        account = _account_name(network, host, config)
        if not account and network in _WRITTEN:
            self._remarks.append(Remark(f"{FILE}: {name}", _missing_account(network, config), left_behind=False))
        channel: dict[str, Any] = {"network": network}
        if account:
            channel["account"] = account
        if network == "matrix":
            host = urlsplit(config.get("base_url", "")).netloc.rpartition("@")[2]
        if host and host != _DEFAULT_HOSTS.get(network, account.partition(":")[2] if network == "matrix" else host):
            channel["host"] = host
        if secrets := self._secret_variables(name, config):
            channel["env"] = secrets
        if max_length and max_length != _DEFAULT_LENGTHS.get(network):
            channel["limits"] = {"text": max_length}
        if str(plugin.get("enabled", "true")).casefold() in ("false", "no", "off"):
            channel["paused"] = _("it was disabled in Galaxy Social")
        self.channels[channel_name] = channel

    def _secret_variables(self, name: str, config: Mapping[str, str]) -> dict[str, str]:
        """The variables that hold its secrets, by the name of the secret. A secret itself is never carried over."""
        variables = {}
        for key, value in config.items():
            if value.startswith("$"):
                variables[_SECRET_NAMES.get(key, key)] = value[1:].strip("{}")
            elif any(part in key.casefold() for part in _SECRET_PARTS):
                self._remarks.append(
                    Remark(
                        f"{FILE}: {name}: {key}", _("a secret is written there in plain text: it is not imported, and should be replaced")
                    )
                )
            elif key not in _CARRIED_SETTINGS:
                self._remarks.append(Remark(f"{FILE}: {name}: {key}", _("this setting is not imported: it has no equivalent here")))
        return variables


def _account_name(network: str, host: str, config: Mapping[str, str]) -> str:
    """The account as our network reads it; empty where the file does not say, or only a part."""
    address = urlsplit(config.get("account_url", ""))
    last_segment = address.path.rstrip("/").rpartition("/")[2].lstrip("@")
    match network:
        case "mastodon":
            return f"@{last_segment}@{host}" if last_segment and host else ""
        case "bluesky":
            return config.get("username", "").lstrip("@") if not config.get("username", "").startswith("$") else last_segment
        case "linkedin":
            # Its plugin posts as the page of that number: `lib/plugins/linkedin.py`, seen 2026-11-28.
            return f"urn:li:organization:{config['org_id']}" if config.get("org_id", "").isdigit() else ""
        case "matrix":
            # An address of matrix.to has the room behind its `#`: https://spec.matrix.org/latest/appendices/#matrixto-navigation, seen 2026-11-28.
            given = (config.get("room_id", ""), unquote(address.fragment.removeprefix("/").partition("?")[0]))
            return next((room for room in given if room.startswith(("!", "#"))), "")
        case "slack":
            # The id alone names no workspace; an address of the channel, or of the workspace, does.
            channel_id = config.get("channel_id", "") or last_segment
            is_known = (address.hostname or "").endswith(".slack.com") and _SLACK_ID.fullmatch(channel_id)
            return f"https://{address.hostname}/archives/{channel_id}" if is_known else ""
    return next((config[key] for key in ("room_id", "channel_id", "org_id", "account_url") if config.get(key)), "")


def _missing_account(network: str, config: Mapping[str, str]) -> str:
    """What a person still writes, with what the file has of it."""
    if network == "slack" and _SLACK_ID.fullmatch(config.get("channel_id", "")):
        return _(
            "it names the channel {id}, and not its workspace: write `account: https://YOURS.slack.com/archives/{id}`",
            id=config["channel_id"],
        )
    given = (config.get(key, "") for key in ("org_id", "room_id", "channel_id", "account_url"))
    if told := next((value for value in given if value and not value.startswith("$")), ""):
        return _("it does not say whose account it is, only {what}: write `account:`", what=told)
    return _("it does not say whose account it is: write `account:`")
