"""What all networks take, side by side, as Markdown: three tables with a row for each network, and below them the reason for each no."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from marronnier.messages import N_, _
from marronnier.networks.kit.fact_tables import LIMITS, LOOK, RESEND, VIDEO, fact_amount
from marronnier.networks.kit.facts import ABILITIES, FORMATS, Fact, Facts, Has, Known, Lacks, OneOf, Ratios, Tried, Unlimited, VideoLimits
from marronnier.networks.kit.seam import Finds, Network

_TRIED: Mapping[str, str] = {"live": N_("live"), "server": N_("real server"), "documents": N_("documents")}
Cell = Callable[[Network], str]
"""What stands in a column for a network."""


def comparison(networks: Mapping[str, Network], tried: Mapping[str, Tried]) -> str:
    """What each network takes, side by side, and below it the reason for each no. `tried` says how far each was tried."""
    lines = [_("✓ yes, – no, ∞ no limit, · nothing is known, * not read in the network's own pages")]
    for title, columns in (
        (_("The words"), list(_word_columns())),
        (_("Pictures, videos and formats"), list(_media_columns())),
        (_("Sending, and afterwards"), list(_sending_columns(networks, tried))),
    ):
        lines += ["", f"| {title} | {' | '.join(label for label, _cell in columns)} |", f"| --- |{' --- |' * len(columns)}"]
        lines += [f"| {_(network.NAME)} | {' | '.join(cell(network) for _label, cell in columns)} |" for network in networks.values()]
    reasons = [f"- **{_(network.NAME)}**: {'; '.join(_reasons(network))}." for network in networks.values()]
    return "\n".join([*lines, "", _("The reason for each no:"), "", *reasons])


def _word_columns() -> Iterator[tuple[str, Cell]]:
    yield from (_limit_column(name) for name in ("text", "size", "hashtags", "thread", "poll"))
    yield from (_ability_column(name) for name in ("markup", "mentions", "card", "language", "warning", "visibility"))


def _media_columns() -> Iterator[tuple[str, Cell]]:
    yield from (_limit_column(name) for name in ("media", "alt"))
    yield _(VIDEO), lambda network: _cell(_has_videos(network))
    yield from (_format_column(name) for name in FORMATS)


def _sending_columns(networks: Mapping[str, Network], tried: Mapping[str, Tried]) -> Iterator[tuple[str, Cell]]:
    yield from (_ability_column(name) for name in ("first_comment", "edit", "delete", "schedule", "counters"))
    yield _(RESEND), lambda network: "✓" if network.IDEMPOTENT else "–"
    yield _(LOOK), lambda network: "✓" if isinstance(network, Finds) else "–"
    yield _("Posts at a time"), lambda network: _amounts(network.FACTS.quotas)
    if any(network.FACTS.prices for network in networks.values()):
        yield _("Price"), lambda network: _amounts(network.FACTS.prices)
    shown = {network.NAME: _tried(tried[name]) for name, network in networks.items()}
    yield _("Tried"), lambda network: shown[network.NAME]


def _limit_column(name: str) -> tuple[str, Cell]:
    return _(LIMITS[name]), lambda network: _cell(getattr(network.FACTS, name), absent="")


def _ability_column(name: str) -> tuple[str, Cell]:
    return _(ABILITIES[name]), lambda network: _cell(network.FACTS.ability(name))


def _format_column(name: str) -> tuple[str, Cell]:
    return _(name), lambda network: _format_cell(network.FACTS, name)


def _has_videos(network: Network) -> Known:
    video = network.FACTS.video
    return Has(video.containers.source, video.containers.seen, mark=video.containers.mark) if isinstance(video, VideoLimits) else video


def _cell(known: Known | OneOf | Ratios | None, absent: str = "·") -> str:
    """One sign or number; the page of the network says the rest."""
    match known:
        case None:
            return absent
        case Lacks():
            return "–"
        case Unlimited():
            return "∞"
    return (str(known.value) if isinstance(known, Fact) else "✓") + ("" if known.mark == "primary" else "*")


def _format_cell(facts: Facts, name: str) -> str:
    """Whether the network has a format, and how long a video may last in it, where that differs."""
    own = dict(facts.video_in[name].beside(facts.video)) if name in facts.video_in else {}
    return ", ".join((_cell(facts.format(name)), *(f"{_cell(known)} s" for limit, known in own.items() if limit == "longest")))


def _amounts(facts: tuple[Fact, ...]) -> str:
    return ", ".join(fact_amount(fact) + ("" if fact.mark == "primary" else "*") for fact in facts)


def _tried(tried: Tried) -> str:
    return f"{_(_TRIED[tried.how])}, {tried.day}"


def _reasons(network: Network) -> Iterator[str]:
    facts = network.FACTS
    yield from (f"{_(label)}: {_(known.why)}" for name, label in LIMITS.items() if isinstance(known := getattr(facts, name), Lacks))
    if isinstance(facts.video, Lacks):
        yield f"{_(VIDEO)}: {_(facts.video.why)}"
    # Formats that a network lacks for one reason are named together.
    by_reason: dict[str, list[str]] = {}
    known = [(_(name), facts.format(name)) for name in FORMATS]
    for label, lack in (*known, *((_(label), facts.ability(name)) for name, label in ABILITIES.items())):
        if isinstance(lack, Lacks):
            by_reason.setdefault(_(lack.why), []).append(label)
    yield from (f"{', '.join(labels)}: {why}" for why, labels in by_reason.items())
