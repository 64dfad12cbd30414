"""What every written thing shares: it is frozen, and a key nobody knows is refused."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Written(BaseModel):
    """A thing that people write in YAML.

    The docstring under each attribute is its documentation: `marronnier schema` and the handbook print it.
    Values arrive as texts, lists and mappings of texts (YAML is read without guessing types); pydantic turns them into types.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True, populate_by_name=True)
