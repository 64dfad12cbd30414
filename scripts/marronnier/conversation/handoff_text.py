"""What a person needs who posts by hand, as pieces of an issue: all words of the post stand in blocks of code."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.conversation.marked_text import lines_block, link
from marronnier.messages import _
from marronnier.networks.kit.seam import Handoff
from marronnier.text.markdown_code import code_span


def handoff_pieces(handoff: Handoff) -> Iterator[str]:
    """The composer, the texts to copy, the pictures to save, and what is to be chosen."""
    if handoff.composer:
        yield _("Open where {network} takes posts: {address}", network=handoff.network, address=link(handoff.composer))
    for label, text in handoff.texts:
        yield _("Copy this. {label}:", label=label)
        yield lines_block(text.split("\n"))
    if handoff.pictures:
        lines = (f"- {code_span(picture.path)}" + (f" · {code_span(picture.alt)}" if picture.alt else "") for picture in handoff.pictures)
        yield _("Save these from the repository and add them there, each with its alternative text:") + "\n" + "\n".join(lines)
    if handoff.choices:
        yield _("To be chosen there:") + "\n" + "\n".join(f"- {choice}" for choice in handoff.choices)
