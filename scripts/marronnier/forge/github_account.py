"""Accounts as GitHub tells them."""

from __future__ import annotations

from typing import Any

from marronnier.forge.account import ForgeAccount
from marronnier.forge.github import identifier, member


def read_account(said: Any) -> ForgeAccount | None:
    """An account; None for one that is gone. Its ghost has the number of nobody who works here."""
    number, login, name = identifier(member(said, "id")), member(said, "login"), member(said, "name")
    if number is None or not isinstance(login, str):
        return None
    return ForgeAccount(number, login, name if isinstance(name, str) else "", member(said, "type") != "User")
