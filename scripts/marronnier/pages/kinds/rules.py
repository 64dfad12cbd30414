"""Pages of rules: the reason of each, what it refuses and accepts; for the team, also the page of findings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from marronnier.checks import registry
from marronnier.messages import N_
from marronnier.pages.page import Body, Page
from marronnier.pages.previews import article_html
from marronnier.pages.render import front_matter, render, template_page
from marronnier.pages.site_view import SiteView
from marronnier.text.html import render_html
from marronnier.text.plain_text import to_plain_text

ORDER = 70
LEVELS = {"error": N_("error"), "warning": N_("warning"), "notice": N_("notice")}
"""The names of the levels of a finding."""

_TITLED = re.compile(r'^(```+\w*) title="([^"\n]*)"$', re.MULTILINE)
"""The first line of a code block with a title, which is a file's name."""


def make(view: SiteView) -> Iterator[Page]:
    """The list, a page for each rule, and the findings: for the team alone."""
    if not view.internal:
        return
    _ = view.locale._
    rules = [registry.get(name) for name in registry.names()]
    values = {"rules": [(rule.name, str(_(LEVELS[rule.level])), rule.level, str(_(rule.summary))) for rule in rules]}
    description = _("What is checked before anything is sent.")
    yield template_page(view, "rules", "rules/", _("Rules"), description, values, section="handbook/")
    for rule in rules:
        yield _rule_page(view, rule)
    yield _findings_page(view, {rule.name for rule in rules})


def _rule_page(view: SiteView, rule: registry.Rule) -> Page:
    markdown, lang = rule.page(view.locale.lang)
    # The template writes the rule's name above its level, so the page's own heading goes.
    body = _TITLED.sub(r"`\2`\n\n\1", re.sub(r"\A# [^\n]*\n", "", markdown))
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
        render=lambda: Body(render("rule.html.jinja", view, "../../", levels=LEVELS, **values), to_plain_text(markdown)),
        as_markdown=lambda: front_matter(title=rule.name) + markdown,
        section="handbook/",
    )


def _findings_page(view: SiteView, known: set[str]) -> Page:
    _ = view.locale._
    findings = sorted(view.site_data.findings, key=lambda finding: finding.place)
    by_file = [(path, view.edit_link(path), list(group)) for path, group in groupby(findings, key=lambda finding: finding.place.path)]
    values = {"by_file": by_file, "known": known, "levels": LEVELS}
    title, description, inputs = _("Findings"), _("The problems that the checks found."), (tuple(findings),)
    return template_page(view, "findings", "findings/", title, description, values, inputs=inputs, section="handbook/")
