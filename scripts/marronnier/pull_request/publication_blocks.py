"""The publications of a pull request as their networks will show them, from the very payload that would be sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from marronnier.messages import _, day_and_hour, ngettext
from marronnier.model.publication import Part, Picture
from marronnier.networks.kit.seam import PartContent
from marronnier.plan.diff import describe_instant
from marronnier.pull_request.blocks import Block
from marronnier.pull_request.contents import ChangedPublication, PullRequestContents
from marronnier.text.direction import is_right_to_left
from marronnier.text.first_comment import begins_alike
from marronnier.text.markdown_code import code_span, narrow_code_block, plain_or_code, shortened

FULL_RANK, SHORT_RANK = 30, 10
PHONE_WIDTH = 38
"""Characters of a code block that a phone shows without scrolling (360 pixels wide)."""
_LONGEST_TITLE = 200
_SHORT_TEXT = 80
"""Characters of a text that is told again where another channel has it too."""


def publication_blocks(contents: PullRequestContents) -> Iterator[Block]:
    """A block for each group of publications that look alike, below the title of their post."""
    # Blocks are left out from the last one on, so that what is told above stays above.
    above: dict[tuple[str, str], str] = {}
    for group in _groups(contents.publications):
        first = group[0]
        if first.change.kind == "removed" and not first.is_unreadable:
            continue
        heading = f"#### {_title(first)} · {_channels(group)}"
        short = f"- {_title(first)} · {_channels(group)} · {_when(first, contents)}"
        body = "\n\n".join(filter(None, (heading, _facts(group, contents), *_look(group, above))))
        yield Block(body, FULL_RANK, short, SHORT_RANK, "publication")


def _groups(publications: Iterable[ChangedPublication]) -> list[list[ChangedPublication]]:
    """Publications of one post that say the same on several channels, together."""
    groups: dict[object, list[ChangedPublication]] = {}
    for publication in publications:
        groups.setdefault(_look_key(publication), []).append(publication)
    return list(groups.values())


def _look_key(publication: ChangedPublication) -> object:
    post, payload = publication.change.publication.post, publication.payload
    if payload is None:
        return (post.id, publication.key)
    parts = tuple(
        (part.text, content.title, content.warning, content.poll, content.card, content.tags, content.pictures, content.audience)
        for part, content in zip(payload.parts, publication.contents, strict=True)
    )
    # The occurrences of a repeat say the same at other times.
    at = publication.at if publication.change.publication.occurrence is None else None
    return (post.id, publication.change.kind, at, publication.is_out, parts)


def _title(publication: ChangedPublication) -> str:
    post = publication.change.publication.post
    return code_span(shortened(post.title, _LONGEST_TITLE)) or code_span(post.id)


def _channels(group: Sequence[ChangedPublication]) -> str:
    return ", ".join(dict.fromkeys(code_span(one.change.publication.channel_name) for one in group))


def _when(publication: ChangedPublication, contents: PullRequestContents) -> str:
    instant = publication.change.instant
    if instant.basis == "idea":
        return _("only an idea: it is not sent")
    if instant.basis == "when-approved":
        return _("as soon as it is approved and merged")
    if instant.at is None:
        return plain_or_code(instant.note) if instant.note else _("no date")
    when = day_and_hour(contents.situation.local(instant.at))
    if publication.before is not None and publication.before != instant.at:
        before, after = (describe_instant(at, contents.after.desk) for at in (publication.before, instant.at))
        when = _("from {before} to {after}", before=before, after=after)
    return when if instant.basis in ("written", "repeat") else _("{when}, or the next free place in the queue", when=when)


def _facts(group: Sequence[ChangedPublication], contents: PullRequestContents) -> str:
    """When it goes out, what is new about it, and what holds it back."""
    first = group[0]
    if first.is_unreadable:
        return "❌ " + _("its file cannot be read: correct the errors first")
    times = sorted({one.at for one in group if one.at is not None})
    lines = [f"🗓 {_when(first, contents)} · {_kind(first)}"]
    if len(times) > 1:
        last = day_and_hour(contents.situation.local(times[-1]))
        lines.append(ngettext("and {count} more time, until {last}", "and {count} more times, until {last}", len(times) - 1, last=last))
    if held := [one for one in group if one.hold is not None]:
        lines.append("⏸ " + _("on hold: it does not go out before {command}, by somebody who may approve", command=_release(held)))
    for one in group:
        line = one.line
        has_refusal = line is not None and line.state in ("edited", "past", "missed", "retracted", "unknown", "refused")
        if line is not None and (has_refusal or one.is_out):
            lines.append(f"⚠️ {plain_or_code(line.why)}" + (f" → {plain_or_code(line.next)}" if line.next else ""))
    return "  \n".join(dict.fromkeys(lines))


def _release(held: Sequence[ChangedPublication]) -> str:
    """The comments that end a hold, ready to be copied."""
    return ", ".join(code_span(f"/retry {one.key}") for one in held)


def _kind(publication: ChangedPublication) -> str:
    change = publication.change
    if change.kind == "added":
        return _("new")
    if change.kind == "asked":
        return _("unchanged: a new approval is asked for")
    before = change.before
    if before is not None and before.words == change.digests.words:
        return _("the words stay, the time changes")
    is_on_time = before is not None and before.when == change.digests.when
    if publication.changes_only_media:
        return _("pictures change, words and time stay") if is_on_time else _("pictures and time change, the words stay")
    return _("the words change, the time stays") if is_on_time else _("words and time change")


def _look(group: Sequence[ChangedPublication], above: dict[tuple[str, str], str]) -> Iterator[str]:
    """What people will see on the network, part by part. `above`: by post and text, the channel that shows the same."""
    first = group[0]
    if first.is_unreadable:
        return
    payload = first.payload
    if payload is None:
        network = first.change.publication.channel.network
        yield _("This version cannot send to {network}: the words wait.", network=code_span(network))
        yield _words(first.change.publication.words.text, first.change.publication.words.lang)
        return
    total = len(payload.parts)
    for number, (part, content) in enumerate(zip(payload.parts, first.contents, strict=True)):
        yield from _part(group, number, total, part, content, above)


def _part(
    group: Sequence[ChangedPublication], number: int, total: int, part: Part, content: PartContent, above: dict[tuple[str, str], str]
) -> Iterator[str]:
    first = group[0]
    words = first.change.publication.words
    is_comment = 0 < number == total - 1 and bool(words.first_comment) and begins_alike(part.text, words.first_comment)
    label = _("First comment") if is_comment else _("Part {number} of {total}", number=number + 1, total=total) if total > 1 else ""
    counts = " · ".join(dict.fromkeys(_count(one, number, len(group) > 1) for one in group))
    yield f"**{label}** · {counts}" if label else counts
    if content.title:
        yield _("Title: {title}", title=code_span(content.title))
    if content.warning:
        yield _("Content warning: {warning}", warning=code_span(content.warning))
    if part.text.strip():
        post_id, channel = first.change.publication.post.id, first.change.publication.channel_name
        same = above.setdefault((post_id, part.text), channel)
        is_above = same != channel and len(part.text) > _SHORT_TEXT
        yield _("The same words as on {channel}.", channel=code_span(same)) if is_above else _words(part.text, content.lang or words.lang)
    if content.audience not in ("public", "unknown"):
        yield _("Only for: {audience}", audience=code_span(content.audience))
    if content.poll:
        yield _("Poll:") + "\n\n" + "\n".join(f"- {code_span(option)}" for option in content.poll)
    if content.card is not None:
        yield _("Link card: {card}", card=" ".join(filter(None, (code_span(content.card.title), code_span(content.card.url)))))
    if content.tags:
        yield _("Hashtags beside the text: {tags}", tags=" ".join(code_span(f"#{tag}") for tag in content.tags))
    if content.pictures:
        limit = first.limit("alt")
        yield "\n".join(_picture(picture, limit, first.other_pictures.get(picture.path, "")) for picture in content.pictures)


def _count(publication: ChangedPublication, number: int, is_named: bool) -> str:
    """How long a part is as its network counts, and the most that it takes."""
    payload, limit = publication.payload, publication.limit("text")
    count = payload.parts[number].count if payload is not None and number < len(payload.parts) else 0
    sentence = _("{count} of {limit}", count=count, limit=limit) if limit else ngettext("{count} character", "{count} characters", count)
    if limit and count > limit:
        sentence = "❌ " + _("{count} of {limit}: too long", count=count, limit=limit)
    return f"{code_span(publication.change.publication.channel_name)} {sentence}" if is_named else sentence


def _picture(picture: Picture, limit: int | None, change: str) -> str:
    """A medium with its alternative text; `change` says what is otherwise in it than on the default branch."""
    name, alt = picture.path.rpartition("/")[2], picture.alt
    changed = {"file": f" · {_('another file than before')}", "alt": f" · {_('another alternative text than before')}"}.get(change, "")
    sign = "🎞" if picture.is_video else "📄" if picture.is_document else "🖼"
    if not alt:
        return f"- {sign} " + _("{file}, without an alternative text", file=code_span(name)) + changed
    length = f" ({_('{count} of {limit}', count=len(alt), limit=limit)})" if limit else ""
    return f"- {sign} {code_span(name)} · ALT{length}: {code_span(alt)}{changed}"


def _words(text: str, lang: str) -> str:
    """People's words in a code block that they cannot end, in their direction."""
    block = narrow_code_block(text, PHONE_WIDTH)
    return f'<div dir="rtl">\n\n{block}\n\n</div>' if is_right_to_left(lang) else block
