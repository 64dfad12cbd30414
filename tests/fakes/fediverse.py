"""Other servers with Mastodon's API, as fakes: each does otherwise what it was seen to do otherwise on 2026-11-27.

with GoToSocial(folder).running() as server: …      # as fakes.mastodon.Mastodon, with the same orders
with Takahe(folder).running() as server: …
with Keyless(folder).running() as server: …         # a kind that nobody here has met: no keys, and it may act late
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fakes.mastodon import Mastodon, rendered


class GoToSocial(Mastodon):
    """Counts code points and whole links, renders Markdown where the account's default says so, knows no keys, tells no scopes."""

    software = "gotosocial"
    version = "0.19.1+git-57cb4fe"
    source_url = "https://codeberg.org/superseriousbusiness/gotosocial"
    markdown = True
    """Whether the account's `source[status_content_type]` is `text/markdown`."""

    def __init__(self, folder: Path | str, **options: Any) -> None:
        super().__init__(folder, **options)
        self.keyless = True
        self.limits = {**self.limits, "max_characters": 5000, "characters_reserved_per_url": 25}

    def wrong(self, request: dict[str, Any]) -> str:
        count = len(str(request.get("spoiler_text", ""))) + len(str(request.get("status", "")))
        if count > (most := self.limits["max_characters"]):
            return f"Bad Request: status too long, {count} characters provided (including spoiler/content warning) but limit is {most}"
        return super().wrong({**request, "status": "x", "spoiler_text": ""} if request.get("status") else request)

    def refusal(self, wrong: str) -> tuple[int, dict[str, str]]:
        return 400, {"error": wrong}

    def rendered(self, request: Mapping[str, Any]) -> str:
        text = str(request.get("status", ""))
        kind = request.get("content_type") or ("text/markdown" if self.markdown else "text/plain")
        return marked_down(text) if kind == "text/markdown" else rendered(text)

    def shown(self, toot: dict[str, Any]) -> dict[str, Any]:
        shown = super().shown(toot)
        for picture in shown["media_attachments"]:
            picture["description"] = re.sub(r"‹[^›]*›", "", picture["description"] or "") or None
        return shown


class Takahe(Mastodon):
    """Lists no followers-only or direct toots, even to their author; answers 400 to a token it does not know; counts code points; shows no language."""

    software = "takahe"
    version = "takahe/0.11.0"
    source_url = None
    lists = frozenset({"public", "unlisted"})

    def __init__(self, folder: Path | str, **options: Any) -> None:
        super().__init__(folder, **options)
        self.keyless = True

    def rejection(self) -> tuple[int, bytes, str]:
        return 400, b"Invalid Bearer token", "text/html; charset=utf-8"

    def wrong(self, request: dict[str, Any]) -> str:
        if len(str(request.get("status", ""))) > self.limits["max_characters"]:
            return "Status is too long"
        return super().wrong({**request, "status": "x"} if request.get("status") else request)

    def refusal(self, wrong: str) -> tuple[int, dict[str, str]]:
        return 400, {"error": wrong}

    def shown(self, toot: dict[str, Any]) -> dict[str, Any]:
        return {**super().shown(toot), "language": None}


class Keyless(Mastodon):
    """A kind of server that nobody here has met. Its list may show anything; `order("late", seconds=2)` makes it act after it was cut off."""

    software: str | None = "chataigne"
    version = "1.0.0"
    source_url = None

    def __init__(self, folder: Path | str, **options: Any) -> None:
        super().__init__(folder, **options)
        self.keyless = True


def marked_down(text: str) -> str:
    """The HTML that a server makes of words that it reads as Markdown: headings, emphasis, lists."""
    lines = []
    for line in text.split("\n"):
        said = html.escape(re.sub(r"\\([#*_])", r"\1", line))
        if heading := re.match(r"(#{1,6}) (.*)", said):
            lines.append(f"<h{len(heading[1])}>{heading[2]}</h{len(heading[1])}>")
        else:
            lines.append("<p>" + re.sub(r"\*(\S(?:.*?\S)?)\*", r"<em>\1</em>", said) + "</p>")
    return "".join(lines)
