"""The preview of an approval: each publication word for word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from marronnier.cli import output
from marronnier.messages import _, day_and_hour, ngettext
from marronnier.model.scalars import zone_or_utc

if TYPE_CHECKING:
    from marronnier.review import Subject


def preview_lines(subjects: Sequence[Subject], zone: str) -> Iterator[str]:
    """The lines that show each publication as it will be sent, part by part."""
    for subject in subjects:
        yield ""
        key = output.coloured(output.escape_controls(subject.named.key), "white", bold=True)
        yield f"{key}  {output.escape_controls(_time_label(subject, zone))}"
        publication = subject.publication
        account = " · ".join(filter(None, (publication.channel.network, publication.channel.account)))
        yield output.coloured("  " + output.escape_controls(account), "bright_black")
        yield from _content_lines(subject)
    yield ""


def _time_label(subject: Subject, zone: str) -> str:
    instant = subject.instant
    if subject.repeats:
        return _("at each repetition: {rule}", rule=subject.publication.post.front.repeat)
    if instant.basis == "when-approved":
        return _("as soon as it is approved and merged")
    if instant.at is None:
        return instant.note
    label = day_and_hour(instant.at.astimezone(zone_or_utc(zone)))
    return label if instant.basis == "written" else _("{when}, or the next free place in the queue", when=label)


def _content_lines(subject: Subject) -> Iterator[str]:
    payload = subject.payload()
    if payload is None:
        yield "  " + _("the network {network} is unknown", network=subject.publication.channel.network)
        return
    for number, part in enumerate(payload.parts, start=1):
        if len(payload.parts) > 1:
            yield output.coloured("  " + _("part {number} of {of}", number=number, of=len(payload.parts)), "bright_black")
        for line in part.text.splitlines() or [""]:
            yield f"  │ {output.escape_controls(line)}"
        for picture in part.media:
            alt = picture.alt or _("no alt text")
            yield "  │ " + output.escape_controls(_("[{path}: {alt}]", path=picture.path, alt=alt))
    words = subject.publication.words
    if words.link:
        yield "  " + output.escape_controls(_("link: {link}", link=words.link))
    if words.warning:
        yield "  " + output.escape_controls(_("content warning: {warning}", warning=words.warning))
    if words.poll:
        yield "  " + output.escape_controls(ngettext("poll: {options}", "poll: {options}", len(words.poll), options=" / ".join(words.poll)))
    if words.first_comment:
        yield "  " + output.escape_controls(_("first comment: {text}", text=words.first_comment))
