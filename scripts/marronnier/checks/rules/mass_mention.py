"""A mention that notifies everybody, like `@everyone`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from marronnier.checks import word_matching
from marronnier.checks.levels import level_for_post
from marronnier.checks.text_spans import MAX_FINDINGS, TextSpan
from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level
from marronnier.text import invisible_characters

LEVEL: Level = "error"
ALLOWABLE = True
ENDS_WITH_SENDING = True

# Discord: @everyone, @here, <@&role>, <@user> (https://discord.com/developers/docs/reference#message-formatting);
# Slack: <!channel>, <!here>, <!everyone>, <!subteam^…>, <@U…> (https://docs.slack.dev/messaging/formatting-message-text);
# Matrix: @room (https://spec.matrix.org/latest/client-server-api/#user-and-room-mentions);
# Telegram groups and their bots, Facebook groups and Teams in our languages: @all, @tous, @iedereen, @team. Seen 2026-11-22.
# Discourse: the groups of every forum, @here and @all (https://meta.discourse.org/t/automatic-groups, from memory, not verified).
_NAMES = "everyone|here|channel|room|all|team|staff|moderators|admins|trust_level_[0-4]|tous|toutes|tout le monde|iedereen|allemaal|الجميع"
_MENTION = re.compile(
    rf"(?<![\w@./])[@＠](?:{_NAMES})(?![\w-]|@\w|\.\w)|<!(?:channel|here|everyone|group)\b[^<>\n]*>|<!subteam\^[^<>\n]*>|<@[&!]?[A-Z0-9]{{5,}}(?:\|[^<>\n]*)?>",
    re.IGNORECASE,
)
_POSSIBLE_MENTION = re.compile(rf"[@＠][*_~`\\\[]*(?:{_NAMES})|<[!@]|&(?:#|commat|lt)|\\u00|\\x", re.IGNORECASE)
"""A quick test of a whole file: every mass mention matches, however it is written."""


def check(view: View) -> Iterator[Finding]:
    """Every text of every post, as typed and as networks will read it."""
    known = {f"@{name}" for name in view.desk.handles.handles}
    for post in view.posts:
        if view.is_known_clean("mass-mention", post, _may_mention):
            continue
        for span in view.texts.spans(post):
            if span.kind in word_matching.SPOKEN:
                for start, mention in _find_mass_mentions(span):
                    if mention.casefold() not in known:
                        yield _finding(span, start, mention, level_for_post(post, LEVEL))


def _may_mention(text: str) -> bool:
    return any(sign in text for sign in "@＠<&\\") and _POSSIBLE_MENTION.search(text) is not None


def _find_mass_mentions(span: TextSpan) -> list[tuple[int, str]]:
    """Start and text of each mass mention. One that only the rendered Markdown has is placed at its word."""
    mentions = [(match.start(), match[0]) for match in islice(_MENTION.finditer(span.text), MAX_FINDINGS)]
    if span.kind != "words" or not set(span.text) & set("@＠&\\"):
        return mentions
    from marronnier.text.plain_text import to_plain_text

    literal = [mention for _start, mention in mentions]
    for match in islice(_MENTION.finditer(to_plain_text(span.text)), MAX_FINDINGS):
        if match[0] in literal:
            literal.remove(match[0])
            continue
        escaped = [start for start, _end, character in invisible_characters.html_entities(span.text) if character in "@＠<"]
        position = span.text.find(match[0].lstrip("@＠"))
        mentions.append((escaped[0] if escaped else max(position, 0), match[0]))
    return mentions


def _finding(span: TextSpan, start: int, mention: str, level: Level) -> Finding:
    message = _("`{call}` notifies everybody in a channel, or is a code of one network", call=mention)
    expected = _("a text that notifies only the people it names")
    next = _("name the people you mean, or remove the mention")
    return Finding("mass-mention", level, span.place(start), message, expected, next)
