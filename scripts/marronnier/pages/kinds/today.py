"""The first page: the brand's introduction, publications of today and this week, those that need someone, and those published last."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from marronnier.files.utf8 import MAX_BYTES
from marronnier.pages.page import Page
from marronnier.pages.previews import article_html
from marronnier.pages.publication_groups import PublicationGroup, group_publications
from marronnier.pages.render import template_page
from marronnier.pages.site_view import SiteView
from marronnier.text.html import render_html
from marronnier.text.plain_text import to_plain_text

ORDER = 10
_MAX_RECENT = 6
_INTRODUCTION = "content/index.md"
_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_HEADING = re.compile(r"\A\s*# +(?P<title>[^\n]+?)[ #]*(?:\n|\Z)")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Introduction:
    """What the team says of itself in `content/index.md`."""

    title: str
    markdown: str


@dataclass(frozen=True, slots=True)
class _Lists:
    today: tuple[PublicationGroup, ...]
    week: tuple[tuple[date, tuple[PublicationGroup, ...]], ...]
    needy: tuple[PublicationGroup, ...]
    recent: tuple[PublicationGroup, ...]
    ideas: int


def make(view: SiteView) -> Iterator[Page]:
    """The page at the language's root."""
    lists = _lists(view)
    running = [(slug, campaign) for slug, campaign in view.campaigns.items() if campaign.start <= view.today <= campaign.end]
    coming = [(day, known) for day in (view.today + timedelta(days=ahead) for ahead in range(15)) for known in view.days_on(day)]
    introduction = _introduction(view)
    values = {
        "lists": lists,
        "running": running,
        "coming": coming,
        "introduction": introduction,
        "introduction_html": article_html(render_html(introduction.markdown), ()) if introduction else "",
        "introduction_words": to_plain_text(introduction.markdown) if introduction else "",
    }
    _ = view.locale._
    description = _("What {brand} publishes today and this week.", brand=view.brand.name)
    inputs = (lists, running, coming, introduction, view.today, view.site_data.last_run if view.internal else None)
    yield template_page(view, "today", "", _("Today"), description, values, inputs=inputs, label=_("Today"))


def _introduction(view: SiteView) -> _Introduction | None:
    """The introduction; None where nothing is written below its heading."""
    tree, text = view.site_data.desk.tree, ""
    if tree.exists(_INTRODUCTION):
        with contextlib.suppress(OSError):
            text = tree.read(_INTRODUCTION)[:MAX_BYTES].decode("utf-8-sig", "replace").replace("\r\n", "\n")
    text = _COMMENT.sub("", _FRONT_MATTER.sub("", text))
    heading = _HEADING.match(text)
    body = text[heading.end() :] if heading else text
    return _Introduction(heading["title"] if heading else view.brand.name, body) if body.strip() else None


def _lists(view: SiteView) -> _Lists:
    needy = [publication for publication in view.publications if publication.public_state == "needs you"]
    ahead = [view.today + timedelta(days=days) for days in range(1, 8)]
    recent = [publication for publication in view.publications if publication.public_state == "sent" and publication.at is not None]
    return _Lists(
        today=tuple(group_publications(publication for publication in view.by_day.get(view.today, ()) if publication.state != "idea")),
        week=tuple((day, tuple(group_publications(view.by_day[day]))) for day in ahead if day in view.by_day),
        needy=tuple(group_publications(needy)),
        recent=tuple(group_publications(reversed(recent[-40:]))[:_MAX_RECENT]),
        ideas=len({publication.post_id for publication in view.publications if publication.state == "idea"})
        + len(view.ideas_without_channel),
    )
