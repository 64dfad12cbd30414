"""Pages of posts: the preview on each channel, the state, and the history."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from markupsafe import Markup

from marronnier import messages
from marronnier.ledger.log_lines import EVENT_LABELS, event_label
from marronnier.model.history import Event
from marronnier.model.publication import Picture
from marronnier.networks.kit.seam import Handoff
from marronnier.pages import site_media
from marronnier.pages.page import Body, Page
from marronnier.pages.previews import Preview, make_preview
from marronnier.pages.publication_groups import group_publications, one_per_channel
from marronnier.pages.render import front_matter, render
from marronnier.pages.site_view import SitePublication, SiteView
from marronnier.plan.handoffs import handoff_of

ORDER = 90
_ROOT = "../../"
_MAX_SEARCH_TEXT = 400


def make(view: SiteView) -> Iterator[Page]:
    """A page for every post that this build may show."""
    for publications in view.by_post.values():
        yield _page(view, publications)


def _page(view: SiteView, publications: tuple[SitePublication, ...]) -> Page:
    first = publications[0]
    campaign = view.campaigns.get(first.campaign)
    owner = _owner(view, first)
    return Page(
        path=f"posts/{first.post_id}/",
        title=first.title,
        description=str(_describe(view, first)),
        inputs=(tuple(map(_inputs, publications)), campaign.title if campaign else "", owner, view.shared_inputs),
        render=lambda: _body(view, publications),
        as_markdown=lambda: _markdown(view, publications),
    )


def _inputs(publication: SitePublication) -> tuple[object, ...]:
    """Everything that the page shows of a publication, without rendering it."""
    line = publication.line
    last = publication.history.events[-1].seq if publication.history.events else -1
    planned = (
        (line.state, line.why, line.next, line.digests, line.proposal, line.instant.note, line.publication.post.digest) if line else None
    )
    names = ("key", "title", "lang", "at", "channel_label", "network", "campaign", "url")
    return (*(getattr(publication, name) for name in names), last, planned)


def _describe(view: SiteView, publication: SitePublication) -> Markup:
    if publication.at is None:
        return view.locale._("A post by {brand}.", brand=view.brand.name)
    return view.locale._("A post by {brand}, {moment}.", brand=view.brand.name, moment=view.locale.date_and_time(publication.at))


def _body(view: SiteView, publications: tuple[SitePublication, ...]) -> Body:
    shown: list[Picture] = []

    def media(picture: Picture) -> str:
        if not view.site_data.media.is_served(picture):
            return ""
        shown.append(picture)
        return f"{view.site_root(_ROOT)}{site_media.site_path(picture)}"

    previews = [(publication, make_preview(view, publication, media)) for publication in one_per_channel(publications)]
    handoffs = list(_handoffs(view, publications, media))
    html = render("post.html.jinja", view, _ROOT, handoffs=handoffs, **_template_values(view, publications, previews))
    words = " ".join(part.text for _, preview in previews[:1] if preview for part in preview.parts)
    return Body(html, words[:_MAX_SEARCH_TEXT], tuple(dict.fromkeys(shown)))


def _handoffs(
    view: SiteView, publications: tuple[SitePublication, ...], media: Callable[[Picture], str]
) -> Iterator[tuple[SitePublication, Handoff, list[tuple[Picture, str]]]]:
    """What somebody is to post by hand now, with the address of each picture. Only the team sees it."""
    for publication in publications if view.internal else ():
        with messages.in_language(view.locale.lang):
            handoff = handoff_of(publication.line, view.site_data.payload) if publication.line is not None else None
        if handoff is not None:
            yield publication, handoff, [(picture, media(picture)) for picture in handoff.pictures]


def _markdown(view: SiteView, publications: tuple[SitePublication, ...]) -> str:
    nothing: Callable[[Picture], str] = lambda picture: ""  # noqa: E731
    previews = [(publication, make_preview(view, publication, nothing)) for publication in one_per_channel(publications)]
    dates = {"date": publications[0].at.isoformat()} if publications[0].at else {}
    return front_matter(title=publications[0].title, **dates) + render(
        "post.md.jinja", view, _ROOT, **_template_values(view, publications, previews)
    )


def _template_values(
    view: SiteView, publications: tuple[SitePublication, ...], previews: list[tuple[SitePublication, Preview | None]]
) -> dict[str, object]:
    first = publications[0]
    post = first.line.publication.post if first.line else None
    strategy = view.site_data.desk.strategy
    return {
        "publications": publications,
        "groups": group_publications(publications),
        "previews": previews,
        "first": first,
        "post": post,
        "campaign": view.campaigns.get(first.campaign),
        "pillar": strategy.pillars.get(post.front.pillar) if post and post.front.pillar else None,
        "edit": view.edit_link(post.path) if post else "",
        "events": _events(view, publications),
        "owner": _owner(view, first),
        "approvers": _approvers(view, publications) if view.internal else (),
        "audiences": [strategy.audiences[name].name if name in strategy.audiences else name for name in post.front.audience]
        if post
        else [],
    }


def _owner(view: SiteView, publication: SitePublication) -> str:
    """The name of whoever looks after the post, as people know them; empty where nobody does."""
    owner = publication.line.publication.post.front.owner if publication.line else ""
    return view.approver_name(owner) if owner else ""


def _approvers(view: SiteView, publications: tuple[SitePublication, ...]) -> tuple[str, ...]:
    """The names of all whose approval is sealed, each once."""
    return tuple(
        dict.fromkeys(
            view.approver_name(name) for publication in publications if publication.history.seal for name in publication.history.seal.by
        )
    )


def _events(view: SiteView, publications: tuple[SitePublication, ...]) -> list[tuple[Event, SitePublication, str, str]]:
    """Each event with its publication, description and approvers, oldest first. Empty in a public build."""
    if not view.internal:
        return []
    by_key = {publication.key: publication for publication in publications}
    events = [(event, publication) for publication in by_key.values() for event in publication.history.events if event.name in EVENT_LABELS]
    return [
        (
            event,
            publication,
            event_label(event, view.locale._, view.approver_name),
            ", ".join(map(view.approver_name, event.data.get("by", ()))) if event.name == "sealed" else "",
        )
        for event, publication in sorted(events, key=lambda pair: (pair[0].at, pair[0].key, pair[0].seq))
    ]
