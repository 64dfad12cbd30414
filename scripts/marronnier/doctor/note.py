"""What an examination found, in one sentence, with what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

NoteState = Literal["fine", "note", "later", "wrong", "open", "unknown"]
"""`later`: it could not be examined now. `wrong`: somebody must correct it before anything is sent.

Of the forge's settings: `open` is not done yet, `unknown` could not be read.
"""


@dataclass(frozen=True, slots=True)
class Note:
    """One result of an examination."""

    state: NoteState
    message: str
    next: str = ""
