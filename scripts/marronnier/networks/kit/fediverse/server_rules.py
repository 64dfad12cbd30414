"""What the server of an account would do to a toot, known before its first part is out: words read as Markdown, and its own count."""

from __future__ import annotations

from collections.abc import Mapping

from marronnier.messages import _
from marronnier.networks.kit.fediverse.client import as_mapping
from marronnier.networks.kit.fediverse.server_kinds import Server
from marronnier.networks.kit.fediverse.toot_length import Counting
from marronnier.networks.kit.seam import Refused, SendRequest
from marronnier.text.plain_text import to_plain_text


def as_plain_text(sending: SendRequest, server: Server) -> Mapping[str, str]:
    """The field that asks the server for plain text; empty where it needs none.

    Raises Refused where the server would show other words than were approved, or may, and cannot be asked.
    """
    kind = server.kind
    if kind.plain_text == "when asked":
        return {"content_type": "text/plain"}
    if kind.plain_text != "always":
        for part in sending.parts or (sending.part,):
            if mark := _markdown_mark(str(part.wire.get("status", ""))):
                raise Refused(
                    _(
                        "{server} reads words as Markdown, and would show these otherwise than they were approved: “{words}”",
                        server=kind.name or _("this server, whose kind is not known, perhaps"),
                        words=mark,
                    )
                )
    # A server of an unknown kind that knows the field obeys it, and any other ignores it.
    return {"content_type": "text/plain"} if kind.plain_text == "not known" else {}


def _markdown_mark(text: str) -> str:
    """The first line that Markdown would show otherwise; empty when there is none."""
    if to_plain_text(text) == text and "~~" not in text and "\n>" not in f"\n{text}":
        return ""
    lines = (line for line in text.split("\n") if to_plain_text(line) != line or "~~" in line or line.startswith(">"))
    line = next(lines, text.partition("\n")[0])
    return line if len(line) <= 60 else f"{line[:59]}…"


def server_counting(server: Server) -> Counting | None:
    """How the server counts; None when that is not known. Mastodon itself says what a link counts."""
    counting = server.kind.counting
    link = as_mapping(server.configuration.get("statuses")).get("characters_reserved_per_url")
    if counting is not None and counting.link is not None and isinstance(link, int) and 0 < link < 10_000:
        return Counting(counting.unit, link)
    return counting


def raise_if_too_long(sending: SendRequest, server: Server) -> None:
    """Raises Refused when the server would refuse a part of this payload for its length: no thread stops half-way for that."""
    counting, most = server_counting(server), as_mapping(server.configuration.get("statuses")).get("max_characters")
    if counting is None or not isinstance(most, int) or isinstance(most, bool) or most < 1:
        return
    for number, part in enumerate(sending.parts or (sending.part,), 1):
        wire = part.wire
        count = counting.full_length(str(wire.get("spoiler_text", ""))) + counting.length(str(wire.get("status", "")))
        if count > most:
            raise Refused(
                _(
                    "part {part}: {server} counts {count} characters, and takes {most}; run `marronnier doctor --write`, then shorten the text",
                    part=number,
                    server=server.kind.name,
                    count=count,
                    most=most,
                )
            )
