"""A document that a network does not take as it is: documents are sent unchanged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from marronnier.checks.levels import level_for_post
from marronnier.checks.media_channels import facts_reached
from marronnier.checks.view import View
from marronnier.checks.view.media import MediaUse
from marronnier.messages import _
from marronnier.model.finding import Finding, Level
from marronnier.networks.kit.facts import DocumentLimits, Fact, Has

if TYPE_CHECKING:
    from marronnier.sandbox import MediaInfo

LEVEL: Level = "error"
ALLOWABLE = False
ENDS_WITH_SENDING = True

_ENDING = ".pdf"
_MEGABYTE = 1_000_000


def check(view: View) -> Iterator[Finding]:
    """Every document that a post names, for each channel that gets it; a notice in an idea."""
    documents = {path: uses for path, uses in view.media.index.files.items() if path.lower().endswith(_ENDING)}
    for path, uses in documents.items():
        if not any(view.media.is_inspected(use.post) for use in uses):
            continue
        info = view.media.inspect(path)
        if info is None or info.category != "document" or info.problem:
            continue
        for use in uses:
            for channel, facts, _format in facts_reached(view, use, path):
                if facts.document is not None:
                    yield from _findings(use, info, channel, facts.document)
    if documents:
        yield from _title_findings(view)


def _findings(use: MediaUse, info: MediaInfo, channel: str, limits: DocumentLimits) -> Iterator[Finding]:
    for fact, read, expected in _faults(info, limits):
        message = _("`{channel}` does not take `{file}`: {read}", channel=channel, file=use.src, read=read)
        next = _("export a smaller one, or write another one under `for: {{{channel}: {{media: […]}}}}`", channel=channel)
        yield Finding("unfit-document", use.level(_level(fact)), use.place, message, expected, next)


def _faults(info: MediaInfo, limits: DocumentLimits) -> Iterator[tuple[Fact, str, str]]:
    """Each limit that a document exceeds, what was read and what was expected."""
    if (size := limits.size) is not None and info.size > size.value:
        read = _("the document has {size} MB", size=-(-info.size // _MEGABYTE))
        yield size, read, _("at most {most} MB", most=size.value // _MEGABYTE)
    if (pages := limits.pages) is not None and info.pages > pages.value:
        yield pages, _("the document has {count} pages", count=info.pages), _("at most {most} pages", most=pages.value)


def _level(known: Fact | Has) -> Level:
    """Of what nobody read in the network's own pages, a finding is only a warning."""
    return LEVEL if known.mark == "primary" else "warning"


def _title_findings(view: View) -> Iterator[Finding]:
    """A document without a title, where readers see one above it."""
    for line in view.lines.unsent:
        if not (line.post.front.media or line.post.front.for_):
            continue
        network = view.channels.networks.get(view.desk.channels.channels[line.channel_name].network)
        limits = network.FACTS.document if network is not None else None
        if limits is None or limits.title is None:
            continue
        words = view.lines.publication(line).words
        document = next((one for one in words.all_media if one.is_document), None)
        if document is None or words.title.strip():
            continue
        file = document.path.rpartition("/")[2]
        message = _("`{channel}` shows `{file}` under the title of the post, and this one has none", channel=line.channel_name, file=file)
        level = level_for_post(line.post, _level(limits.title))
        yield Finding(
            "unfit-document",
            level,
            line.post.place("title"),
            message,
            _("a title"),
            _("write `title:`, or readers see the name of the file"),
        )
