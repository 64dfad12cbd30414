"""Words that the brand must never say."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from marronnier.checks import word_rules
from marronnier.checks.text_spans import MOST
from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level
from marronnier.timetable.written_times import is_idea

if TYPE_CHECKING:
    from marronnier.text.phrases import Phrase

LEVEL: Level = "error"
ALLOWABLE = True


def check(view: View) -> Iterator[Finding]:
    """All that posts say, hashtags and code too; in an idea it is only a notice."""
    if not view.desk.voice.banned:
        return
    from marronnier.text import masks
    from marronnier.text.phrases import compile_phrase

    banned = [
        (name, one, sought)
        for name, one in view.desk.voice.banned.items()
        for words in one.words
        if (sought := compile_phrase(words, compounds=True)) is not None
    ]
    for post in view.posts:
        lowered = word_rules.lowercase_source(post)
        wanted = [(name, one, sought) for name, one, sought in banned if sought.may_occur_in(lowered)]
        for passage in view.passages(post) if wanted else ():
            if passage.kind == "link":
                continue
            text = masks.mask(passage.text, [*masks.address_spans(passage.text), *masks.mention_spans(passage.text)])
            for name, one, sought in wanted:
                if word_rules.language_matches(one.lang, passage.lang):
                    for start, end in _places(sought, text, tag=passage.kind == "tag"):
                        yield Finding(
                            "banned-word",
                            "notice" if is_idea(post) else LEVEL,
                            passage.place(start),
                            _(
                                "“{words}” is written, and `{name}` in brand/voice.yml bans it",
                                words=word_rules.one_line_excerpt(passage.text[start:end]),
                                name=name,
                            ),
                            word_rules.without_full_stop(one.why) or _("other words"),
                            _("say it without these words"),
                        )


def _places(sought: Phrase, text: str, *, tag: bool) -> list[tuple[int, int]]:
    """Where it stands; several words are found as one hashtag too."""
    from marronnier.text import entities, hashtags

    found = list(islice(sought.find_spans(text), MOST))
    joined = hashtags.to_hashtag(sought.words).casefold()
    if tag and not found and hashtags.to_hashtag(text).casefold() == joined:
        return [(0, len(text))]
    for mark in entities.find_hashtags(text)[:MOST]:
        if mark.text[1:].casefold() == joined and not any(start < mark.end and mark.start < end for start, end in found):
            found.append((mark.start, mark.end))
    return found
