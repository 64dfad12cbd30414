"""Publications that went out under a key that is gone, and stand in the calendar under another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from marronnier.model.publication import publication_key, split_key
from marronnier.text import similarity
from marronnier.text.similarity import SimilarityIndex

if TYPE_CHECKING:
    from marronnier.checks.length_limits import LengthLimits
    from marronnier.checks.view.lines import TimetableLine, TimetableLines
    from marronnier.checks.view.texts import PostTexts


def renamed_publications(lines: TimetableLines, texts: PostTexts, lengths: LengthLimits) -> Mapping[str, TimetableLine]:
    """Each key that is gone, with the publication that has its words and never went out: upcoming, or past with its file renamed."""
    histories = lines.situation.histories
    from marronnier.model.history import vanished_keys

    gone = vanished_keys(histories, lambda key: _is_present(lines, key))
    return dict(_matches(lines, texts, lengths, gone)) if gone else {}


def _is_present(lines: TimetableLines, key: str) -> bool:
    """Whether the calendar has a publication, under any name its channel had, or may have it in a file that cannot be read."""
    instants, desk = lines.situation.timetable.instants, lines.situation.desk
    if key in instants or key.rpartition("@")[0] in desk.over:
        return True
    post_id, channel_name, occurrence = split_key(key)
    return post_id in desk.unreadable_posts.values() or any(
        publication_key(post_id, name, occurrence) in instants for name in desk.expand((channel_name,))
    )


def _matches(
    lines: TimetableLines, texts: PostTexts, lengths: LengthLimits, gone: Mapping[str, list[str]]
) -> Iterator[tuple[str, TimetableLine]]:
    """`gone`: the keys that are gone, by the name their channel had."""
    situation = lines.situation
    sent: dict[str, SimilarityIndex[tuple[str, str]]] = {}
    for former_name, keys in gone.items():
        for name in situation.desk.expand((former_name,)):
            for key in keys:
                if (text := situation.histories[key].sent_text(situation.payload)) is not None:
                    sent.setdefault(name, SimilarityIndex()).add((key, text), similarity.shingles(text))
    for line in (*lines.when_approved, *lines.upcoming, *lines.past_unsent):
        history = situation.histories.get(line.key)
        if line.channel_name not in sent or (history is not None and history.maybe_sent):
            continue
        # Composing is slow: the Markdown tells which of the sent texts are near enough to be compared.
        near = list(sent[line.channel_name].find_candidates(similarity.shingles(texts.variant(line.post, line.channel_name).text)))
        text = "\n".join(part.text for part in lengths.parts(lines.publication(line))) if near else ""
        for key, sent_text in near:
            if split_key(key)[0] != line.post.id and similarity.is_similar(sent_text, text):
                yield key, line
