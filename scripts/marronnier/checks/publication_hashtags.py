"""The hashtags of publications: those of their front matter and campaign, and those in their words."""

from __future__ import annotations

from marronnier.model.publication import Publication
from marronnier.text import entities, hashtags
from marronnier.text.plain_text import to_plain_text


def hashtags_of(publication: Publication) -> dict[str, str]:
    """The hashtags of a publication without `#`, each once, by their case-folded form."""
    words = publication.words
    typed = [mark.text[1:] for mark in entities.find_hashtags(to_plain_text(words.text))] if "#" in words.text or "＃" in words.text else []
    from_tags = [hashtags.to_hashtag(tag) for tag in words.tags]
    return {tag.casefold(): tag for tag in reversed((*typed, *from_tags)) if tag}


def normalized(tag: str) -> str:
    """The form in which two spellings of a hashtag are equal: `#Fête de quartier` and `FêteDeQuartier`."""
    return hashtags.to_hashtag(tag).casefold()
