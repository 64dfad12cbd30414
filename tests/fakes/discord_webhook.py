"""The stage of Discord's webhook: the server is that of `fakes.discord`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fakes.discord import Discord, DiscordStage


@contextmanager
def stage(folder: Path, monkeypatch: Any) -> Iterator[DiscordStage]:
    """A fresh server for the contract."""
    with Discord(folder, hook=True).running() as server:
        yield DiscordStage(server)
