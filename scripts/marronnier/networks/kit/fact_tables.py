"""Tables of what networks take, as Markdown: one for the page of a network, and one that compares all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from marronnier import messages
from marronnier.messages import N_, _
from marronnier.networks.kit.facts import (
    ABILITIES,
    FORMATS,
    Fact,
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
    VideoLimits,
)
from marronnier.networks.kit.seam import Finds, HasServerKinds, Network
from marronnier.text import length_units

_LIMITS = {
    "text": N_("Length of a post"),
    "size": N_("Size of a post"),
    "media": N_("Pictures in a post"),
    "alt": N_("Length of an alternative text"),
    "hashtags": N_("Hashtags of a post"),
    "thread": N_("Threads"),
    "poll": N_("Polls"),
}
_VIDEO = N_("Videos")
_VIDEO_LIMITS = {
    "containers": N_("Files of videos"),
    "codecs": N_("Codecs of videos"),
    "audio_codecs": N_("Codecs of their sound"),
    "size": N_("Size of a video"),
    "longest": N_("Longest video"),
    "shortest": N_("Shortest video"),
    "ratio": N_("Width to height of a video"),
    "side": N_("Longer side of a video"),
    "rate": N_("Frame rate of a video"),
    "area": N_("Pixels of a video"),
    "frames": N_("Pictures of a whole video"),
    "captions": N_("Captions of a video"),
    "caption_size": N_("Size of a file of captions"),
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
_RESEND, _LOOK = N_("Safe to send again"), N_("Can be found on the network")


def network_table(network: Network, tried: Tried) -> str:
    """The limits, formats and abilities of one network, with the source of each and the day it was read; how far it was `tried` ends them."""
    facts = network.FACTS
    lines = [f"| {_('Limit')} | {_('Maximum')} | {_('Source')} |", "| --- | --- | --- |"]
    lines += [_row(_(label), known) for name, label in _LIMITS.items() if (known := getattr(facts, name)) is not None]
    lines += [_row(_("Posts at a time"), quota) for quota in facts.quotas]
    lines += [_row(_("Price"), price) for price in facts.prices]
    if isinstance(facts.video, VideoLimits):
        lines += [_row(_(label), known) for name, label in _VIDEO_LIMITS.items() if (known := getattr(facts.video, name)) is not None]
    else:
        lines.append(_row(_(_VIDEO), facts.video))
    lines += ["", f"| {_('Format or ability')} | {_('Here')} | {_('Source')} |", "| --- | --- | --- |"]
    lines += [_row(_format_label(name), facts.format(name)) for name in FORMATS]
    lines += [_row(_(label), facts.ability(name)) for name, label in ABILITIES.items()]
    resend = _("yes: a post that is sent twice appears once") if network.IDEMPOTENT else _("no: the account is checked first")
    lines += [f"| {_(_RESEND)} | {resend} | |", f"| {_(_LOOK)} | {_('yes') if isinstance(network, Finds) else _('no')} | |"]
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


def tried_sentence(tried: Tried) -> str:
    """How far the code for a network was tried, as a sentence."""
    day = messages.format_day(date.fromisoformat(tried.day))
    if tried.note:
        return _("Tried {how}: {note}, {day}.", how=_(_TRIED[tried.how]), note=_(tried.note), day=day)
    return _("Tried {how}, {day}.", how=_(_TRIED[tried.how]), day=day)


def comparison(networks: Mapping[str, Network], tried: Mapping[str, Tried]) -> str:
    """What each network takes, side by side, and below it the reason for each no. `tried` says how far each was tried."""
    names = [_(network.NAME) for network in networks.values()]
    lines = [f"| | {' | '.join(names)} |", f"| --- |{' --- |' * len(names)}"]
    trials = _("Tried"), [f"{_(_TRIED[tried[name].how])}, {tried[name].day}" for name in networks]
    for label, cells in (*_compared(list(networks.values())), trials):
        lines.append(f"| {label} | {' | '.join(cells)} |")
    reasons = [f"- **{_(network.NAME)}**: {'; '.join(_reasons(network))}." for network in networks.values()]
    return "\n".join([*lines, "", _("The reason for each no:"), "", *reasons])


def _compared(networks: list[Network]) -> Iterator[tuple[str, list[str]]]:
    """The rows: a label, and a cell for each network."""
    for name, label in _LIMITS.items():
        if any(getattr(network.FACTS, name) is not None for network in networks):
            yield _(label), [_cell(getattr(network.FACTS, name), absent="·") for network in networks]
    yield _(_VIDEO), [_cell(_has_videos(network)) for network in networks]
    for name in FORMATS:
        yield _format_label(name), [_cell(network.FACTS.format(name)) for network in networks]
    for name, label in ABILITIES.items():
        yield _(label), [_cell(network.FACTS.ability(name)) for network in networks]
    yield _(_RESEND), ["✓" if network.IDEMPOTENT else "–" for network in networks]
    yield _(_LOOK), ["✓" if isinstance(network, Finds) else "–" for network in networks]
    if any(network.FACTS.quotas for network in networks):
        yield _("Posts at a time"), [", ".join(map(fact_amount, network.FACTS.quotas)) or "·" for network in networks]
    if any(network.FACTS.prices for network in networks):
        yield _("Price"), [", ".join(map(fact_amount, network.FACTS.prices)) or "·" for network in networks]


def _has_videos(network: Network) -> Known:
    video = network.FACTS.video
    return Has(video.containers.source, video.containers.seen, mark=video.containers.mark) if isinstance(video, VideoLimits) else video


def _cell(known: Known | None, absent: str = "?") -> str:
    match known:
        case None:
            return absent
        case Lacks():
            return "–"
        case Unlimited():
            return "∞"
        case Fact():
            return fact_amount(known) + _asterisk(known.mark)
    return "✓" + _asterisk(known.mark)


def _asterisk(mark: Mark) -> str:
    return f" ({_(_MARKS[mark])})" if _MARKS[mark] else ""


def _reasons(network: Network) -> Iterator[str]:
    facts = network.FACTS
    yield from (f"{_(label)}: {_(known.why)}" for name, label in _LIMITS.items() if isinstance(known := getattr(facts, name), Lacks))
    if isinstance(facts.video, Lacks):
        yield f"{_(_VIDEO)}: {_(facts.video.why)}"
    # Formats that a network lacks for one reason are named together.
    by_reason: dict[str, list[str]] = {}
    known = [(_format_label(name), facts.format(name)) for name in FORMATS]
    for label, lack in (*known, *((_(label), facts.ability(name)) for name, label in ABILITIES.items())):
        if isinstance(lack, Lacks):
            by_reason.setdefault(_(lack.why), []).append(label)
    yield from (f"{', '.join(labels)}: {why}" for why, labels in by_reason.items())


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
