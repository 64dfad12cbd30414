"""Page of punctuality: when the publisher ran last, and how late the publications of three months went out."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier import messages
from marronnier.pages.page import Page
from marronnier.pages.render import template_page
from marronnier.pages.site_view import SitePublication, SiteView
from marronnier.plan.punctuality import WINDOW, Punctuality, punctuality, seconds_late

ORDER = 55
_MAX_LATE = 20
_LATE = 60
"""Seconds from which a publication is listed as late."""


def make(view: SiteView) -> Iterator[Page]:
    """The page `/punctuality/`, once something went out at an hour of its own. A brand with a fixed clock is never late."""
    record = record_of(view)
    if record is None:
        return
    _ = view.locale._
    late = [publication for publication in view.published if publication.key in dict(_latest(record.lateness))]
    with messages.in_language(view.locale.lang):
        lengths = {name: messages.format_length(record.percentile(share)) for name, share in (("median", 0.5), ("p90", 0.9), ("p99", 0.99))}
        lengths["worst"] = messages.format_length(record.worst[0])
        rows = [(publication, _length(publication)) for publication in reversed(late)]
    values = {"record": record, "lengths": lengths, "late": rows, "days": WINDOW.days, "last_run": view.site_data.last_run}
    inputs = (record.lateness, view.site_data.last_run, [publication.title for publication in late])
    title, description = _("Punctuality"), _("How late the publications of the last {days} days went out.", days=WINDOW.days)
    yield template_page(view, "punctuality", "punctuality/", title, description, values, inputs=inputs, section="handbook/")


def record_of(view: SiteView) -> Punctuality | None:
    """How late the publications went out; None before one did, and for a brand with a fixed clock."""
    shown = {publication.key: publication.history for publication in view.published}
    return punctuality(shown, view.site_data.now) if view.brand.clock is None else None


def _latest(lateness: tuple[tuple[int, str], ...]) -> list[tuple[str, int]]:
    """The latest publications: key and seconds."""
    return [(key, seconds) for seconds, key in lateness[-_MAX_LATE:] if seconds > _LATE]


def _length(publication: SitePublication) -> str:
    from datetime import timedelta

    return messages.format_length(timedelta(seconds=seconds_late(publication.history) or 0))
