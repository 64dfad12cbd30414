"""One comment of ours in a conversation: written once, found again by its hidden line and its author, and updated in place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from marronnier.conversation.marked_text import fields_of, marked
from marronnier.forge import Comment, Conversations, ForgeTrouble


def ours(conversations: Conversations, thread: int, kind: str, **fields: object) -> Sequence[Comment]:
    """Our comments of a kind below an issue or pull request with these fields, the oldest first. Raises ForgeTrouble."""
    wanted = {name: str(value) for name, value in fields.items()}
    return sorted(
        (comment for comment in conversations.comments(thread) if comment.is_ours and _has(comment, kind, wanted)),
        key=lambda comment: comment.id,
    )


def _has(comment: Comment, kind: str, wanted: Mapping[str, str]) -> bool:
    told = fields_of(kind, comment.text)
    return told is not None and wanted.items() <= told.items()


def keep_one(
    conversations: Conversations,
    thread: int,
    kind: str,
    text: str,
    wanted: Mapping[str, object],
    *,
    extra: Mapping[str, object] | None = None,
    stays: Callable[[Mapping[str, str]], bool] = lambda _fields: False,
) -> None:
    """Make a text the one comment of ours of its kind with the wanted fields. Raises ForgeTrouble.

    What stands there already stays where `stays` says so of its fields: another job wrote it, and knows more.
    Where an answer is lost, looking tells whether the comment is there. Of two that were written at the same moment the older stays.
    """
    whole = marked(kind, text, **{**wanted, **(extra or {})})
    found = ours(conversations, thread, kind, **wanted)
    if not found:
        try:
            conversations.say(thread, whole)
        except ForgeTrouble as error:
            if not error.may_have_happened or not ours(conversations, thread, kind, **wanted):
                raise
        found = ours(conversations, thread, kind, **wanted)
    for comment in found[:1]:
        if comment.text.replace("\r\n", "\n") != whole and not stays(fields_of(kind, comment.text) or {}):
            conversations.replace_comment(comment.id, whole)
    for comment in found[1:]:
        conversations.remove_comment(comment.id)
