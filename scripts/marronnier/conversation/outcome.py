"""What became of one command of a comment, as the answer tells it."""

from __future__ import annotations

from dataclasses import dataclass

from marronnier.messages import Trouble
from marronnier.text.markdown_code import plain_or_code


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one command."""

    is_done: bool
    told: str
    """Markdown in which people's words stand in code."""

    @classmethod
    def refused(cls, why: str, next: str = "") -> Outcome:
        """Nothing was done; both sentences may quote people."""
        return cls(False, "\n".join((plain_or_code(why), *((f"→ {plain_or_code(next)}",) if next else ()))))

    @classmethod
    def of_trouble(cls, trouble: Trouble) -> Outcome:
        """Nothing was done, for the reason that the same command in a terminal would give."""
        return cls.refused(trouble.message, trouble.next)
