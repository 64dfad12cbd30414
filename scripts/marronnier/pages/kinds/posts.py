"""One page a post: what people will read on each channel, how it stands, what happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from markupsafe import Markup

from marronnier.ledger.log_lines import EVENT_LABELS
from marronnier.model.history import Event
from marronnier.model.publication import Picture
from marronnier.pages import gallery
from marronnier.pages.chips import group_chips
from marronnier.pages.page import Body, Page
from marronnier.pages.previews import Preview, preview
from marronnier.pages.render import front_matter, render
from marronnier.pages.site_view import SitePublication, SiteView

ORDER = 90
_ROOT = "../../"
_SEARCHED = 400


def make(view: SiteView) -> Iterator[Page]:
    """A page for every post this build may show."""
    for post_id, outings in view.by_post.items():
        yield _page(view, post_id, outings)


def _page(view: SiteView, post_id: str, outings: tuple[SitePublication, ...]) -> Page:
    first = outings[0]
    campaign = view.campaigns.get(first.campaign)
    return Page(
        path=f"posts/{post_id}/",
        title=first.title,
        description=str(_describe(view, first)),
        parts=(
            tuple(_parts(outing) for outing in outings),
            campaign.title if campaign else "",
            view.stamp,
        ),
        render=lambda: _body(view, outings),
        as_markdown=lambda: _markdown(view, outings),
        post=True,
    )


def _parts(outing: SitePublication) -> tuple[object, ...]:
    """All that the page shows of an outing, without rendering it."""
    line = outing.line
    last = outing.history.events[-1].seq if outing.history.events else -1
    told = (line.state, line.why, line.next, line.digests, line.proposal, line.instant.note, line.publication.post.digest) if line else None
    return (outing.key, outing.title, outing.lang, outing.at, outing.channel_label, outing.network, outing.campaign, outing.url, last, told)


def _describe(view: SiteView, outing: SitePublication) -> Markup:
    if outing.at is None:
        return view.tongue._("A post by {brand}.", brand=view.brand.name)
    return view.tongue._("A post by {brand}, {moment}.", brand=view.brand.name, moment=view.tongue.moment(outing.at))


def _body(view: SiteView, outings: tuple[SitePublication, ...]) -> Body:
    shown: list[Picture] = []

    def media(picture: Picture) -> str:
        if not view.scene.gallery.served(picture):
            return ""
        shown.append(picture)
        return f"{view.top(_ROOT)}{gallery.site_path(picture)}"

    sights = [(outing, preview(view, outing, media)) for outing in _one_a_channel(outings)]
    html = render("post.html.jinja", view, _ROOT, **_values(view, outings, sights))
    words = " ".join(message.text for _, sight in sights[:1] if sight for message in sight.messages)
    return Body(html, words[:_SEARCHED], tuple(dict.fromkeys(shown)))


def _markdown(view: SiteView, outings: tuple[SitePublication, ...]) -> str:
    nothing: Callable[[Picture], str] = lambda picture: ""  # noqa: E731
    sights = [(outing, preview(view, outing, nothing)) for outing in _one_a_channel(outings)]
    dates = {"date": outings[0].at.isoformat()} if outings[0].at else {}
    return front_matter(title=outings[0].title, **dates) + render("post.md.jinja", view, _ROOT, **_values(view, outings, sights))


def _values(
    view: SiteView, outings: tuple[SitePublication, ...], sights: list[tuple[SitePublication, Preview | None]]
) -> dict[str, object]:
    first = outings[0]
    post = first.line.publication.post if first.line else None
    strategy = view.scene.desk.strategy
    return {
        "outings": outings,
        "groups": group_chips(outings),
        "sights": sights,
        "first": first,
        "post": post,
        "campaign": view.campaigns.get(first.campaign),
        "pillar": strategy.pillars.get(post.front.pillar) if post and post.front.pillar else None,
        "edit": view.edit_link(post.path) if post else "",
        "events": _events(view, outings),
        "approvers": _approvers(view, outings) if view.internal else (),
        "audiences": [strategy.audiences[name].name if name in strategy.audiences else name for name in post.front.audience]
        if post
        else [],
    }


def _approvers(view: SiteView, outings: tuple[SitePublication, ...]) -> tuple[str, ...]:
    """Everyone whose approval is sealed, each once."""
    return tuple(dict.fromkeys(view.person(name) for outing in outings if outing.history.seal for name in outing.history.seal.by))


def _events(view: SiteView, outings: tuple[SitePublication, ...]) -> list[tuple[Event, SitePublication, Markup, str]]:
    """What happened, oldest first; only the team reads it."""
    if not view.internal:
        return []
    seen = {outing.key: outing for outing in outings}
    events = [(event, outing) for outing in seen.values() for event in outing.history.events if event.name in EVENT_LABELS]
    return [
        (
            event,
            outing,
            view.tongue._(EVENT_LABELS[event.name]),
            ", ".join(map(view.person, event.data.get("by", ()))) if event.name == "sealed" else "",
        )
        for event, outing in sorted(events, key=lambda found: (found[0].at, found[0].key, found[0].seq))
    ]


def _one_a_channel(outings: tuple[SitePublication, ...]) -> list[SitePublication]:
    """One preview a channel: for a repeat, of the next occurrence that is not out, else of the last; for proposals, each its own."""
    chosen: dict[tuple[str, str], SitePublication] = {}
    for outing in outings:
        place = (outing.channel_name, outing.line.proposal if outing.line else "")
        held = chosen.get(place)
        if held is None or held.shown == "sent":
            chosen[place] = outing
    return list(chosen.values())
