"""Examines the public site, from which some networks fetch media: whether strangers reach it, and whether it is the public build."""

from __future__ import annotations

from marronnier.doctor.note import Note
from marronnier.messages import _
from marronnier.model.brand import Brand, Channel
from marronnier.networks.kit.seam import FetchesMedia, Network
from marronnier.web import AnswerLost, InvalidAnswer, NotSent, Web

_ROBOTS = "robots.txt"
"""A file of every build, which an internal one has forbid everything (`pages.site_files`)."""


def public_site_notes(brand: Brand, channel: Channel, network: Network, web: Web) -> tuple[Note, ...]:
    """What became of asking for the public site as anybody does; nothing where the channel puts no media there."""
    if not (channel.public_media and isinstance(network, FetchesMedia)) or not brand.site_url:
        return ()
    address = f"{brand.site_url.rstrip('/')}/"
    try:
        answer = web.request("GET", f"{address}{_ROBOTS}")
    except (NotSent, AnswerLost, InvalidAnswer) as error:
        why = _("the public site {address} cannot be reached: {why}", address=address, why=str(error))
        return (Note("wrong", why, _("Correct `site_url` in brand/brand.yml, or publish the public site there.")),)
    if answer.status in (401, 403):
        why = _("the public site {address} asks for a login ({status}), and no network has one", address=address, status=answer.status)
        return (Note("wrong", why, _("Let everybody read it.")),)
    if answer.status != 200:
        why = _("at {address} stands no site of Marronnier: {file} answers {status}", address=address, file=_ROBOTS, status=answer.status)
        return (Note("wrong", why, _("Publish what `marronnier build --public` writes there.")),)
    if b"Disallow: /\n" in answer.body:
        why = _("at {address} stands an internal build, which shows drafts to everybody", address=address)
        return (Note("wrong", why, _("Publish what `marronnier build --public` writes there.")),)
    return (Note("fine", _("the public site {address} can be read by everybody", address=address)),)
