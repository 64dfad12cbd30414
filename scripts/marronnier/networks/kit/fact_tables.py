"""The table of what one network takes, as Markdown: each limit, format and ability with its source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from marronnier import messages
from marronnier.messages import N_, _
from marronnier.model.picture_limits import PictureLimits
from marronnier.networks.kit.facts import (
    ABILITIES,
    FORMATS,
    Fact,
    Facts,
    Has,
    Known,
    Lacks,
    Mark,
    OneOf,
    Period,
    Ratios,
    ServerSoftware,
    Tried,
    Unlimited,
)
from marronnier.networks.kit.seam import Finds, HasServerKinds, Network
from marronnier.text import length_units

LIMITS: Mapping[str, str] = {
    "text": N_("Length of a post"),
    "size": N_("Size of a post"),
    "media": N_("Pictures in a post"),
    "alt": N_("Length of an alternative text"),
    "hashtags": N_("Hashtags of a post"),
    "thread": N_("Posts in a thread"),
    "poll": N_("Polls"),
}
_PICTURES = N_("Pictures")
VIDEO = N_("Videos")
_VIDEO_LIMITS = {
    "containers": N_("Files of videos"),
    "codecs": N_("Codecs of videos"),
    "audio_codecs": N_("Codecs of their sound"),
    "size": N_("Size of a video"),
    "longest": N_("Longest video"),
    "shortest": N_("Shortest video"),
    "ratio": N_("Width to height of a video"),
    "side": N_("Longer side of a video"),
    "min_side": N_("Shorter side of a video, at least"),
    "rate": N_("Frame rate of a video"),
    "min_rate": N_("Frame rate of a video, at least"),
    "area": N_("Pixels of a video"),
    "frames": N_("Pictures of a whole video"),
    "captions": N_("Captions of a video"),
    "caption_size": N_("Size of a file of captions"),
}
_DOCUMENT_LIMITS = {
    "size": N_("Size of a document"),
    "pages": N_("Pages of a document"),
    "title": N_("Title of a document"),
}
_MARKS: Mapping[Mark, str] = {"primary": "", "second-hand": N_("second-hand"), "unverified": N_("not verified")}
_PERIODS: Mapping[Period, str] = {
    "": "{amount}",
    "hour": N_("{amount} an hour"),
    "day": N_("{amount} a day"),
    "month": N_("{amount} a month"),
    "post": N_("{amount} for each post"),
    "post with a link": N_("{amount} for each post with a link"),
}
_TRIED: Mapping[str, str] = {
    "live": N_("on the network itself"),
    "server": N_("on a real server of its kind"),
    "documents": N_("only against its documents"),
}
RESEND, LOOK = N_("Safe to send again"), N_("Can be found on the network")


def network_table(network: Network, tried: Tried) -> str:
    """The limits, formats and abilities of one network, with the source of each and the day it was read; how far it was `tried` ends them."""
    facts = network.FACTS
    lines = [f"| {_('Limit')} | {_('Maximum')} | {_('Source')} |", "| --- | --- | --- |"]
    lines += [_row(_(label), known) for name, label in LIMITS.items() if (known := getattr(facts, name)) is not None]
    lines += [_row(_("Posts at a time"), quota) for quota in facts.quotas]
    lines += [_row(_("Price"), price) for price in facts.prices]
    lines += _media_rows(facts)
    lines += ["", f"| {_('Format or ability')} | {_('Here')} | {_('Source')} |", "| --- | --- | --- |"]
    lines += [_row(_format_label(name), facts.format(name)) for name in FORMATS]
    lines += [_row(_(label), facts.ability(name)) for name, label in ABILITIES.items()]
    resend = _("yes: a post that is sent twice appears once") if network.IDEMPOTENT else _("no: the account is checked first")
    lines += [f"| {_(RESEND)} | {resend} | |", f"| {_(LOOK)} | {_('yes') if isinstance(network, Finds) else _('no')} | |"]
    if isinstance(network, HasServerKinds):
        lines += ["", *_server_rows(network.server_kinds())]
    return "\n".join([*lines, "", tried_sentence(tried)])


def _server_rows(kinds: tuple[ServerSoftware, ...]) -> Iterator[str]:
    """A table of the kinds of servers."""
    headings = (_("Kind of server"), *kinds[0].traits, _("Source"))
    yield f"| {' | '.join(headings)} |"
    yield f"|{' --- |' * len(headings)}"
    for kind in kinds:
        yield f"| {' | '.join((kind.name, *kind.traits.values()))} | <{kind.source}>, {_checked_on(kind.seen)} |"


def _checked_on(seen: str) -> str:
    return _("checked on {day}", day=messages.format_day(date.fromisoformat(seen)))


def _media_rows(facts: Facts) -> Iterator[str]:
    """The limits of pictures, videos and documents, and those that a format has of its own."""
    if facts.pictures != PictureLimits():
        yield _picture_row(_(_PICTURES), facts.pictures)
    for format, pictures in facts.pictures_in.items():
        yield _picture_row(f"{_(_PICTURES)} ({_(format)})", pictures)
    if isinstance(facts.video, Lacks):
        yield _row(_(VIDEO), facts.video)
    else:
        known = dict(facts.video.limits())
        yield from (_row(_(label), known[name]) for name, label in _VIDEO_LIMITS.items() if name in known)
    for format, video in facts.video_in.items():
        own = dict(video.beside(facts.video))
        yield from (_row(f"{_(label)} ({_(format)})", own[name]) for name, label in _VIDEO_LIMITS.items() if name in own)
    if facts.document is not None:
        yield from (_row(_(_DOCUMENT_LIMITS[name]), known) for name, known in facts.document.limits())


def _picture_row(label: str, limits: PictureLimits) -> str:
    told = [", ".join(limits.formats)]
    if limits.max_bytes is not None:
        told.append(_("at most {most} MB", most=f"{limits.max_bytes / 1_000_000:.3g}"))
    if limits.max_side is not None:
        told.append(_("at most {most} pixels on its longer side", most=limits.max_side))
    if limits.min_side > 1:
        told.append(_("at least {least} pixels on its shorter side", least=limits.min_side))
    if limits.ratio is not None:
        least, most = (f"{value:.4g}:1" for value in limits.ratio)
        told.append(_("a ratio from {least} to {most}", least=least, most=most))
    seen = _("checked on {day}", day=messages.format_day(date.fromisoformat(limits.seen))) if limits.source else ""
    return f"| {label} | {'; '.join(told)} | {f'<{limits.source}>, {seen}' if seen else ''} |"


def tried_sentence(tried: Tried) -> str:
    """How far the code for a network was tried, as a sentence."""
    day = messages.format_day(date.fromisoformat(tried.day))
    if tried.note:
        return _("Tried {how}: {note}, {day}.", how=_(_TRIED[tried.how]), note=_(tried.note), day=day)
    return _("Tried {how}, {day}.", how=_(_TRIED[tried.how]), day=day)


def _row(label: str, known: Known | OneOf | Ratios | None) -> str:
    match known:
        case None:
            return f"| {label} | {_('not known')} | |"
        case Unlimited():
            return f"| {label} | {_('no limit: {why}', why=_(known.why))} | |"
        case Lacks():
            return f"| {label} | {_('none: {why}', why=_(known.why))} | |"
        case Fact():
            value = fact_amount(known)
        case OneOf():
            value = ", ".join(known.names)
        case Ratios() if not known.narrowest[0]:
            value = _("at most {widest}", widest=_ratio(known.widest))
        case Ratios():
            value = _("{narrowest} to {widest}", narrowest=_ratio(known.narrowest), widest=_ratio(known.widest))
        case Has():
            value = _("yes: {note}", note=_(known.note)) if known.note else _("yes")
    mark = f", {_(_MARKS[known.mark])}" if _MARKS[known.mark] else ""
    return f"| {label} | {value} | <{known.source}>, {_checked_on(known.seen)}{mark} |"


def _format_label(name: str) -> str:
    return _("Format: {name}", name=_(name))


def _ratio(ratio: tuple[int, int]) -> str:
    return f"{ratio[0]}:{ratio[1]}"


def fact_amount(fact: Fact) -> str:
    """The number with its unit, and for what or within which time: `250 posts a day`."""
    unit = length_units.UNITS[fact.unit].name if fact.unit in length_units.UNITS else fact.unit
    amount = f"{fact.value} {_(unit)}"
    return amount if not fact.per else _(_PERIODS[fact.per], amount=amount)
