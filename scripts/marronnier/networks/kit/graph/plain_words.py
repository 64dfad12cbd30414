"""The words of a post where a network has plain text, no content warnings and no threads."""

from __future__ import annotations

from marronnier.model.publication import Words
from marronnier.text import entities, hashtags, threads, urls, utm
from marronnier.text.plain_text import to_plain_text


def whole_text(words: Words, *, link: bool) -> str:
    """All parts of a post as one text, as `end_of_text` ends it."""
    return warned(words, end_of_text(words, "\n\n".join(filter(None, map(to_plain_text, threads.split_parts(words.text)))), link=link))


def end_of_text(words: Words, text: str, *, link: bool, poll: bool = True) -> str:
    """A text with the options of a poll, the mentions it lacks, where asked for the link it lacks, and the hashtags."""
    present = {entity.text.casefold() for entity in entities.find_mentions(text)}
    mentions = [name for name in dict.fromkeys(f"@{name.removeprefix('@')}" for name in words.mentions) if name.casefold() not in present]
    options = [f"• {option}" for option in words.poll] if poll else []
    address = words.link if link and urls.is_web_url(words.link) and not utm.contains_link(text, words.link) else ""
    closed = "\n\n".join(piece for piece in (text, "\n".join(options), " ".join(mentions), address) if piece)
    return hashtags.place_hashtags(closed, words.tags, "end")


def warned(words: Words, text: str) -> str:
    """A text that its content warning begins."""
    return f"⚠️ {words.warning}\n\n{text}".rstrip("\n") if words.warning not in ("", "true") else text
