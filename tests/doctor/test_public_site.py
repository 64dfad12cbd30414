"""`marronnier doctor`: whether strangers reach the public site, where a network fetches media from it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from marronnier import doctor
from marronnier.model.brand import Brand, Channel, Channels
from marronnier.web import Web

PUBLIC = b"User-agent: *\nAllow: /\n"
INTERNAL = b"User-agent: *\nDisallow: /\n"


class Site:
    """A site on loopback."""

    status, robots = 200, PUBLIC

    def __init__(self) -> None:
        site = self

        class Answering(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                there = self.path == "/jardin/robots.txt"
                self.send_response(site.status if there else 404)
                self.end_headers()
                self.wfile.write(site.robots if there else b"")

            def log_message(self, *_of: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/jardin"


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.server.shutdown()
    site.server.server_close()


def notes(site_url: str, channel: Channel) -> list[tuple[str, str]]:
    visit = doctor.Doctor(
        Brand(name="x", site_url=site_url), Channels(channels={"photos": channel}), {}, Web(loopback=True), None, date(2026, 12, 2)
    )
    return [(note.state, note.message) for note in visit.examine("photos").notes if "site" in note.message or "build" in note.message]


def photos(*, public_media: bool = True) -> Channel:
    return Channel(network="instagram", account="@jardin", env={"token": "PHOTOS_TOKEN"}, public_media=public_media)


def test_a_public_site_that_everybody_reads_is_fine(site: Site) -> None:
    assert notes(site.address, photos()) == [("fine", f"the public site {site.address}/ can be read by everybody")]


@pytest.mark.parametrize(
    ("status", "robots", "why"),
    [
        (200, INTERNAL, "stands an internal build, which shows drafts to everybody"),
        (404, b"", "stands no site of Marronnier: robots.txt answers 404"),
        (403, b"", "asks for a login (403), and no network has one"),
    ],
)
def test_what_a_network_could_not_fetch_from_is_wrong(site: Site, status: int, robots: bytes, why: str) -> None:
    site.status, site.robots = status, robots
    ((state, said),) = notes(site.address, photos())
    assert state == "wrong" and why in said


def test_a_site_that_does_not_answer_is_wrong(site: Site) -> None:
    site.server.shutdown()
    site.server.server_close()
    ((state, said),) = notes(site.address, photos())
    assert state == "wrong" and "cannot be reached" in said


def test_it_is_asked_for_only_where_media_stand_there(site: Site) -> None:
    assert notes(site.address, photos(public_media=False)) == [] and notes("", photos()) == []
    toots = Channel(network="mastodon", account="@a@127.0.0.1", env={"token": "T"}, public_media=True)
    assert notes(site.address, toots) == []
