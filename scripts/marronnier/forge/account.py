"""An account on the forge."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ForgeAccount:
    """An account on the forge, known by a number that never passes to another person."""

    number: int
    login: str
    """How it is called now."""
    name: str = ""
    """What its person calls themselves; empty where the forge does not tell."""
    is_robot: bool = False
