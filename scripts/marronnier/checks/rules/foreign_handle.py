"""A handle that is none on its network, and would mention nobody."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.checks.levels import level_for_post
from marronnier.checks.view import TimetableLine, View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level, Place
from marronnier.networks.kit.word_abilities import RecognizesMentions
from marronnier.text import entities
from marronnier.text.plain_text import to_plain_text

LEVEL: Level = "warning"
ALLOWABLE = True
_FILE = "brand/handles.yml"


def check(view: View) -> Iterator[Finding]:
    """The mentions in every publication to come, each once a post, with the channels on which it is no mention; a notice in an idea."""
    found: dict[tuple[str, str], list[TimetableLine]] = {}
    for line in view.lines.pending:
        if "@" not in line.post.text:
            continue
        network = view.channels.networks[view.desk.channels.channels[line.channel_name].network]
        if not isinstance(network, RecognizesMentions):
            continue
        words = view.lines.publication(line).words
        # In code, a handle is shown as typed on purpose.
        texts = [to_plain_text(text, shield_code=True) for text in (words.text, words.first_comment) if "@" in text]
        mentions = [mention.text for text in texts for mention in entities.find_mentions(text)]
        for mention in dict.fromkeys((*mentions, *words.mentions)):
            if _has_host(mention) and not network.is_mention(mention):
                found.setdefault((line.post.path, mention), []).append(line)
    for (path, mention), lines in found.items():
        channels = ", ".join(dict.fromkeys(f"`{line.channel_name}`" for line in lines))
        message = _("{handle} is a handle of another network: it mentions nobody on {channels}", handle=mention, channels=channels)
        expected = _("a handle as each network writes its own")
        next = _(
            "name it in brand/handles.yml with its account on each network, or write words of their own under `## @{channel}`",
            channel=lines[0].channel_name,
        )
        yield Finding("foreign-handle", level_for_post(lines[0].post, LEVEL), _place(lines[0], path, mention), message, expected, next)
    yield from _accounts(view)


def _accounts(view: View) -> Iterator[Finding]:
    """The accounts of `brand/handles.yml` that are none on their network: posts would show them as they are typed."""
    used = {channel.network for channel in view.desk.channels.channels.values()}
    for name, handle in view.desk.handles.handles.items():
        for key, account in handle.on.items():
            network = view.channels.networks.get(key) if key in used else None
            if not isinstance(network, RecognizesMentions) or network.is_mention(f"@{account.removeprefix('@')}"):
                continue
            message = _("{handle} is no handle of {network}: posts would show it as typed, and mention nobody", handle=account, network=_(network.NAME))  # fmt: skip
            expected = _("a handle as each network writes its own")
            next = _("correct it as the page of the network shows it, or delete it: posts then show the name")
            yield Finding("foreign-handle", LEVEL, view.desk.place(_FILE, "handles", name, "on", key), message, expected, next)


def _has_host(mention: str) -> bool:
    """Whether a mention names a server or a domain; the rule `unknown-handle` reports the others."""
    return "." in mention or mention.count("@") > 1


def _place(line: TimetableLine, path: str, mention: str) -> Place:
    """Where a handle is written in the file; the first line of the words when it comes from another file."""
    body = line.post.variants[0].line
    lines = line.post.text.split("\n")
    for start in (body - 1, 0):
        for number in range(start, len(lines)):
            if (at := lines[number].find(mention)) >= 0:
                return Place(path, number + 1, at + 1)
    return Place(path, body)
