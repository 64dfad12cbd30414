"""A campaign or a month of a channel whose posts cost more than its budget."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from marronnier.checks.view import TimetableLine, View
from marronnier.messages import _, format_dollars, ngettext
from marronnier.model.finding import Finding, Level, Place
from marronnier.networks.kit.prices import payload_cost
from marronnier.timetable.written_times import is_idea

LEVEL: Level = "warning"
ALLOWABLE = False


def check(view: View) -> Iterator[Finding]:
    """Each budget against what its publications cost: those that are out, and those still to come."""
    if view.desk.only is not None:
        return
    channels = view.desk.channels.channels
    campaigns = {slug: page for slug, page in view.desk.campaigns.items() if page.campaign.budget is not None}
    priced = {name for name, channel in channels.items() if (network := view.channels.networks[channel.network]) and network.FACTS.prices}
    if not priced or not (campaigns or any(channels[name].budget is not None for name in priced)):
        return
    by_campaign: dict[str, list[int]] = defaultdict(list)
    by_month: dict[tuple[str, str], list[int]] = defaultdict(list)
    open_months: set[tuple[str, str]] = set()
    for line in view.lines.all:
        name, slug = line.channel_name, line.post.front.campaign or ""
        if name not in priced or not _counts(view, line) or not (slug in campaigns or channels[name].budget is not None):
            continue
        cost, month = _cost(view, line), f"{view.day(line.at):%Y-%m}"
        by_campaign[slug].append(cost)
        by_month[name, month].append(cost)
        if line.at >= view.now:
            open_months.add((name, month))
    for slug, page in campaigns.items():
        place = view.desk.place(page.path, "budget")
        yield from _findings(place, _("the campaign `{name}`", name=slug), by_campaign[slug], page.campaign.budget)
    for name, month in sorted(open_months):
        place = view.desk.place("brand/channels.yml", "channels", name, "budget")
        whose = _("`{channel}` in {month}", channel=name, month=month)
        yield from _findings(place, whose, by_month[name, month], channels[name].budget)


def _counts(view: View, line: TimetableLine) -> bool:
    """Whether it was paid for, or will be: an idea and a post that was missed cost nothing."""
    if line.instant.at is None or is_idea(line.post):
        return False
    return line.at >= view.now or view.lines.is_sent(line.key)


def _cost(view: View, line: TimetableLine) -> int:
    network = view.channels.networks[view.desk.channels.channels[line.channel_name].network]
    assert network is not None
    return payload_cost(network, network.compose(view.lines.publication(line)))


def _findings(place: Place, whose: str, costs: list[int], budget: int | None) -> Iterator[Finding]:
    if budget is None or sum(costs) <= budget:
        return
    message = ngettext(
        "{whose}: {count} publication for {amount}",
        "{whose}: {count} publications for {amount}",
        len(costs),
        whose=whose,
        amount=format_dollars(sum(costs)),
    )
    expected = _("at most {budget}", budget=format_dollars(budget))
    next = _("plan fewer, leave out links where a post with a link costs more, or raise `budget` here")
    yield Finding("over-budget", LEVEL, place, message, expected, next)
