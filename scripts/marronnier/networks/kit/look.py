"""How people see a post on a network: what its preview is drawn after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol, runtime_checkable

from marronnier.model.brand import Channel
from marronnier.networks.kit.facts import Fact


@dataclass(frozen=True, slots=True)
class Look:
    """A network's own way to show a post."""

    form: Literal["post", "chat", "mail"] = "post"
    """A post under its author · a message in a room · a mail with its head. What has HTML is an article, but in a mail."""
    pictures: Literal["grid", "slides", "stack"] = "grid"
    """Several pictures as tiles that are cropped · one at a time, to be swiped · one below the other."""
    has_pictures_first: bool = False
    """Whether pictures stand above the words."""
    fold: Fact | None = None
    """After about how many characters the words are folded: no vendor tells it. None where they are not."""
    fold_lines: int = 0
    """After how many lines they are folded where that comes first; 0 where only characters are known."""
    avatar: Literal["round", "square"] = "round"


class Profile(NamedTuple):
    """Whom people see as the author of a channel's posts."""

    name: str = ""
    """Empty for the brand's own name."""
    handle: str = ""
    """What stands below the name; empty where the network shows nothing there."""
    to: str = ""
    """To whom it goes, where people see that."""


@runtime_checkable
class HasLook(Protocol):
    """A network whose previews look like it. One without it shows a post under its author."""

    LOOK: Look


@runtime_checkable
class HasProfile(Protocol):
    """A network on which people see something else than `account:` below the author's name."""

    def profile(self, channel: Channel) -> Profile:
        """Whom people see as the author of a channel's posts. Pure."""
        ...


def fold_position(text: str, look: Look) -> int | None:
    """Where a text folds, at the end of a word; None where all of it is seen at once. About there: characters are code points here."""
    if look.fold is None:
        return None
    ends = [look.fold.value]
    at = -1
    for _line in range(look.fold_lines):
        at = text.find("\n", at + 1)
        if at < 0:
            break
    if look.fold_lines and at >= 0:
        ends.append(at)
    end = min(ends)
    if end >= len(text.rstrip()):
        return None
    while end > 0 and not text[end].isspace():
        end -= 1
    return end or None
