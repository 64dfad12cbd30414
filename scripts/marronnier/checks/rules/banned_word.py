"""Words that the brand must never say."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from marronnier.checks import speech
from marronnier.checks.passages import MOST
from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level
from marronnier.timetable.written import is_idea

if TYPE_CHECKING:
    from marronnier.text.phrases import Phrase

LEVEL: Level = "error"
ALLOWABLE = True


def check(view: View) -> Iterator[Finding]:
    """All that posts say, hashtags and code too; in an idea it is only a notice."""
    if not view.desk.voice.banned:
        return
    from marronnier.text import untouched
    from marronnier.text.phrases import phrase

    banned = [
        (name, one, sought)
        for name, one in view.desk.voice.banned.items()
        for words in one.words
        if (sought := phrase(words, compounds=True)) is not None
    ]
    for post in view.posts:
        lowered = speech.lowered(post)
        wanted = [(name, one, sought) for name, one, sought in banned if sought.may_be_in(lowered)]
        for passage in view.passages(post) if wanted else ():
            if passage.kind == "link":
                continue
            text = untouched.blank(passage.text, [*untouched.addresses(passage.text), *untouched.names(passage.text)])
            for name, one, sought in wanted:
                if speech.is_in(one.lang, passage.lang):
                    for start, end in _places(sought, text, tag=passage.kind == "tag"):
                        yield Finding(
                            "banned-word",
                            "notice" if is_idea(post) else LEVEL,
                            passage.place(start),
                            _(
                                "“{words}” is written, and `{name}` in brand/voice.yml bans it",
                                words=speech.shown(passage.text[start:end]),
                                name=name,
                            ),
                            speech.sentence(one.why) or _("other words"),
                            _("say it without these words"),
                        )


def _places(sought: Phrase, text: str, *, tag: bool) -> list[tuple[int, int]]:
    """Where it stands; several words are found as one hashtag too."""
    from marronnier.text import hashtags, marks

    found = list(islice(sought.places(text), MOST))
    joined = hashtags.tag(sought.words).casefold()
    if tag and not found and hashtags.tag(text).casefold() == joined:
        return [(0, len(text))]
    for mark in marks.hashtags(text)[:MOST]:
        if mark.text[1:].casefold() == joined and not any(start < mark.end and mark.start < end for start, end in found):
            found.append((mark.start, mark.end))
    return found
