"""What is known of Discord: its limits, formats and abilities, for a bot and for a webhook."""

from __future__ import annotations

from dataclasses import replace

from marronnier.messages import N_
from marronnier.networks.kit.chat.marked_parts import PollLimits
from marronnier.networks.kit.facts import DocumentLimits, Fact, Facts, Has, Lacks, OneOf, VideoLimits

_DOCS = "https://discord.com/developers/docs"
_MESSAGE = f"{_DOCS}/resources/message"
_WEBHOOK = f"{_DOCS}/resources/webhook"
_REFERENCE = f"{_DOCS}/reference"
_MARKDOWN = "https://support.discord.com/hc/en-us/articles/210298617-Markdown-Text-101"
_SEEN = "2026-11-27"
_SEEN_VIDEOS = "2026-11-28"
_NO_OTHER_FORM = N_("a message on Discord has one form: write `format: post`")

MAX_TEXT = 2000
MAX_PICTURE_BYTES = 10 << 20
MAX_REQUEST_BYTES = 24 << 20
"""All pictures of a message; Discord's own limit of a request is 25 MiB. https://discord.com/developers/docs/reference#uploading-files, seen 2026-11-27"""
MAX_LARGE_FILES = 2
"""Videos and documents of a message: of ten MiB each, two fit into one request beside pictures."""
MAX_PICTURE_SIDE = 4096
"""Ours: nothing tells a limit in pixels."""
POLL = PollLimits(10, 300, 55, (60, 32 * 24 * 60))
"""https://discord.com/developers/docs/resources/poll, seen 2026-11-27"""

_PLAYED = "https://apify.com/quarrywise/video-compress-to-size/examples/compress-video-10mb-discord.md"
VIDEO = VideoLimits(
    containers=OneOf(("mp4", "webm"), _PLAYED, _SEEN_VIDEOS, mark="unverified"),
    codecs=OneOf(("h264", "vp9"), _PLAYED, _SEEN_VIDEOS, mark="unverified"),
    captions=Lacks(N_("Discord takes no captions in a file of their own")),
    size=Fact(MAX_PICTURE_BYTES, f"{_REFERENCE}#uploading-files", _SEEN, unit="bytes"),
    alone=False,
)
"""Any file is taken; what is played within a message stands in none of Discord's own pages that were read. WebM with VP9: github.com/djkato/n-mb."""

DOCUMENT = DocumentLimits(size=Fact(MAX_PICTURE_BYTES, f"{_REFERENCE}#uploading-files", _SEEN, unit="bytes"))

FACTS = Facts(
    text=Fact(MAX_TEXT, f"{_MESSAGE}#create-message", _SEEN, unit="codepoints"),
    media=Fact(10, f"{_REFERENCE}#uploading-files", _SEEN, unit=N_("files")),
    alt=Fact(1024, f"{_MESSAGE}#attachment-object", _SEEN),
    thread=Fact(50, f"{_DOCS}/topics/rate-limits", _SEEN, unit=N_("posts")),
    poll=Fact(POLL.options, f"{_DOCS}/resources/poll", _SEEN, unit=N_("options")),
    video=VIDEO,
    document=DOCUMENT,
    formats={
        "post": Has(f"{_MESSAGE}#create-message", _SEEN),
        "story": Lacks(N_("Discord has no stories")),
        "reel": Lacks(_NO_OTHER_FORM),
        "carousel": Has(f"{_REFERENCE}#uploading-files", _SEEN, N_("up to ten pictures, side by side")),
        "short": Lacks(_NO_OTHER_FORM),
        "document": Has(f"{_REFERENCE}#uploading-files", _SEEN, N_("one PDF")),
        "article": Lacks(N_("Discord has no articles: link to one")),
    },
    abilities={
        "card": Has(f"{_MESSAGE}#embed-object", _SEEN, N_("made by Discord")),
        "mentions": Has(f"{_REFERENCE}#message-formatting", _SEEN, N_("people by their number; never everyone or a role")),
        "markup": Has(_MARKDOWN, _SEEN, N_("bold, italics, struck out, code and named links; lists are lines"), mark="second-hand"),
        "first_comment": Has(f"{_MESSAGE}#message-reference-structure", _SEEN, N_("as a reply")),
        "warning": Has(_MARKDOWN, _SEEN, N_("a line before the words; pictures are covered"), mark="unverified"),
        "language": Lacks(N_("Discord does not ask in which language a message is")),
        "visibility": Lacks(N_("who reads a channel is set on the server")),
        "edit": Has(f"{_MESSAGE}#edit-message", _SEEN, N_("readers see that it was edited")),
        "delete": Has(f"{_MESSAGE}#delete-message", _SEEN),
        "schedule": Lacks(N_("Discord does not schedule messages")),
        "counters": Has(f"{_MESSAGE}#reaction-object", _SEEN, N_("reactions, and messages of a thread that people began; no views")),
    },
    quotas=(Fact(50, f"{_DOCS}/topics/rate-limits", _SEEN, unit=N_("requests a second")),),
)  # fmt: skip
"""The unit of the text is code points by the word of Discord's staff: github.com/discord/discord-api-docs/issues/1315, seen 2026-11-27."""

WEBHOOK_FACTS = replace(
    FACTS,
    thread=Fact(30, f"{_DOCS}/topics/rate-limits", _SEEN, unit=N_("posts"), mark="unverified"),
    abilities={
        **FACTS.abilities,
        "first_comment": Has(f"{_WEBHOOK}#execute-webhook", _SEEN, N_("as the next message: a webhook cannot reply")),
        "edit": Has(f"{_WEBHOOK}#edit-webhook-message", _SEEN, N_("readers see that it was edited")),
        "delete": Has(f"{_WEBHOOK}#delete-webhook-message", _SEEN),
    },
)
