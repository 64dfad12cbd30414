"""What is known of Slack: its limits, formats and abilities, for a bot and for an incoming webhook."""

from __future__ import annotations

from dataclasses import replace

from marronnier.messages import N_
from marronnier.networks.kit.facts import DocumentLimits, Fact, Facts, Has, Lacks, OneOf, VideoLimits

_DOCS = "https://docs.slack.dev"
_METHODS = f"{_DOCS}/reference/methods"
_SEEN = "2026-11-27"
_FORMATTING = f"{_DOCS}/messaging/formatting-message-text"
_NO_OTHER_FORM = N_("a message on Slack has one form: write `format: post`")
_HOOK = N_("an incoming webhook only sends: it gets no number of what it sent")

MAX_TEXT = 4000
MAX_SECTION = 3000
"""Characters of the words above pictures. https://docs.slack.dev/reference/block-kit/blocks/section-block, seen 2026-11-27"""
MAX_PICTURE_BYTES = 16_000_000
MAX_PICTURE_SIDE = 4096
"""Ours: nothing that was read tells a limit."""

_SHARED = "https://github.com/slackapi/python-slack-sdk/issues/1194"
_FILES = f"{_DOCS}/messaging/working-with-files"
_NO_FILES = N_("an incoming webhook takes no files")
VIDEO = VideoLimits(
    containers=OneOf(("mp4", "mov", "webm"), _FILES, "2026-11-28", mark="unverified"),
    codecs=OneOf(("h264", "vp9"), _FILES, "2026-11-28", mark="unverified"),
    captions=Lacks(N_("Slack takes no captions in a file of their own")),
    size=Fact(1_000_000_000, _FILES, "2026-11-28", unit="bytes", mark="unverified"),
)
"""Any file is taken. What is played within a message, and the size, are from memory: the page tells neither."""

DOCUMENT = DocumentLimits(size=Fact(1_000_000_000, _FILES, "2026-11-28", unit="bytes", mark="unverified"))

FACTS = Facts(
    text=Fact(MAX_TEXT, f"{_METHODS}/chat.update", _SEEN, unit="codepoints", mark="second-hand"),
    media=Fact(10, f"{_DOCS}/reference/block-kit/composition-objects/slack-file-object", "2026-11-28", unit=N_("files"), mark="unverified"),
    alt=Fact(2000, f"{_DOCS}/reference/block-kit/blocks/image-block", "2026-11-28"),
    thread=Fact(999, f"{_METHODS}/conversations.replies", _SEEN, unit=N_("posts"), mark="second-hand"),
    poll=Lacks(N_("Slack has no polls: the options are sent as lines of the message")),
    video=VIDEO,
    document=DOCUMENT,
    formats={
        "post": Has(f"{_METHODS}/chat.postMessage", _SEEN, mark="second-hand"),
        "story": Lacks(N_("Slack has no stories")),
        "reel": Lacks(_NO_OTHER_FORM),
        "carousel": Has(f"{_DOCS}/reference/block-kit/composition-objects/slack-file-object", "2026-11-28", N_("pictures below one another")),
        "short": Lacks(_NO_OTHER_FORM),
        "document": Has(_SHARED, "2026-11-28", N_("one PDF"), mark="second-hand"),
        "article": Lacks(N_("Slack has no articles: link to one")),
    },
    abilities={
        "card": Has(f"{_METHODS}/chat.postMessage", _SEEN, N_("made by Slack"), mark="second-hand"),
        "mentions": Has(_FORMATTING, _SEEN, N_("members by their number")),
        "markup": Has(_FORMATTING, _SEEN, N_("bold, italics, struck out, code and named links; lists are lines")),
        "first_comment": Has(f"{_METHODS}/chat.postMessage", _SEEN, N_("in the thread of the message"), mark="second-hand"),
        "warning": Lacks(N_("Slack covers nothing: a warning is a line before the words")),
        "language": Lacks(N_("Slack does not ask in which language a message is")),
        "visibility": Lacks(N_("who reads a channel is set in the workspace")),
        "edit": Has(f"{_METHODS}/chat.update", _SEEN, N_("readers see that it was edited"), mark="second-hand"),
        "delete": Has(f"{_METHODS}/chat.delete", _SEEN, mark="second-hand"),
        "schedule": Lacks(N_("Slack can, and it is not used: a freeze would not stop it, and a message with the mark by which it is found again never goes out")),
        "counters": Has(f"{_METHODS}/conversations.history", _SEEN, N_("reactions and replies; no views"), mark="unverified"),
    },
    quotas=(Fact(1, f"{_DOCS}/apis/web-api/rate-limits", _SEEN, unit=N_("message a second in a channel")),),
)  # fmt: skip
"""The length is disputed: above 40,000 cut (learn.microsoft.com, Slack connector), above 4,000 split into several messages
(github.com/chainloop-dev/chainloop/issues/272); chat.update takes 4,000. In which unit, nothing that was read tells."""

WEBHOOK_FACTS = replace(
    FACTS,
    media=Lacks(_NO_FILES),
    alt=Lacks(_NO_FILES),
    video=Lacks(_NO_FILES),
    document=None,
    thread=Lacks(N_("an incoming webhook does not learn what to reply to: all is one message")),
    formats={
        **FACTS.formats,
        "post": Has(f"{_DOCS}/messaging/sending-messages-using-incoming-webhooks", _SEEN),
        "carousel": Lacks(_NO_FILES),
        "document": Lacks(_NO_FILES),
    },
    abilities={
        **FACTS.abilities,
        "first_comment": Lacks(N_("an incoming webhook cannot reply: the comment ends the message")),
        "edit": Lacks(_HOOK),
        "delete": Lacks(_HOOK),
        "counters": Lacks(_HOOK),
    },
)
