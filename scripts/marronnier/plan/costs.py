"""What the planned publications cost where a network charges for them, and where they go beyond a network's quota. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from marronnier import networks
from marronnier.desk import Desk
from marronnier.messages import _, format_dollars, format_instant
from marronnier.model.plan import Plan, PlanLine
from marronnier.model.scalars import zone_or_utc
from marronnier.networks.kit.prices import payload_cost
from marronnier.networks.kit.quotas import PlannedSend, dated_quotas, find_excesses
from marronnier.networks.kit.seam import Network

_OUT = frozenset({"sent", "edited", "retracted"})
_NEVER = frozenset({"idea", "past"})


@dataclass(frozen=True, slots=True)
class CampaignCost:
    """What the publications of one campaign cost, in thousandths of a US dollar."""

    to_come: int
    sent: int
    budget: int | None
    """What the campaign may cost; None where nobody wrote it."""

    def __str__(self) -> str:
        to_come, sent = format_dollars(self.to_come), format_dollars(self.sent)
        if self.budget is None:
            return _("{to_come} to come, {sent} sent", to_come=to_come, sent=sent)
        return _("{to_come} to come, {sent} sent, of {budget}", to_come=to_come, sent=sent, budget=format_dollars(self.budget))


@dataclass(frozen=True, slots=True)
class PlanCosts:
    """What the publications of a plan cost, in thousandths of a US dollar."""

    lines: Mapping[str, int]
    """Of each publication whose network charges for it, by key."""
    to_come: int
    sent: int
    campaigns: Mapping[str, CampaignCost]
    """Of each campaign with such publications, by slug."""


def costs_of(plan: Plan, desk: Desk) -> PlanCosts | None:
    """What a plan costs; None where no channel's network charges. What is proposed counts, where it is not planned already."""
    priced = {name: network for name, network in _networks(desk).items() if network.FACTS.prices}
    if not priced:
        return None
    lines: dict[str, int] = {}
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for line in _once(plan):
        network = priced.get(line.publication.channel_name)
        if network is None or line.state in _NEVER:
            continue
        cost = lines[line.key] = payload_cost(network, network.compose(line.publication))
        for slug in {"", line.publication.post.front.campaign or ""}:
            sums[slug][line.state in _OUT] += cost
    campaigns = {
        slug: CampaignCost(to_come, sent, page.campaign.budget)
        for slug, page in desk.campaigns.items()
        if slug in sums
        for to_come, sent in (sums[slug],)
    }
    to_come, sent = sums[""]
    return PlanCosts(lines, to_come, sent, campaigns)


def quota_warnings(plan: Plan, desk: Desk) -> Iterator[str]:
    """A sentence for each crowd of publications that is beyond a quota of its network."""
    limited = {name: network for name, network in _networks(desk).items() if dated_quotas(network.FACTS)}
    if not limited:
        return
    by_account: dict[tuple[str, str, str], list[PlanLine]] = defaultdict(list)
    for line in _once(plan):
        channel = line.publication.channel
        if line.publication.channel_name in limited and line.state not in _NEVER and line.instant.at is not None:
            by_account[channel.network, channel.account, channel.host].append(line)
    for lines in by_account.values():
        lines.sort(key=lambda line: (line.instant.at, line.key))
        network = limited[lines[0].publication.channel_name]
        for excess in find_excesses(network.FACTS, [_planned(line, network) for line in lines], plan.now):
            start = format_instant(excess.start.astimezone(zone_or_utc(desk.brand.zone)))
            yield _("; ").join((excess.sentence(lines[excess.number].publication.channel_name, start), excess.limit(network.NAME)))


def _planned(line: PlanLine, network: Network) -> PlannedSend:
    assert line.instant.at is not None
    return PlannedSend(line.instant.at, line.publication.post, lambda: len(network.compose(line.publication).parts))


def _networks(desk: Desk) -> Mapping[str, Network]:
    """The network of each channel that this version can send to, by the channel's name."""
    known = {}
    for name, channel in desk.channels.channels.items():
        try:
            known[name] = networks.get(channel.network)
        except networks.UnknownNetwork:
            continue
    return known


def _once(plan: Plan) -> Iterator[PlanLine]:
    """Each publication once: as the default branch has it, else as the first proposal does."""
    seen: set[str] = set()
    for line in sorted(plan.lines, key=lambda line: bool(line.proposal)):
        if line.key not in seen:
            seen.add(line.key)
            yield line
