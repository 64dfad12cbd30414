"""What went out under a key that is gone, and stands in the calendar under another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from marronnier.model.history import vanished_keys
from marronnier.model.publication import publication_key, split_key
from marronnier.text import similarity
from marronnier.text.similarity import SimilarityIndex

if TYPE_CHECKING:
    from marronnier.checks.view import TimetableLine, View


def renamed_publications(view: View) -> Mapping[str, TimetableLine]:
    """The keys that are gone, each with the publication still to come that has its words."""
    if not view.histories or view.desk.only is not None:
        return {}
    gone = vanished_keys(view.histories, lambda key: _is_present(view, key))
    return dict(_moved(view, gone)) if gone else {}


def _is_present(view: View, key: str) -> bool:
    """Whether the calendar has that publication, under whichever name its channel had, or may have it in a file that cannot be read."""
    if key in view.timetable.instants:
        return True
    post_id, channel_name, occurrence = split_key(key)
    return post_id in view.desk.unreadable_posts.values() or any(
        publication_key(post_id, name, occurrence) in view.timetable.instants for name in view.desk.expand((channel_name,))
    )


def _moved(view: View, gone: Mapping[str, list[str]]) -> Iterator[tuple[str, TimetableLine]]:
    heard: dict[str, SimilarityIndex[tuple[str, str]]] = {}
    for was, keys in gone.items():
        for name in view.desk.expand((was,)):
            for key in keys:
                if (text := view.histories[key].sent_text(view.payload)) is not None:
                    heard.setdefault(name, SimilarityIndex()).add((key, text), similarity.shingles(text))
    for line in (*view.waiting, *view.ahead):
        history = view.histories.get(line.key)
        if line.channel_name not in heard or (history is not None and history.maybe_sent):
            continue
        # What is written and what went out share most runs of words; only where they do is it composed and compared.
        near = list(heard[line.channel_name].find_candidates(similarity.shingles(view.variant(line.post, line.channel_name).text)))
        text = "\n".join(part.text for part in view.lengths.parts(view.publication(line))) if near else ""
        for key, before in near:
            if split_key(key)[0] != line.post.id and similarity.is_similar(before, text):
                yield key, line
