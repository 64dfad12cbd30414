"""Media on the public site, for networks that fetch them there: prepared as they are sent, in the hour before, without a link to them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from marronnier import networks, sandbox
from marronnier.messages import Trouble, _
from marronnier.model.picture_limits import PictureLimits
from marronnier.model.plan import PlanLine
from marronnier.model.publication import Payload, Picture
from marronnier.networks.kit import public_media
from marronnier.networks.kit.seam import FetchesMedia, Refused, Wait
from marronnier.pages.emitter import Emitter
from marronnier.pages.site_data import SiteData
from marronnier.proofs.approved_media import ApprovedMedia

UNSETTLED = timedelta(days=1)
"""What may have been sent keeps its files for so long after its instant: what a network prepared of them lives as long."""


def write(emitter: Emitter, site_data: SiteData) -> None:
    """Write the files of a public site, and note which of them could not be made. An internal site has none."""
    if site_data.internal or site_data.approved_media is None:
        return
    for line in site_data.plan.lines:
        if _is_shown(line, site_data):
            for picture, limits in _media(line, site_data):
                _write_file(emitter, site_data.approved_media, line, picture, limits)


def _is_shown(line: PlanLine, site_data: SiteData) -> bool:
    """Whether the files of a publication stand on the site now: sealed as it is, on a channel that allows it, at most an hour ahead, not out yet."""
    publication, at, seal, now = line.publication, line.instant.at, line.history.seal if line.history else None, site_data.now
    if line.proposal or seal is None or not publication.channel.public_media:
        return False
    if at is None or now < at - public_media.AHEAD or _is_frozen(publication.channel_name, site_data):
        return False
    if line.state == "unknown":
        return now < at + UNSETTLED
    is_sealed = (seal.words, seal.when) == (line.digests.words, line.digests.when)
    return is_sealed and (line.state in ("ready", "due", "sending") or line.retried)


def _is_frozen(channel_name: str, site_data: SiteData) -> bool:
    freeze = site_data.desk.freeze
    return freeze is not None and (not freeze.channels or channel_name in site_data.desk.expand(freeze.channels))


def _media(line: PlanLine, site_data: SiteData) -> Iterator[tuple[Picture, PictureLimits]]:
    """The media of its sealed payload, each with the limits that a picture is prepared within."""
    try:
        network = networks.get(line.publication.channel.network)
    except networks.UnknownNetwork:
        return
    seal = line.history.seal if line.history else None
    data = site_data.payload(seal.payload) if seal is not None else None
    if data is None or not isinstance(network, FetchesMedia):
        return
    for part in Payload.from_bytes(data).parts:
        yield from ((picture, network.picture_limits(part)) for picture in part.media)


def _write_file(emitter: Emitter, approved_media: ApprovedMedia, line: PlanLine, picture: Picture, limits: PictureLimits) -> None:
    assert line.history is not None and line.history.seal is not None
    commit = line.history.seal.commit
    try:
        if picture.is_video:
            path = public_media.site_path(picture.sha256, public_media.video_ending(picture))
            with approved_media.open(commit, picture) as file:
                emitter.copy_file(path, file, picture.sha256)
        else:
            made = sandbox.prepare(approved_media.read(commit, picture), limits)
            emitter.write_file(public_media.site_path(made.sha256, public_media.picture_ending(made.mime)), made.data, made.sha256)
    except (Refused, Wait, Trouble, sandbox.Unsafe) as error:
        why = _("{path} is not put on the public site for {key}: {why}", path=picture.path, key=line.key, why=str(error))
        emitter.counts.notices.append(why)
