"""The hashtags of publications: those of their front matter and campaign, and those that stand in their words."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from marronnier.checks.view import TimetableLine, View
from marronnier.model.publication import Publication
from marronnier.text import entities, hashtags
from marronnier.text.plain_text import to_plain_text


def upcoming_publications(view: View, matters: Callable[[TimetableLine], bool]) -> Iterator[Publication]:
    """The publications not out yet that matter; of a repeat one on each channel, for its occurrences say the same."""
    told: set[tuple[str, str]] = set()
    for line in view.lines:
        if not matters(line) or view.is_sent(line.key) or (line.occurrence is not None and (line.post.id, line.channel_name) in told):
            continue
        told.add((line.post.id, line.channel_name))
        yield view.publication(line)


def hashtags_of(publication: Publication) -> dict[str, str]:
    """Its hashtags without `#`, each once, by what makes two of them the same."""
    words = publication.words
    typed = [mark.text[1:] for mark in entities.find_hashtags(to_plain_text(words.text))] if "#" in words.text or "＃" in words.text else []
    made = [hashtags.to_hashtag(tag) for tag in words.tags]
    return {tag.casefold(): tag for tag in reversed((*typed, *made)) if tag}


def normalized(tag: str) -> str:
    """What makes two hashtags the same, however they are written: `#Fête de quartier` and `FêteDeQuartier`."""
    return hashtags.to_hashtag(tag).casefold()
