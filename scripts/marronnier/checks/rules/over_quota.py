"""More posts than a network takes from one account within an hour, a day or a month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import partial

from marronnier.checks.view import TimetableLine, View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level
from marronnier.networks.kit.quotas import PlannedSend, dated_quotas, find_excesses
from marronnier.networks.kit.seam import Network

LEVEL: Level = "warning"
ALLOWABLE = False


def check(view: View) -> Iterator[Finding]:
    """Each account and quota: one finding a crowd, at the first publication that is beyond it."""
    if view.desk.only is not None:
        return
    for network, lines in _lines_by_account(view):
        sends = [PlannedSend(line.at, line.post, partial(_count_parts, view, line)) for line in lines]
        for excess in find_excesses(network.FACTS, sends, view.now):
            line = lines[excess.number]
            message = excess.sentence(line.channel_name, view.format_time(excess.start))
            next = _("move some of them: what is beyond it has to wait, and goes out late")
            yield Finding("over-quota", LEVEL, view.lines.time_place(line), message, excess.limit(network.NAME), next)


def _lines_by_account(view: View) -> Iterator[tuple[Network, list[TimetableLine]]]:
    """The publications of each account whose network has a quota, sent and to come, in time order. Two channels may share an account."""
    limited = {name: network for name, network in view.channels.networks.items() if network is not None and dated_quotas(network.FACTS)}
    if not limited:
        return
    by_account: dict[tuple[str, str, str], list[TimetableLine]] = defaultdict(list)
    for line in view.lines.recent_and_upcoming:
        channel = view.desk.channels.channels[line.channel_name]
        if channel.network in limited and (line.at >= view.now or view.lines.counts_as_sent(line)):
            by_account[channel.network, channel.account, channel.host].append(line)
    for (name, _account, _host), lines in by_account.items():
        yield limited[name], lines


def _count_parts(view: View, line: TimetableLine) -> int:
    return len(view.lengths.parts(view.lines.publication(line)))
