"""WordPress itself, on loopback: it keeps what an author sends, publishes it once, and our fake answers as it does."""

from __future__ import annotations

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import documents
import videos
from fakes import wordpress as fake
from marronnier.model.publication import Caption, Delivery, Payload, Picture, Publication
from marronnier.networks import wordpress
from marronnier.networks.kit.seam import Account, Locked, SendRequest, Unknown, Wait
from marronnier.web import Web
from networks.posts import drawn, picture, publication
from servers.wordpress import Running, running

WEB = Web(loopback=True)
NOW = datetime(2026, 12, 5, 9, tzinfo=UTC)
_POSTS = "/wp-json/wp/v2/posts"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("wordpress")) as started:
        yield started


class Said:
    """One publication and its account on the site."""

    def __init__(self, server: Running, text: str, **words: Any) -> None:
        self.server = server
        channel = {"account": server.user, "host": server.host}
        self.publication: Publication = publication("wordpress", text, channel=channel, **{"title": "Portes ouvertes", **words})
        self.payload: Payload = wordpress.compose(self.publication)
        self.account = Account("blog", self.publication.channel, {"password": server.password})

    def sending(self, **more: Any) -> SendRequest:
        (part,) = self.payload.parts
        return SendRequest(self.publication.key, 0, 1, part, self.payload.sha256, (), now=NOW, read_picture=drawn, **more)

    def send(self, **more: Any) -> Delivery:
        return wordpress.send(self.sending(**more), self.account, WEB)

    def kept(self) -> dict[str, Any]:
        """The one post under this publication's slug."""
        slug = wordpress._slug(self.sending())
        (post,) = (post for post in self.server.posts() if post["slug"].startswith(slug))
        return post


def test_an_author_publishes_an_article_once_and_as_it_was_composed(server: Running) -> None:
    text = (
        "« L’été » 👨‍👩‍👧‍👦 e\u0301 **حديقة** & <b>x</b> `a < b`\nligne\n\n- un\n- [lien](https://example.org/?a=1&b=2)\n\n"
        "> cité\n\n```python\nx = 1 & 2\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    )
    said = Said(
        server,
        text,
        post_id="whole",
        title="« L’été » & l’an <3",
        tags=("Jardin", "Fête de quartier"),
        link="https://example.org/é",
        warning="Fleurs",
    )
    there = said.send()
    assert said.send() == wordpress.find(said.sending(), said.account, WEB) == there
    post = said.kept()
    assert post["status"] == "publish" and post["link"] == there.url and len(post["tags"]) == 2
    page = server.ask("GET", there.url.partition(server.host)[2])
    assert "حديقة" in post["content"]["raw"] and page.status in (200, 500), "Debian's package brings no theme of ours"
    again = Said(server, text, post_id="tags", tags=("jardin",))
    again.send()
    assert again.kept()["tags"][0] in post["tags"], "a tag is made once"


def test_pictures_are_kept_with_their_alternative_text(server: Running) -> None:
    media = (picture("a.jpg", "Un « pommier »"), picture("b.jpg", ""))
    said = Said(server, "Un ![banc](banc.jpg)", post_id="pictures", media=media, inline_media=(picture("banc.jpg", "Un banc"),))
    there = said.send()
    assert said.send() == there
    post = said.kept()
    kept = server.ask("GET", "/wp-json/wp/v2/media?context=edit&per_page=100").json()
    assert sorted(one["alt_text"] for one in kept) == ["", "Un banc", "Un « pommier »"]
    featured = next(one for one in kept if one["id"] == post["featured_media"])
    assert featured["alt_text"] == "Un « pommier »"
    with Image.open(io.BytesIO(server.ask("GET", featured["source_url"].partition(server.host)[2]).body)) as opened:
        assert bytes(opened.convert("RGB").getpixel((3, 3))).hex() == media[0].sha256[:6]  # type: ignore[arg-type]
    assert all(one["source_url"] in post["content"]["raw"] for one in kept if one is not featured)


def test_a_video_and_its_captions_stand_in_the_article(server: Running) -> None:
    film, words = videos.video(), videos.CAPTIONS.encode()
    caption = Caption("fr", "content/media/serre.fr.vtt", sha256(words).hexdigest())
    serre = Picture("content/media/serre.mp4", sha256(film).hexdigest(), "La « neige » fond", captions=(caption,))
    said = Said(server, "La serre", post_id="film", media=(serre, picture("c.jpg", "Une bêche")))
    files = {serre.path: film, caption.path: words}

    def opened(one: Picture | Caption) -> Any:
        return videos.opened(files[one.path])

    there = said.send(open_media=opened)
    assert said.send(open_media=opened) == wordpress.find(said.sending(open_media=opened), said.account, WEB) == there
    post, kept = said.kept(), server.ask("GET", "/wp-json/wp/v2/media?context=edit&per_page=100").json()
    sent = {one["mime_type"]: one for one in kept if one["mime_type"] in ("video/mp4", "text/vtt")}
    assert sent["video/mp4"]["alt_text"] == serre.alt
    for kind, data in (("video/mp4", film), ("text/vtt", words)):
        assert server.ask("GET", sent[kind]["source_url"].partition(server.host)[2]).body == data
    text = post["content"]["raw"]
    assert f'<video src="{sent["video/mp4"]["source_url"]}" controls aria-label="La « neige » fond">' in text
    assert f'<track src="{sent["text/vtt"]["source_url"]}" kind="captions" srclang="fr" label="fr">' in text
    (featured,) = (one for one in kept if one["id"] == post["featured_media"])
    assert featured["alt_text"] == "Une bêche" and featured["source_url"] not in text


def test_documents_are_links_below_the_words(server: Running) -> None:
    files = {"content/media/plan d’été.pdf": documents.document(3), "content/media/budget.pdf": documents.document(packed=True)}
    media = tuple(
        Picture(path, sha256(data).hexdigest(), alt) for (path, data), alt in zip(files.items(), ("Le « plan »", ""), strict=True)
    )
    said = Said(
        server, "Le plan et [le budget](budget.pdf)", post_id="plan", format="document", media=(*media, picture("d.jpg", "Un plan"))
    )

    def opened(one: Picture | Caption) -> Any:
        return videos.opened(files[one.path])

    there = said.send(open_media=opened)
    assert said.send(open_media=opened) == wordpress.find(said.sending(open_media=opened), said.account, WEB) == there
    post, kept = said.kept(), server.ask("GET", "/wp-json/wp/v2/media?context=edit&per_page=100").json()
    sent = [one for one in kept if one["mime_type"] == "application/pdf"]
    assert sorted(one["source_url"].rpartition("/")[2].rpartition("-")[0] for one in sent) == ["budget", "plan-d-t"]
    bodies = [server.ask("GET", one["source_url"].partition(server.host)[2]).body for one in sent]
    assert sorted(bodies) == sorted(files.values())
    for one, shown in zip(sorted(sent, key=lambda one: one["source_url"], reverse=True), ("Le « plan »", "budget.pdf"), strict=True):
        assert f'<a href="{one["source_url"]}">{shown}</a> (PDF)' in post["content"]["raw"]
    (featured,) = (one for one in kept if one["id"] == post["featured_media"])
    assert featured["alt_text"] == "Un plan"
    part = said.payload.parts[0]
    assert wordpress.edit(said.sending(open_media=opened), there, part, said.account, WEB) == there


def test_four_runs_at_once_publish_one(server: Running) -> None:
    said = Said(server, "À quatre", post_id="race")

    def once(_number: int) -> Delivery | Exception:
        try:
            return said.send()
        except (Wait, Unknown) as error:
            return error

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(once, range(4)))
    sent = {outcome.id for outcome in outcomes if isinstance(outcome, Delivery)}
    there = said.send()
    published = [
        post for post in server.posts() if post["status"] == "publish" and post["slug"].startswith(wordpress._slug(said.sending()))
    ]
    assert [str(post["id"]) for post in published] == [there.id] and sent <= {there.id}


def test_what_is_corrected_keeps_its_address_and_what_is_retracted_is_gone(server: Running) -> None:
    was, said = Said(server, "On ouvre dimanch", post_id="edit"), Said(server, "On ouvre **dimanche**", post_id="edit", title="Dimanche")
    there, part = was.send(), was.payload.parts[0]
    for _twice in range(2):
        assert wordpress.edit(said.sending(), there, part, said.account, WEB) == there
    post = said.kept()
    assert (post["title"]["raw"], post["link"]) == ("Dimanche", there.url) and "<strong>" in post["content"]["raw"]
    by_hand = Delivery(there.url, there.url)
    assert wordpress.still_there(there, part, was.account, WEB) and wordpress.still_there(by_hand, part, was.account, WEB)
    for _twice in range(2):
        wordpress.retract(there, part, was.account, WEB)
    assert said.kept()["status"] == "trash" and wordpress.still_there(there, part, was.account, WEB) is False
    late = said.sending(since_first_try=timedelta(minutes=20))
    assert wordpress.vanished_address(late, said.account, WEB)
    assert was.send(again=1).url != there.url


def test_it_is_examined_without_a_word_written(server: Running) -> None:
    before = len(server.posts())
    said = Said(server, "Un")
    told = wordpress.examine(said.account, WEB)
    assert (told.account, told.is_channel_account, told.missing_scopes) == ("jardin", True, ())
    with pytest.raises(Locked, match=r"rest_not_logged_in|incorrect_password"):
        wordpress.examine(replace(said.account, secrets={"password": "0000 0000"}), WEB)
    assert len(server.posts()) == before


def test_our_fake_answers_as_it_does(server: Running, tmp_path: Path) -> None:
    """A taken slug, what is not there, what is in the trash, a term that exists, a wrong upload."""

    def asked(ask: Any) -> list[Any]:
        draft = {"title": "a", "content": "b", "slug": "meme", "status": "draft"}
        one, two = (ask("POST", _POSTS, json=draft).json() for _number in range(2))
        seen = ask("GET", f"{_POSTS}?slug=meme").json(), ask("GET", f"{_POSTS}?slug=meme&status=draft,publish&context=edit").json()
        ask("DELETE", f"{_POSTS}/{one['id']}")
        ask("POST", "/wp-json/wp/v2/tags", json={"name": "Verger"})
        exists = ask("POST", "/wp-json/wp/v2/tags", json={"name": "verger"})
        tries = [
            ask("GET", f"{_POSTS}/999999?context=edit"),
            ask("DELETE", f"{_POSTS}/{one['id']}"),
            ask("DELETE", f"{_POSTS}/999999"),
            ask("POST", f"{_POSTS}/999999", json={"status": "publish"}),
            ask("GET", "/wp-json/wp/v2/nothing"),
            exists,
        ]
        third = ask("POST", _POSTS, json=draft).json()
        told = [(answer.status, answer.json()["code"]) for answer in tries]
        term = isinstance(exists.json()["data"]["term_id"], int)
        return [one["slug"], two["slug"], third["slug"], [post["slug"] for post in seen[0]], [post["slug"] for post in seen[1]], told, term]

    with fake.Wordpress(tmp_path).running() as ours:
        import base64

        token = base64.b64encode(f"{fake.USER}:{fake.PASSWORD}".encode()).decode()

        def ask_ours(method: str, path: str, **request: Any) -> Any:
            return WEB.request(method, f"http://{ours.host}{path}", headers={"Authorization": f"Basic {token}"}, **request)

        assert asked(ask_ours) == asked(server.ask)
