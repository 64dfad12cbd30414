"""The rules: why each is there, what it refuses, what it accepts. And, for the team, what they found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from marronnier.checks import registry
from marronnier.messages import N_
from marronnier.pages.page import Body, Page
from marronnier.pages.previews import article_html
from marronnier.pages.render import front_matter, render
from marronnier.pages.site_view import SiteView
from marronnier.text.html import render_html
from marronnier.text.plain_text import to_plain_text

ORDER = 70
LEVELS = {"error": N_("error"), "warning": N_("warning"), "notice": N_("notice")}
"""How grave a finding is, in words."""

_TITLED = re.compile(r'^(```+\w*) title="([^"\n]*)"$', re.MULTILINE)
"""The first line of a block of code that says which file it is."""


def make(view: SiteView) -> Iterator[Page]:
    """A list, a page for each rule, and for the team the findings."""
    _ = view.locale._
    rules = [registry.get(name) for name in registry.names()]
    values = {"rules": [(rule.name, str(_(LEVELS[rule.level])), rule.level, str(_(rule.summary))) for rule in rules]}
    title, handbook = str(_("Rules")), str(_("Handbook"))
    yield Page(
        path="rules/",
        title=title,
        description=str(_("What is checked before anything goes out.")),
        inputs=(values, view.shared_inputs),
        render=lambda: Body(render("rules.html.jinja", view, "../", **values)),
        as_markdown=lambda: front_matter(title=title) + render("rules.md.jinja", view, "../", **values),
        menu=(handbook, title),
        is_wide=False,
    )
    for rule in rules:
        yield _rule_page(view, rule, (handbook, title, rule.name))
    if view.internal:
        yield _findings_page(view, handbook, {rule.name for rule in rules})


def _rule_page(view: SiteView, rule: registry.Rule, menu: tuple[str, ...]) -> Page:
    written, lang = rule.page(view.locale.lang)
    # The page's own heading is its name, which the site writes above its level.
    body = _TITLED.sub(r"`\2`\n\n\1", re.sub(r"\A# [^\n]*\n", "", written))
    values = {
        "name": rule.name,
        "lang": lang,
        "body": article_html(render_html(body), ()),
        "allowable": rule.allowable,
        "level": rule.level,
    }
    return Page(
        path=f"rules/{rule.name}/",
        title=rule.name,
        description=str(view.locale._(rule.summary)),
        inputs=(values, view.shared_inputs),
        render=lambda: Body(render("rule.html.jinja", view, "../../", levels=LEVELS, **values), to_plain_text(written)),
        as_markdown=lambda: front_matter(title=rule.name) + written,
        menu=menu,
        is_wide=False,
    )


def _findings_page(view: SiteView, handbook: str, known: set[str]) -> Page:
    _ = view.locale._
    found = sorted(view.site_data.findings, key=lambda finding: finding.place)
    by_file = [(path, view.edit_link(path), list(findings)) for path, findings in groupby(found, key=lambda finding: finding.place.path)]
    values = {"by_file": by_file, "known": known, "levels": LEVELS}
    title = str(_("Findings"))
    return Page(
        path="findings/",
        title=title,
        description=str(_("What the checks found.")),
        inputs=(tuple(found), view.shared_inputs),
        render=lambda: Body(render("findings.html.jinja", view, "../", **values)),
        as_markdown=lambda: front_matter(title=title) + render("findings.md.jinja", view, "../", **values),
        menu=(handbook, title),
        is_wide=False,
    )
