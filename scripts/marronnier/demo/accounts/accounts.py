"""The servers of all channels of a brand that name one on this machine, and what reaching them needs."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from marronnier.demo.accounts.server import HOST
from marronnier.model.brand import Channel

_VALUE = "demo"
"""Of every secret: nothing is protected here."""


@dataclass(frozen=True, slots=True)
class LocalAccounts:
    """Servers that answer."""

    secrets: Mapping[str, str]
    """The variables that `env:` of their channels names, with a value for each."""
    moved: Mapping[str, str]
    """Where a server answers that could not have the address of `brand/channels.yml`, by that address."""

    def moved_text(self, text: str) -> str:
        """A text with the addresses at which they answer."""
        for before, after in self.moved.items():
            text = text.replace(before, after)
        return text


@contextmanager
def local_accounts(folder: Path, channels: Mapping[str, Channel]) -> Iterator[LocalAccounts]:
    """Answer for the channels that name a server on this machine, until the end of the `with`. `folder` remembers what is posted there."""
    secrets: dict[str, str] = {}
    moved: dict[str, str] = {}
    with ExitStack() as servers:
        for name, channel in channels.items():
            host, _colon, port = channel.host.partition(":")
            module = f"{__package__}.{channel.network}"
            if host != HOST or not port.isdigit() or importlib.util.find_spec(module) is None:
                continue
            server = servers.enter_context(importlib.import_module(module).SERVER(folder / name, channel.account).running(int(port)))
            secrets |= dict.fromkeys(channel.env.values(), _VALUE)
            if server.host != channel.host:
                moved[channel.host] = server.host
        yield LocalAccounts(secrets, moved)
