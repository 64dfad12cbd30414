"""What is known of Telegram: its limits, formats and abilities, for a bot in a channel or a group."""

from __future__ import annotations

from marronnier.messages import N_
from marronnier.networks.kit.chat.marked_parts import PollLimits
from marronnier.networks.kit.facts import DocumentLimits, Fact, Facts, Has, Lacks, OneOf, VideoLimits

_API = "https://core.telegram.org/bots/api"
_SEEN = "2026-11-27"
_PACE = "https://docs.python-telegram-bot.org/en/stable/telegram.constants.html#telegram.constants.FloodLimit"
_NO_OTHER_FORM = N_("a bot sends messages only: write `format: post`")

MAX_CAPTION = 1024
"""UTF-16 units of the words under pictures. https://core.telegram.org/bots/api#sendphoto, seen 2026-11-27"""
MAX_ENTITIES = 100
"""https://github.com/tdlib/telegram-bot-api/issues/820, seen 2026-11-27: one source, not Telegram's own pages"""
MAX_PICTURE_BYTES = 10_000_000
MAX_VIDEO_BYTES = 50_000_000
MAX_PICTURE_SIDE = 5000
"""Width and height together are at most 10,000 pixels. https://core.telegram.org/bots/api#sendphoto, seen 2026-11-27"""
POLL = PollLimits(12, 300, 100, (1, 2628000 // 60))
"""https://core.telegram.org/bots/api#sendpoll, seen 2026-11-27"""
DELETABLE_HOURS = 48
"""https://core.telegram.org/bots/api#deletemessage, seen 2026-11-27"""

VIDEO = VideoLimits(
    containers=OneOf(("mp4",), f"{_API}#sendvideo", _SEEN),
    codecs=OneOf(("h264",), f"{_API}#sendvideo", _SEEN, mark="unverified"),
    captions=Lacks(N_("Telegram takes no captions in a file of their own")),
    size=Fact(MAX_VIDEO_BYTES, f"{_API}#sendvideo", _SEEN, unit="bytes"),
    alone=False,
)
DOCUMENT = DocumentLimits(size=Fact(MAX_VIDEO_BYTES, f"{_API}#senddocument", _SEEN, unit="bytes"))

FACTS = Facts(
    text=Fact(4096, f"{_API}#sendmessage", _SEEN, unit="utf16", mark="second-hand"),
    media=Fact(10, f"{_API}#sendmediagroup", _SEEN, unit=N_("files")),
    alt=Lacks(N_("Telegram has no alternative texts: say in the words what a picture shows")),
    thread=Fact(20, _PACE, _SEEN, unit=N_("posts"), mark="second-hand"),
    poll=Fact(POLL.options, f"{_API}#sendpoll", _SEEN, unit=N_("options")),
    video=VIDEO,
    document=DOCUMENT,
    formats={
        "post": Has(f"{_API}#sendmessage", _SEEN),
        "story": Lacks(N_("a bot sends no stories to a channel")),
        "reel": Lacks(_NO_OTHER_FORM),
        "carousel": Has(f"{_API}#sendmediagroup", _SEEN, N_("an album of two to ten pictures")),
        "short": Lacks(_NO_OTHER_FORM),
        "document": Has(f"{_API}#senddocument", _SEEN, N_("one PDF")),
        "article": Lacks(N_("Telegram has no articles: link to one")),
    },
    abilities={
        "card": Has(f"{_API}#linkpreviewoptions", _SEEN, N_("made by Telegram, of the link of the post")),
        "mentions": Has(f"{_API}#messageentity", _SEEN, N_("accounts with a public name")),
        "markup": Has(f"{_API}#messageentity", _SEEN, N_("bold, italics, struck out, code and named links; lists are lines")),
        "first_comment": Has(f"{_API}#replyparameters", _SEEN, N_("as a reply")),
        "warning": Has(f"{_API}#sendphoto", _SEEN, N_("a line before the words; pictures are covered")),
        "language": Lacks(N_("Telegram does not ask in which language a message is")),
        "visibility": Lacks(N_("who reads a channel or a group is set there")),
        "edit": Has(f"{_API}#editmessagetext", _SEEN, N_("words, and a single picture; no polls")),
        "delete": Has(f"{_API}#deletemessage", _SEEN, N_("within 48 hours, in some chats later too")),
        "schedule": Lacks(N_("the Bot API does not schedule messages")),
        "counters": Lacks(N_("the Bot API tells neither views nor reactions of a message")),
    },
    quotas=(
        Fact(20, _PACE, _SEEN, unit=N_("messages a minute in a group"), mark="second-hand"),
        Fact(1, _PACE, _SEEN, unit=N_("message a second in a chat"), mark="second-hand"),
    ),
)  # fmt: skip
"""The unit of the limit is disputed: one live probe found code points (github.com/FerroxLabs/wayland/issues/934), two others UTF-16 units
(github.com/NousResearch/hermes-agent/issues/8698, github.com/yincongcyincong/MuseBot/issues/7). What fits in UTF-16 units fits in both."""
