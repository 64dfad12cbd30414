"""A mention or hashtag in code that is live on a network without code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from marronnier.checks.levels import level_for_post
from marronnier.checks.view import TimetableLine, View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level, Place
from marronnier.networks.kit.word_abilities import LacksCode, RecognizesMentions
from marronnier.text import entities
from marronnier.text.entities import Entity
from marronnier.text.plain_text import to_plain_text

LEVEL: Level = "warning"
ALLOWABLE = True


def check(view: View) -> Iterator[Finding]:
    """The code in every publication to come, each mention and hashtag once a post, with the channels on which it is live; a notice in an idea."""
    found: dict[tuple[str, str], list[TimetableLine]] = {}
    for line in view.lines.pending:
        if "`" not in line.post.text and "~~~" not in line.post.text and "\n    " not in line.post.text:
            continue
        network = view.channels.networks[view.desk.channels.channels[line.channel_name].network]
        if not isinstance(network, LacksCode):
            continue
        words = view.lines.publication(line).words
        for text in (words.text, words.first_comment):
            for name in _in_code(text, entities.find_mentions):
                if not isinstance(network, RecognizesMentions) or network.is_mention(name):
                    found.setdefault((line.post.path, name), []).append(line)
            for name in _in_code(text, entities.find_hashtags):
                found.setdefault((line.post.path, name), []).append(line)
    for (_path, name), lines in found.items():
        channels = ", ".join(dict.fromkeys(f"`{line.channel_name}`" for line in lines))
        message = (
            _("`{name}` stands in code, and mentions that account on {channels} all the same", name=name, channels=channels)
            if name[0] == "@"
            else _("`{name}` stands in code, and is a hashtag on {channels} all the same", name=name, channels=channels)
        )
        expected = _("code that nobody is called by")
        next = _(
            "write it without its first sign under `## @{channel}`, or write why it may be so: `allow: {{live-in-code: the reason}}`",
            channel=lines[0].channel_name,
        )
        yield Finding("live-in-code", level_for_post(lines[0].post, LEVEL), _place(lines[0], name), message, expected, next)


def _in_code(markdown: str, find: Callable[[str], Iterable[Entity]]) -> Iterable[str]:
    """The entities of a text that only its code has, each once."""
    plain, shielded = to_plain_text(markdown), to_plain_text(markdown, shield_code=True)
    if plain == shielded:
        return ()
    return Counter(entity.text for entity in find(plain)) - Counter(entity.text for entity in find(shielded))


def _place(line: TimetableLine, name: str) -> Place:
    """Where it is written in the file: in the words, else in the front matter."""
    post = line.post
    lines = post.text.split("\n")
    for start in (post.variants[0].line - 1, 0):
        for number in range(start, len(lines)):
            if (at := lines[number].find(name)) >= 0:
                return Place(post.path, number + 1, at + 1)
    return Place(post.path, post.variants[0].line)
