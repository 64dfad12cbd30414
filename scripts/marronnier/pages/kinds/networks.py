"""The networks: what each takes and lacks, with where and when that was read, and the brand's accounts there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from importlib import resources

from marronnier import networks
from marronnier.messages import N_
from marronnier.networks.seam import Fact, Facts, Network
from marronnier.pages.page import Body, Page
from marronnier.pages.previews import article_html
from marronnier.pages.templating import front_matter, render
from marronnier.pages.view import View
from marronnier.text.html import rendered
from marronnier.text.plain import plain

ORDER = 60

_ABILITIES = {
    "text": N_("Words"),
    "media": N_("Pictures"),
    "alt": N_("Alternative text"),
    "thread": N_("Threads"),
    "poll": N_("Polls"),
}
_UNITS = {
    "graphemes": N_("{number} characters as people count them"),
    "characters": N_("{number} characters"),
    "weighted characters": N_("{number} weighted characters"),
    "bytes": N_("{number} bytes"),
    "files": N_("{number} files"),
    "parts": N_("{number} parts"),
    "options": N_("{number} options"),
}


def make(view: View) -> Iterator[Page]:
    """A list, and a page for each network."""
    _ = view.tongue._
    spoken = {channel.network for channel in view.scene.desk.channels.channels.values()}
    known = {name: networks.get(name) for name in networks.names()}
    values = {"networks": [(name, network.NAME, name in spoken) for name, network in known.items()]}
    title = str(_("Networks"))
    yield Page(
        path="networks/",
        title=title,
        description=str(_("The networks this tool can speak to.")),
        parts=(values, view.stamp),
        render=lambda: Body(render("networks.html.jinja", view, "../", **values)),
        as_markdown=lambda: front_matter(title=title) + render("networks.md.jinja", view, "../", **values),
        menu=(str(_("Handbook")), title),
        wide=False,
    )
    for name, network in known.items():
        yield _page(view, name, network)


def _page(view: View, name: str, network: Network) -> Page:
    written = _written(name)
    channels = [(key, channel) for key, channel in view.scene.desk.channels.channels.items() if channel.network == name]
    values = {
        "name": network.NAME,
        "body": article_html(rendered(written), ()),
        "facts": _facts(view, network.FACTS),
        "channels": channels,
    }
    return Page(
        path=f"networks/{name}/",
        title=network.NAME,
        description=str(view.tongue._("What {network} takes and lacks.", network=network.NAME)),
        parts=(values, view.stamp),
        render=lambda: Body(render("network.html.jinja", view, "../../", **values), plain(written)),
        as_markdown=lambda: front_matter(title=network.NAME) + written,
        menu=(str(view.tongue._("Handbook")), str(view.tongue._("Networks")), network.NAME),
        wide=False,
    )


def _facts(view: View, facts: Facts) -> list[tuple[str, str, str, str]]:
    """For each ability: its name, its limit or why it is missing, where that was read, and when."""
    _ = view.tongue._
    told = []
    for ability in fields(facts):
        fact = getattr(facts, ability.name)
        label = str(_(_ABILITIES.get(ability.name, ability.name)))
        if isinstance(fact, Fact):
            unit = _UNITS.get(fact.unit, "{number} " + fact.unit.replace("{", "").replace("}", ""))
            told.append((label, str(_(unit, number=view.tongue.number(fact.value))), fact.source, fact.seen))
        else:
            told.append((label, str(_(fact.why)), "", ""))
    return told


def _written(name: str) -> str:
    """The network's own page, beside its code; empty for a network of another package."""
    page = resources.files(networks).joinpath(f"{name}.md")
    return page.read_text(encoding="utf-8") if page.is_file() else ""
