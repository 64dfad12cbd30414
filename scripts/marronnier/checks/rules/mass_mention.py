"""A word that calls everybody at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from marronnier.checks.text_spans import MOST, TextSpan
from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level
from marronnier.text import invisible_characters
from marronnier.timetable.written_times import is_idea

LEVEL: Level = "error"
ALLOWABLE = True

# Discord: @everyone, @here, <@&role>, <@user> (https://discord.com/developers/docs/reference#message-formatting);
# Slack: <!channel>, <!here>, <!everyone>, <!subteam^…>, <@U…> (https://docs.slack.dev/messaging/formatting-message-text);
# Matrix: @room (https://spec.matrix.org/latest/client-server-api/#user-and-room-mentions);
# Telegram groups and their bots, Facebook groups and Teams in our languages: @all, @tous, @iedereen, @team. Seen 2026-11-22.
_NAMES = "everyone|here|channel|room|all|team|tous|toutes|tout le monde|iedereen|allemaal|الجميع"
_CALL = re.compile(
    rf"(?<![\w@./])[@＠](?:{_NAMES})(?![\w-]|@\w|\.\w)|<!(?:channel|here|everyone|group)\b[^<>\n]*>|<!subteam\^[^<>\n]*>|<@[&!]?[A-Z0-9]{{5,}}(?:\|[^<>\n]*)?>",
    re.IGNORECASE,
)
_SIGN = re.compile(rf"[@＠][*_~`\\\[]*(?:{_NAMES})|<[!@]|&(?:#|commat|lt)|\\u00|\\x", re.IGNORECASE)
"""What every call has, however it is spelled: a quick look at a whole file."""
_SPOKEN = frozenset({"title", "words", "alt", "option", "comment", "warning"})


def check(view: View) -> Iterator[Finding]:
    """All that posts say, as typed and as networks will read it."""
    known = {f"@{name}" for name in view.desk.handles.handles}
    for post in view.posts:
        if view.memory.is_known_clean("mass-mention", post, _may_call):
            continue
        for passage in view.passages(post):
            if passage.kind in _SPOKEN:
                for start, call in _calls(passage):
                    if call.casefold() not in known:
                        yield _finding(passage, start, call, "notice" if is_idea(post) else LEVEL)


def _may_call(text: str) -> bool:
    return any(sign in text for sign in "@＠<&\\") and _SIGN.search(text) is not None


def _calls(passage: TextSpan) -> list[tuple[int, str]]:
    """Where each call begins, and how it reads; what only comes about when Markdown is read stands where its word does."""
    found = [(one.start(), one[0]) for one in islice(_CALL.finditer(passage.text), MOST)]
    if passage.kind != "words" or not set(passage.text) & set("@＠&\\"):
        return found
    from marronnier.text.plain_text import to_plain_text

    typed = [call for _start, call in found]
    for one in islice(_CALL.finditer(to_plain_text(passage.text)), MOST):
        if one[0] in typed:
            typed.remove(one[0])
            continue
        spelled = [start for start, _end, said in invisible_characters.html_entities(passage.text) if said in "@＠<"]
        at = passage.text.find(one[0].lstrip("@＠"))
        found.append((spelled[0] if spelled else max(at, 0), one[0]))
    return found


def _finding(passage: TextSpan, start: int, call: str, level: Level) -> Finding:
    return Finding(
        "mass-mention",
        level,
        passage.place(start),
        _("`{call}` calls everybody of a channel, or somebody by the code of one network", call=call),
        _("words that call nobody who did not ask for it"),
        _("name whom you mean, or take the sign before the word out"),
    )
