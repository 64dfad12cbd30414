"""WordPress: one article whatever happens on the way, and nothing else than what was approved."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

import videos
from fakes.loopback import HastyWeb, No, Reply
from fakes.wordpress import PASSWORD, USER, Article, Wordpress
from marronnier.model.brand import Channel
from marronnier.model.publication import Caption, Delivery, Picture
from marronnier.networks import wordpress
from marronnier.networks.kit.seam import Account, Locked, Refused, SendRequest, Unknown, Wait
from networks.posts import drawn, picture, publication

NOW = datetime(2026, 12, 5, 9, tzinfo=UTC)
WEB = HastyWeb(loopback=True)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Wordpress]:
    with Wordpress(tmp_path).running() as started:
        yield started


class Said:
    """One publication and its account on the fake site."""

    def __init__(self, server: Wordpress, text: str = "On ouvre **dimanche**", **words: Any) -> None:
        channel = {"account": USER, "host": server.host}
        self.publication = publication("wordpress", text, channel=channel, **{"title": "Portes ouvertes", **words})
        self.payload = wordpress.compose(self.publication)
        self.account = Account("blog", self.publication.channel, {"password": PASSWORD})

    def sending(self, **more: Any) -> SendRequest:
        (part,) = self.payload.parts
        return SendRequest(self.publication.key, 0, 1, part, self.payload.sha256, (), now=NOW, read_picture=drawn, **more)

    def send(self, **more: Any) -> Delivery:
        return wordpress.send(self.sending(**more), self.account, WEB)


def test_words_in_brackets_are_no_shortcode(server: Wordpress) -> None:
    said = Said(
        server, "Écrivez [gallery ids=1] ou `[embed]x[/embed]` ([ici](https://example.org/?a[]=1))", media=(picture("a.jpg", "[b]"),)
    )
    there = said.send()
    (created,) = (request for request in server.requests("other") if request.path.endswith("/posts"))
    assert "[" not in created.json()["content"] and "&#91;gallery ids=1]" in created.json()["content"]
    assert said.send() == there and wordpress.find(said.sending(), said.account, WEB) == there


def test_nobody_sees_anything_before_it_is_whole(server: Wordpress) -> None:
    said = Said(server, media=(picture("a.jpg", "Un « jardin »"),), tags=("Jardin", "Fête"), link="https://example.org/a?b&c")
    there = said.send()
    (created,) = (request for request in server.requests("other") if request.path.endswith("/posts"))
    draft = created.json()
    assert draft["status"] == "draft" and draft["slug"].startswith("portes-ouvertes-") and draft["title"] == "Portes ouvertes"
    assert server.requests("send")[0].json() == {"status": "publish"}
    assert there.url.endswith(f"/{draft['slug']}/")
    (image,) = server.media.values()
    assert image["alt_text"] == "Un « jardin »" and draft["featured_media"] == image["id"] and server.terms == ["Jardin", "Fête"]
    assert server.requests()[0].headers["authorization"] == f"Basic {base64.b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}"


def test_pictures_in_the_words_stand_in_them(server: Wordpress) -> None:
    text = "Un ![Un banc](banc.jpg) banc"
    said = Said(server, text, media=(picture("a.jpg", "A"), picture("b.jpg", "B")), inline_media=(picture("banc.jpg", "Un banc"),))
    said.send()
    content, media = server.messages[0].wire["content"], {one["alt_text"]: one for one in server.media.values()}
    assert f'<img src="{media["Un banc"]["source_url"]}" alt="Un banc" class="wp-image-{media["Un banc"]["id"]}">' in content
    assert media["B"]["source_url"] in content and media["A"]["source_url"] not in content
    assert said.send().id == server.messages[0].id and len(server.media) == 3, "nothing is uploaded twice"


@pytest.mark.parametrize("where", ["create", "publish", "media", "tags"])
def test_what_was_left_half_done_is_taken_up(server: Wordpress, where: str) -> None:
    said, act = Said(server, media=(picture("a.jpg", "A"),), tags=("Jardin",)), server.act
    stops = {"create": ("POST", "/posts"), "media": ("POST", "/media"), "tags": ("POST", "/tags"), "publish": ("POST", "/posts/10")}[where]

    def broken(request: Any) -> Reply:
        reply = act(request)
        if (request.method, request.path.removeprefix("/wp-json/wp/v2")) == stops:
            raise No(Reply(500, {"code": "db_insert_error", "message": "?"}))
        return reply

    server.act = broken  # type: ignore[method-assign]
    with pytest.raises(Unknown if where == "publish" else Wait):
        said.send()
    server.act = act  # type: ignore[method-assign]
    there = said.send()
    assert [post.status for post in server.posts] == ["publish"] and len(server.media) == 1 and server.terms == ["Jardin"]
    assert wordpress.find(said.sending(), said.account, WEB) == there


def test_a_taken_slug_is_a_sign_of_another(server: Wordpress) -> None:
    """Two runs at the same moment: the second gets a slug that is not ours, and makes way."""
    said, act = Said(server), server.act

    def race(request: Any) -> Reply:
        reply = act(request)
        if server.operation(request) == "find":
            # It was looked up, and now the other one writes.
            server.act = act  # type: ignore[method-assign]
            server._create({"slug": wordpress._slug(said.sending()), "title": "", "content": "", "status": "draft"})
        return reply

    server.act = race  # type: ignore[method-assign]
    with pytest.raises(Wait, match="has the slug"):
        said.send()
    assert [post.status for post in server.posts] == ["draft", "trash"]
    said.send()
    assert [post.status for post in server.posts] == ["publish", "trash"]


def test_two_drafts_under_one_slug_make_way_for_each_other(server: Wordpress) -> None:
    """WordPress looks and writes in two steps: two drafts of one moment may both get our slug (tried on WordPress 6.1.9, 2026-11-28)."""
    said, act = Said(server), server.act

    def race(request: Any) -> Reply:
        reply = act(request)
        if request.method == "POST" and request.path.endswith("/posts"):
            server.posts.append(Article(999, server.posts[-1].slug, "draft", dict(server.posts[-1].fields)))
        return reply

    server.act = race  # type: ignore[method-assign]
    with pytest.raises(Wait, match="has the slug"):
        said.send()
    server.act = act  # type: ignore[method-assign]
    assert server.messages == [] and said.send().id == str(server.posts[0].id) and said.send().id == str(server.posts[0].id)


def test_what_another_run_published_meanwhile_stays_published(server: Wordpress) -> None:
    said, act = Said(server), server.act
    server.order("cut-before-accept")
    with pytest.raises(Unknown):
        said.send()

    def race(request: Any) -> Reply:
        reply = act(request)
        if server.operation(request) == "find":
            server._written(server.posts[0], {"status": "publish"})
        return reply

    server.act = race  # type: ignore[method-assign]
    assert said.send().id == str(server.posts[0].id)
    assert not any(request.json().get("status") == "draft" for request in server.requests("edit")) and len(server.messages) == 1


def test_another_post_under_our_slug_is_for_a_person(server: Wordpress) -> None:
    said = Said(server)
    said.send()
    with pytest.raises(Unknown, match="has the slug"):
        Said(server, "Autre chose").send()
    server.posts[0].status = "private"
    with pytest.raises(Unknown, match="has the slug"):
        said.send()


def test_what_the_site_changed_is_not_published(server: Wordpress) -> None:
    server.drops = "</?strong>"
    with pytest.raises(Refused, match="changed the words"):
        Said(server).send()
    assert server.messages == [] and Said(server, "Sans gras", post_id="autre").send()


def test_a_post_that_the_site_holds_back_is_not_called_sent(server: Wordpress) -> None:
    server.on_publish = "pending"
    with pytest.raises(Locked, match="pending"):
        Said(server).send()


def test_what_somebody_deleted_meanwhile_is_told(server: Wordpress) -> None:
    said = Said(server)
    sent = said.send()
    late = said.sending(since_first_try=timedelta(minutes=20))
    assert wordpress.vanished_address(late, said.account, WEB) == ""
    server.delete(sent.id)
    assert wordpress.vanished_address(late, said.account, WEB) == f"https://{server.host}/"
    assert wordpress.vanished_address(said.sending(since_first_try=timedelta(minutes=1)), said.account, WEB) == ""
    assert said.send(again=1).url != sent.url


def test_a_site_without_a_trash_deletes(server: Wordpress) -> None:
    said, act = Said(server), server.act
    sent = said.send()

    def without(request: Any) -> Reply:
        if request.method == "DELETE" and not request.query.get("force"):
            raise No(Reply(501, {"code": "rest_trash_not_supported", "message": "?"}))
        return act(request)

    server.act = without  # type: ignore[method-assign]
    wordpress.retract(sent, said.payload.parts[0], said.account, WEB)
    assert wordpress.still_there(sent, said.payload.parts[0], said.account, WEB) is False


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (Reply(401, {"code": "rest_cannot_create", "message": "anonymous"}), Locked),
        (Reply(400, {"code": "rest_cannot_create", "message": "no uploads"}), Locked),
        (Reply(404, {"code": "rest_no_route", "message": "?"}), Locked),
        (Reply(404, b"<html>", {"Content-Type": "text/html"}), Locked),
        (Reply(400, {"code": "rest_invalid_param", "message": f"no {PASSWORD}"}), Refused),
        (Reply(413, {"code": "rest_upload_file_too_big", "message": "?"}), Refused),
        (Reply(403, b"<html>", {"Content-Type": "text/html"}), Unknown),
        (Reply(429, b"<html>", {"Content-Type": "text/html"}), Wait),
        (Reply(503, b"<html>", {"Content-Type": "text/html"}), Unknown),
    ],
)
def test_each_error_is_named_by_what_must_happen_next(server: Wordpress, reply: Reply, outcome: type[Exception]) -> None:
    said, act = Said(server), server.act

    def no(request: Any) -> Reply:
        if server.operation(request) == "send":
            raise No(reply)
        return act(request)

    server.act = no  # type: ignore[method-assign]
    with pytest.raises(outcome) as told:
        said.send()
    assert PASSWORD not in str(told.value)


def test_nothing_is_kept_for_fewer_people_and_nothing_empty_is_sent(server: Wordpress) -> None:
    for visibility in ("followers", "direct", "unlisted"):
        with pytest.raises(Refused, match="open to everyone"):
            Said(server, visibility=visibility).send()
    with pytest.raises(Refused, match="empty"):
        Said(server, "", title="").send()
    two = Said(server, media=(picture("a/x.jpg", "A"), picture("b/x.jpg", "B")))
    assert "x.jpg" in wordpress.refusal_reason(two.publication.words) and wordpress.refusal_reason(Said(server).publication.words) == ""
    assert server.posts == []


def test_a_channel_without_a_site_or_user_is_locked(server: Wordpress) -> None:
    said = Said(server)
    for account, host in (("", server.host), (USER, "")):
        bare = replace(said.account, channel=Channel(network="wordpress", account=account, host=host))
        with pytest.raises(Locked, match="does not name the site"):
            wordpress.send(said.sending(), bare, WEB)


def test_it_is_examined(server: Wordpress) -> None:
    said = Said(server)
    told = wordpress.examine(said.account, WEB)
    assert (told.account, told.is_channel_account, told.missing_scopes) == (USER, True, ())
    server.rights = frozenset({"edit_posts"})
    assert wordpress.examine(said.account, WEB).missing_scopes == ("publish_posts", "upload_files")
    with pytest.raises(Locked, match="incorrect_password"):
        wordpress.identify(replace(said.account, secrets={"password": "0000"}), WEB)
    assert server.posts == []


def test_an_address_tells_its_post(server: Wordpress) -> None:
    channel = Said(server).publication.channel
    assert wordpress.post_id(f"https://{server.host}/2026/12/portes-ouvertes-1a2b3c4d/", channel) == "portes-ouvertes-1a2b3c4d"
    assert wordpress.post_id(f"https://{server.host}/?p=42", channel) == "42"
    for wrong in ("https://elsewhere.example/2026/12/portes/", f"https://{server.host}/"):
        with pytest.raises(Refused):
            wordpress.post_id(wrong, channel)


def test_a_video_that_is_refused_leaves_no_article(server: Wordpress) -> None:
    film = videos.video()
    serre = Picture("content/media/serre.mp4", sha256(film).hexdigest(), "")
    said = Said(server, media=(serre,))
    server.order("refused", on="media")
    with pytest.raises(Refused):
        said.send(open_media=lambda _one: videos.opened(film))
    assert not server.posts
    damaged = film[: len(film) // 2]
    with pytest.raises(Refused, match="damaged"):
        said.send(open_media=lambda _one: videos.opened(damaged))
    assert not server.posts


def test_an_article_without_its_video_is_not_what_was_approved(server: Wordpress) -> None:
    film = videos.video()
    serre = Picture("content/media/serre.mp4", sha256(film).hexdigest(), "")
    server.drops = "<video.*</video>"
    with pytest.raises(Refused, match="the site changed the words"):
        Said(server, media=(serre,)).send(open_media=lambda _one: videos.opened(film))
    assert [post.status for post in server.posts] == ["draft"]


def test_files_of_one_name_are_refused_before(server: Wordpress) -> None:
    caption = Caption("fr", "content/media/a/serre.fr.vtt", "0" * 64)
    films = tuple(Picture(f"content/media/{name}.mp4", name * 64, "", captions=(caption,)) for name in ("0", "1"))
    assert "serre.fr.vtt" in wordpress.refusal_reason(publication("wordpress", "Un", media=films).words)
