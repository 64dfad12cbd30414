"""The rules: what is wrong with what people wrote, and what to do about it."""

from __future__ import annotations

from marronnier.checks.engine import run

__all__ = ["run"]
