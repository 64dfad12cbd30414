"""Words that the brand must never say."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from marronnier.checks import word_matching
from marronnier.checks.levels import level_for_post
from marronnier.checks.text_spans import MAX_FINDINGS
from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level

if TYPE_CHECKING:
    from marronnier.text.phrases import Phrase

LEVEL: Level = "error"
ALLOWABLE = True
ENDS_WITH_SENDING = True


def check(view: View) -> Iterator[Finding]:
    """Every text of every post, hashtags and code too; a notice in an idea."""
    if not view.desk.voice.banned:
        return
    from marronnier.text import masks
    from marronnier.text.phrases import compile_phrase

    banned = [
        (name, group, pattern)
        for name, group in view.desk.voice.banned.items()
        for words in group.words
        if (pattern := compile_phrase(words, compounds=True)) is not None
    ]
    for post in view.posts:
        source = word_matching.lowercase_source(post)
        candidates = [(name, group, pattern) for name, group, pattern in banned if pattern.may_occur_in(source)]
        for span in view.texts.spans(post) if candidates else ():
            if span.kind == "link":
                continue
            text = masks.mask(span.text, [*masks.address_spans(span.text), *masks.mention_spans(span.text)])
            for name, group, pattern in candidates:
                if word_matching.language_matches(group.lang, span.lang):
                    for start, end in _find_matches(pattern, text, tag=span.kind == "tag"):
                        message = _(
                            "“{words}” is written, and `{name}` in brand/voice.yml bans it",
                            words=word_matching.one_line_excerpt(span.text[start:end]),
                            name=name,
                        )
                        expected = word_matching.without_full_stop(group.why) or _("other words")
                        next = _("say it without these words")
                        yield Finding("banned-word", level_for_post(post, LEVEL), span.place(start), message, expected, next)


def _find_matches(pattern: Phrase, text: str, *, tag: bool) -> list[tuple[int, int]]:
    """Start and end of each match; several words match as one hashtag too."""
    from marronnier.text import entities, hashtags

    matches = list(islice(pattern.find_spans(text), MAX_FINDINGS))
    joined = hashtags.to_hashtag(pattern.words).casefold()
    if tag and not matches and hashtags.to_hashtag(text).casefold() == joined:
        return [(0, len(text))]
    for mark in entities.find_hashtags(text)[:MAX_FINDINGS]:
        if mark.text[1:].casefold() == joined and not any(start < mark.end and mark.start < end for start, end in matches):
            matches.append((mark.start, mark.end))
    return matches
