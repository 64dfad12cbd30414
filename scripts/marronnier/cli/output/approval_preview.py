"""What is approved, word for word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from marronnier.cli import output
from marronnier.cli.output.plan import day_name
from marronnier.messages import _, ngettext
from marronnier.model.scalars import zone_or_utc

if TYPE_CHECKING:
    from marronnier.review import Subject


def told(subjects: Sequence[Subject], zone: str) -> Iterator[str]:
    """Each publication as it will be sent, part by part; nothing in the words can hide itself or command the terminal."""
    for subject in subjects:
        yield ""
        yield output.coloured(output.visible(subject.named.key), "white", bold=True) + "  " + output.visible(_when(subject, zone))
        publication = subject.publication
        where = " · ".join(part for part in (publication.channel.network, publication.channel.account) if part)
        yield output.coloured("  " + output.visible(where), "bright_black")
        yield from _words(subject)
    yield ""


def _when(subject: Subject, zone: str) -> str:
    instant = subject.instant
    if subject.repeats:
        return _("every time its repeat gives: {rule}", rule=subject.publication.post.front.repeat)
    if instant.basis == "when-approved":
        return _("as soon as it is approved and merged")
    if instant.at is None:
        return instant.note
    there = instant.at.astimezone(zone_or_utc(zone))
    said = f"{day_name(there.date())} {there:%H:%M}"
    if instant.basis == "written":
        return said
    return _("{when}, or the next free place by its turn", when=said)


def _words(subject: Subject) -> Iterator[str]:
    payload = subject.payload()
    if payload is None:
        yield "  " + _("nobody knows the network {network}", network=subject.publication.channel.network)
        return
    for number, part in enumerate(payload.parts, start=1):
        if len(payload.parts) > 1:
            yield output.coloured("  " + _("part {number} of {of}", number=number, of=len(payload.parts)), "bright_black")
        for line in part.text.splitlines() or [""]:
            yield f"  │ {output.visible(line)}"
        for picture in part.media:
            alt = picture.alt or _("no alt text")
            yield "  │ " + output.visible(_("[{path}: {alt}]", path=picture.path, alt=alt))
    extra = subject.publication.words
    if extra.link:
        yield "  " + output.visible(_("link: {link}", link=extra.link))
    if extra.warning:
        yield "  " + output.visible(_("content warning: {warning}", warning=extra.warning))
    if extra.poll:
        yield "  " + output.visible(ngettext("poll: {options}", "poll: {options}", len(extra.poll), options=" / ".join(extra.poll)))
    if extra.first_comment:
        yield "  " + output.visible(_("first comment: {text}", text=extra.first_comment))
