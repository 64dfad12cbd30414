"""LinkedIn beyond the contract: little text, uploads, polls, comments, members, duplicates, and what doctor tells."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import documents
import videos
from checks.rule_pages import build
from fakes import linkedin as fake
from fakes.linkedin import MEMBER, PAGE, TOKEN, Linkedin, until_unescaped
from fakes.loopback import LoopbackStage
from marronnier.model.brand import Brand, Channel, Channels
from marronnier.model.publication import Caption, Delivery, Part, Payload, Picture, Words
from marronnier.networks import linkedin
from marronnier.networks.kit.accounts import secrets_reader
from marronnier.networks.kit.linkedin import little_text, uploads
from marronnier.networks.kit.seam import Account, Locked, Refused, SendRequest, Unknown, Wait
from marronnier.text import length_units
from marronnier.web import Web
from networks.posts import picture, publication
from people import Town, write
from publish.test_every_network import Place
from stories.telling import run_marronnier

NOW = datetime(2026, 12, 5, 9, tzinfo=UTC)
WEB = Web(loopback=True)
FILM = videos.video(96, 64)
DECK = documents.document()


class Desk:
    """One account of the fake server, a page's or a member's, with what it says."""

    def __init__(self, server: Linkedin, account: str = PAGE, **secrets: str) -> None:
        self.server = server
        server.member = account == MEMBER
        self.channel = {"account": account, "host": server.host}
        self.account = Account("place", Channel(network="linkedin", **self.channel), {"token": TOKEN, **secrets})
        self.files: dict[str, bytes] = {}
        self.stage = LoopbackStage(server, secrets={}, channel={})

    def payload(self, text: str, **words: Any) -> Payload:
        payload = linkedin.compose(publication("linkedin", text, channel=self.channel, **words))
        assert Payload.from_bytes(payload.as_bytes()) == payload
        return payload

    def request(self, payload: Payload, number: int = 0, before: tuple[Delivery, ...] = (), **more: Any) -> SendRequest:
        def open_media(one: Picture | Caption) -> Any:
            return videos.opened(self.files[one.path])

        return SendRequest(
            "portes-ouvertes@place", number, len(payload.parts), payload.parts[number], payload.sha256, before, first_sent_at=NOW,
            now=NOW, read_picture=self.stage.read, open_media=open_media, parts=payload.parts, **more
        )  # fmt: skip

    def send(self, text: str, number: int = 0, before: tuple[Delivery, ...] = (), *, uploads: Any = None, **words: Any) -> Delivery:
        more = {"uploads": uploads} if uploads else {}
        return linkedin.send(self.request(self.payload(text, **words), number, before, **more), self.account, WEB)

    def file(self, name: str, data: bytes) -> Picture:
        medium = Picture(f"content/media/{name}", hashlib.sha256(data).hexdigest(), "Un plan")
        self.files[medium.path] = data
        return medium


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Linkedin]:
    monkeypatch.setattr(uploads, "READY_SECONDS", 0.5)
    monkeypatch.setattr(uploads, "POLL_SECONDS", 0.1)
    with Linkedin(tmp_path / "state").running() as running:
        yield running


@pytest.fixture
def page(server: Linkedin) -> Desk:
    return Desk(server)


@pytest.fixture
def member(server: Linkedin) -> Desk:
    return Desk(server, MEMBER)


# Words.


@pytest.mark.parametrize(
    "text",
    [*r"\|{}@[]()<>#*_~", r"C:\été", "a@b.be", "issue # 5", "C#", "(EPRI, 2024)", "https://a.be/b_c?d=1#e", "ﷺ 👨‍👩‍👧‍👦 é", "@[Ici](là)", "{hashtag|x}", r"\\(", "# #a#b"],
)  # fmt: skip
def test_nothing_of_a_text_is_cut(text: str) -> None:
    wire, shown = little_text.to_little_text(text)
    assert until_unescaped(wire) == wire, "LinkedIn ends a text at an unescaped mark"
    assert shown == text == little_text.to_plain(wire)


@given(text=st.text(st.sampled_from("\\|{}@[]()<>#*_~ aé1\n🌳:/.-ﷺhtpsurnli"), max_size=40))
@example("#_a")
@example("#été_1 {hashtag|\\#|mot} @[a](b)")
def test_no_text_is_cut_or_changed(text: str) -> None:
    wire, shown = little_text.to_little_text(text)
    assert until_unescaped(wire) == wire and shown == text and little_text.to_plain(wire) == text.strip()
    assert len(text) <= len(wire) <= length_units.escaped_length(text)


def test_a_mention_with_its_urn_is_live_and_any_other_is_words() -> None:
    text = "Avec @[Jardin (partagé)](urn:li:organization:2414183), @[Inès](urn:li:person:q7_J) et @ami"
    wire, shown = little_text.to_little_text(text)
    assert wire == r"Avec @[Jardin (partagé)](urn:li:organization:2414183), @[Inès](urn:li:person:q7_J) et \@ami"
    assert shown == "Avec Jardin (partagé), Inès et @ami"
    assert linkedin.is_mention("@[Inès](urn:li:person:q7_J)") and not linkedin.is_mention("@ines@example.social")


def test_hashtags_are_live_but_in_code_and_addresses(page: Desk) -> None:
    (part,) = page.payload("Un #Jardin, `#pas (là)`, https://a.be/#b", tags=("Fête de quartier", "حديقة الحي")).parts
    assert part.wire["commentary"] == "Un #Jardin, \\#pas \\(là\\), https://a.be/\\#b\n\n#FêteDeQuartier #حديقة\\_الحي"
    assert part.text == "Un #Jardin, #pas (là), https://a.be/#b\n\n#FêteDeQuartier #حديقة_الحي"
    assert part.count == len(part.wire["commentary"])
    assert little_text.to_plain("Un {hashtag|\\#|Jardin} \\(ici\\)") == "Un #Jardin (ici)"


def test_a_text_that_linkedin_would_cut_is_never_sent(page: Desk) -> None:
    with pytest.raises(Refused, match="it counts 3002, and 3000 are taken"):
        page.send("(" * 1501)
    with pytest.raises(Refused, match="a comment on LinkedIn has at most 1250 characters"):
        page.send("Un jardin", first_comment="a" * 1251)
    with pytest.raises(Refused, match=r"urn:li:organization:7 would stand in the words; write `@\[Name\]\(urn:li:organization:7\)`"):
        page.send("Avec urn:li:organization:7")
    with pytest.raises(Refused, match="this post is empty"):
        page.send("")
    assert not page.server.requests()


# Polls, cards, audiences.


def test_a_poll_asks_its_title(page: Desk) -> None:
    delivery = page.send("Que plante-t-on ?", title="Un arbre ?", poll=("Pommier", "Poirier"), poll_minutes=7 * 1440, link="https://a.be/b")
    (message,) = page.server.messages
    assert message.wire["content"]["poll"] == {
        "question": "Un arbre ?", "options": [{"text": "Pommier"}, {"text": "Poirier"}], "settings": {"duration": "SEVEN_DAYS"},
    }  # fmt: skip
    assert message.wire["commentary"] == "Que plante-t-on ?\n\nhttps://a.be/b" and delivery.id == message.id
    content = linkedin.part_content(page.payload("Que planter ?", poll=("Un", "Deux"), poll_minutes=1440).parts[0])
    assert content.poll == ("Un", "Deux")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ({"poll": ("Un",), "poll_minutes": 1440}, "two to 4 options"),
        ({"poll": ("Un",) * 5, "poll_minutes": 1440}, "two to 4 options"),
        ({"poll": ("Un", "a" * 31), "poll_minutes": 1440}, "at most 30 characters"),
        ({"poll": ("Un", "Deux"), "poll_minutes": 90}, "1, 3, 7 or 14 days"),
        ({"poll": ("Un", "Deux"), "poll_minutes": 1440, "title": "a" * 141}, "at most 140 characters"),
        ({"poll": ("Un", "Deux"), "poll_minutes": 1440, "poll_multiple": True}, "one vote"),
        ({"poll": ("Un", "Deux"), "poll_minutes": 1440, "media": (picture("a.jpg", ""),)}, "pictures or a poll"),
        ({"media": tuple(picture(f"{number}.jpg", "") for number in range(21))}, "takes 20 pictures"),
        ({"media": (picture("a.jpg", ""), picture("b.pdf", ""))}, "one document"),
        ({"format": "document", "media": (picture("a.jpg", ""),)}, "is one PDF"),
        ({"visibility": "followers", "account": PAGE}, "for everyone"),
        ({"first_comment": "a" * 1251}, "1250"),
        ({"text": "Avec urn:li:person:7"}, "would stand in the words"),
        ({}, ""),
    ],
)
def test_what_linkedin_would_refuse_is_known_before(words: dict[str, Any], why: str) -> None:
    said = {"network": "linkedin", "account": MEMBER, "title": "", "text": "Un jardin", "lang": "fr", "format": "post"} | words
    told = linkedin.refusal_reason(Words(**said))
    assert (why in told) if why else told == ""


def test_a_card_has_a_title_and_its_address(page: Desk) -> None:
    for title, shown in (("Le verger", "Le verger"), ("", "a.be/b_c")):
        (part,) = page.payload("Venez", title=title, link="https://a.be/b_c").parts
        assert part.wire["content"] == {"article": {"source": "https://a.be/b_c", "title": shown}}
    card = linkedin.part_content(part).card
    assert card is not None and (card.url, card.title) == ("https://a.be/b_c", "a.be/b_c")


def test_a_member_may_speak_to_connections_and_a_page_to_all(server: Linkedin) -> None:
    Desk(server, MEMBER).send("Entre nous", visibility="followers")
    page = Desk(server)
    page.send("Un jardin", visibility="unlisted")
    assert [message.wire["visibility"] for message in server.messages] == ["CONNECTIONS", "PUBLIC"]
    for audience in ("followers", "direct"):
        with pytest.raises(Refused):
            page.send("Entre nous", visibility=audience)


def test_a_comment_has_the_audience_of_its_post(page: Desk) -> None:
    for visibility, audience in (("", "public"), ("followers", "followers"), ("circle", "unknown")):
        parts = page.payload("Un jardin", visibility=visibility, first_comment="Et une bêche").parts
        assert [linkedin.part_content(part).audience for part in parts] == [audience, audience]


# Media.


def test_a_video_goes_up_in_ranges_without_the_token(page: Desk) -> None:
    video = page.file("serre.mp4", FILM)
    page.server.range_size = 700
    delivery = page.send("La serre", media=(video,), title="La serre")
    (asset,) = page.server.assets.values()
    assert asset.data == FILM and len(asset.etags) == -(-len(FILM) // 700) and delivery.files == (video.sha256,)
    assert page.server.messages[0].wire["content"]["media"] == {"id": next(iter(page.server.assets)), "title": "La serre"}


@pytest.mark.parametrize(("name", "data"), [("serre.mp4", FILM), ("plan.pdf", DECK)])
def test_what_is_not_ready_is_taken_up_by_the_next_run_and_not_sent_twice(page: Desk, name: str, data: bytes) -> None:
    medium = page.file(name, data)
    page.server.order("never-ready", on="status")
    with pytest.raises(Wait, match="still being processed") as waiting:
        page.send("La serre", media=(medium,))
    assert not page.server.messages and waiting.value.until == NOW + timedelta(seconds=60)
    (urn,) = page.server.assets
    assert waiting.value.uploads == {medium.sha256: urn}
    page.server.assets[urn].status = "AVAILABLE"
    page.send("La serre", media=(medium,), uploads=waiting.value.uploads)
    assert list(page.server.assets) == [urn] and page.server.messages[0].wire["content"]["media"]["id"] == urn


def test_an_upload_that_failed_is_made_anew_once_and_then_refused(page: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    medium = page.file("plan.pdf", DECK)
    page.send("Un", media=(medium,))
    (urn,) = page.server.assets
    page.server.assets[urn].status = "PROCESSING_FAILED"
    page.send("Deux", media=(medium,), uploads={medium.sha256: urn})
    assert len(page.server.assets) == 2
    monkeypatch.setattr(
        page.server, "_state", lambda _urn: fake.Reply(200, {"status": "PROCESSING_FAILED", "processingFailureReason": "no pages"})
    )
    with pytest.raises(Refused, match=r"LinkedIn cannot process content/media/plan\.pdf: no pages"):
        page.send("Trois", media=(medium,))


def test_a_document_has_the_title_of_its_post_or_its_files_name(page: Desk) -> None:
    for title, shown in (("Le plan", "Le plan"), ("", "plan")):
        page.send("Un plan", media=(page.file("plan.pdf", DECK),), title=title)
        assert page.server.messages[-1].wire["content"]["media"]["title"] == shown
    assert [asset.data for asset in page.server.assets.values()] == [DECK, DECK]


def test_a_members_token_may_not_ask_whether_a_picture_is_ready(member: Desk) -> None:
    member.send("Un jardin", media=(picture("a.jpg", "Un banc"),))
    assert [request.method for request in member.server.requests("status")] == ["GET"]
    member.server.refusals.append(member.server.error(400, "MEDIA_ASSET_WAITING_UPLOAD"))
    with pytest.raises(Wait):
        member.send("Un autre", media=(picture("a.jpg", "Un banc"),))


def test_the_token_goes_to_no_other_host(page: Desk) -> None:
    page.server.bytes_host = "127.0.0.2:9"
    with pytest.raises(Wait, match="invalid address"):
        page.send("Un jardin", media=(picture("a.jpg", "Un banc"),))
    assert not page.server.messages


# First comment.


def test_a_first_comment_follows_its_post_and_is_found_again(page: Desk) -> None:
    payload = page.payload("Un jardin", first_comment="Et (apportez) une bêche")
    first = page.send("Un jardin", first_comment="Et (apportez) une bêche")
    second = page.send("Un jardin", 1, (first,), first_comment="Et (apportez) une bêche")
    (comment,) = page.server.comments
    assert comment["message"] == {"text": "Et (apportez) une bêche"} and comment["object"] == first.id, "a comment is plain text"
    assert second.id == f"{first.id}#comment-{comment['id']}" and second.url == first.url
    assert linkedin.find(page.request(payload, 1, (first,)), page.account, WEB) == second
    page.server.comments.clear()
    assert linkedin.find(page.request(payload, 1, (first,)), page.account, WEB) is None
    linkedin.retract(second, payload.parts[1], page.account, WEB)
    assert linkedin.read(second, payload.parts[1], page.account, WEB) == {}
    assert linkedin.still_there(second, payload.parts[1], page.account, WEB) is None
    assert len(page.server.alive()) == 1


def test_an_application_that_may_not_comment_leaves_the_post_as_it_is(page: Desk) -> None:
    page.server.comments_allowed = False
    first = page.send("Un jardin", first_comment="Et une bêche")
    second = page.send("Un jardin", 1, (first,), first_comment="Et une bêche")
    assert second.url == first.url and second.note.startswith("without its first comment: LinkedIn does not let this application comment")
    assert first.note == "" and len(page.server.alive()) == 1


# Answers.


@pytest.mark.parametrize(
    ("status", "code", "outcome", "why"),
    [
        (426, "NONEXISTENT_VERSION", Locked, "has retired version 20"),
        (400, "FIELD_LENGTH_TOO_LONG", Refused, "FIELD_LENGTH_TOO_LONG"),
        (400, "MEDIA_ASSET_PROCESSING_FAILED", Refused, "MEDIA_ASSET_PROCESSING_FAILED"),
        (400, "EXPIRED_UPLOAD_URL", Wait, "EXPIRED_UPLOAD_URL"),
        (409, "CONFLICT", Unknown, "CONFLICT"),
        (503, "SERVICE_UNAVAILABLE", Unknown, "503"),
    ],
)
def test_each_error_is_named_by_what_must_happen_next(page: Desk, status: int, code: str, outcome: type[Exception], why: str) -> None:
    page.server.refusals.append(page.server.error(status, code))
    with pytest.raises(outcome, match=why):
        page.send("Un jardin")


def test_the_code_of_a_field_counts_too(page: Desk) -> None:
    body = {
        "status": 400,
        "code": "ILLEGAL_ARGUMENT",
        "message": "wait",
        "errorDetails": {"inputErrors": [{"code": "MEDIA_ASSET_WAITING_UPLOAD"}]},
    }
    page.server.refusals.append(fake.Reply(400, body))
    with pytest.raises(Wait):
        page.send("Un jardin")


def test_a_duplicate_is_no_proof_of_the_post_that_it_names(page: Desk) -> None:
    def duplicate() -> fake.Reply:
        return page.server.error(422, "DUPLICATE_POST", "Content is a duplicate of urn:li:share:7131")

    page.server.refusals.append(duplicate())
    with pytest.raises(Refused, match=r"a duplicate of https://www\.linkedin\.com/feed/update/urn:li:share:7131/: change them"):
        page.send("Un jardin")
    page.send("Un verger")
    page.server.refusals.append(duplicate())
    with pytest.raises(Unknown, match=r"has this post already: .*urn:li:share:7131/; look whether it is there"):
        page.send("Un verger")
    assert len(page.server.messages) == 1


def test_only_a_person_can_look_for_a_members_post(member: Desk) -> None:
    member.server.refusals.append(member.server.error(422, "DUPLICATE_POST", "Content is a duplicate of urn:li:share:7131"))
    with pytest.raises(Unknown, match="urn:li:share:7131"):
        member.send("Un jardin")
    with pytest.raises(Unknown, match="look whether it is there"):
        linkedin.find(member.request(member.payload("Un jardin")), member.account, WEB)
    delivery = member.send("Un verger")
    assert linkedin.still_there(delivery, Part("", 0), member.account, WEB) is None


def test_a_look_tells_a_post_from_its_likes(page: Desk) -> None:
    payload = page.payload("Un jardin", link="https://a.be/b")
    request = page.request(payload)
    page.send("Un jardin")
    with pytest.raises(Unknown, match="almost this one"):
        linkedin.find(request, page.account, WEB)
    (other,) = page.server.messages
    assert linkedin.find(request._replace(taken={other.id}), page.account, WEB) is None
    sent = page.send("Un jardin", link="https://a.be/b")
    assert linkedin.find(request._replace(taken={other.url}), page.account, WEB) == sent
    page.send("Un jardin", link="https://a.be/b")
    with pytest.raises(Unknown, match="2 posts there could be this one"):
        linkedin.find(request._replace(taken={other.url}), page.account, WEB)
    page.server.changed = dict.fromkeys(page.server.changed, 1700000000000)
    assert linkedin.find(request, page.account, WEB) is None, "they are older than the first attempt"


def test_a_look_reads_every_page(page: Desk) -> None:
    sent = page.send("Le premier")
    for number in range(60):
        page.send(f"Le post {number}")
    page.server.changed[sent.id] -= 1000
    assert linkedin.find(page.request(page.payload("Le premier")), page.account, WEB) == sent
    assert len(page.server.requests("find")) == 2


def test_a_correction_is_read_back(page: Desk) -> None:
    was, now = page.payload("On ouvre dimanch"), page.payload("On ouvre (dimanche) #Jardin")
    delivery = page.send("On ouvre dimanch")
    page.server.deaf_to_edits = True
    with pytest.raises(Unknown, match="still shows the old words"):
        linkedin.edit(page.request(now), delivery, was.parts[0], page.account, WEB)
    page.server.deaf_to_edits = False
    assert linkedin.edit(page.request(now), delivery, was.parts[0], page.account, WEB) == delivery
    assert page.server.messages[0].wire["commentary"] == r"On ouvre \(dimanche\) #Jardin"
    carded = page.payload("On ouvre dimanche", link="https://a.be/b")
    with pytest.raises(Refused, match="only the words"):
        linkedin.edit(page.request(carded), delivery, was.parts[0], page.account, WEB)


def test_a_members_counters_come_one_by_one(member: Desk) -> None:
    delivery = member.send("Un jardin")
    member.server.statistics[delivery.id] = {"IMPRESSION": 120, "MEMBERS_REACHED": 80, "REACTION": 7, "RESHARE": 0}
    assert linkedin.read(delivery, Part("", 0), member.account, WEB) == {"views": 120, "reach": 80, "likes": 7, "reposts": 0}


# Addresses and accounts.


@pytest.mark.parametrize(
    ("address", "urn"),
    [
        ("https://www.linkedin.com/feed/update/urn:li:share:7131/", "urn:li:share:7131"),
        ("https://www.linkedin.com/feed/update/urn%3Ali%3Aactivity%3A7131?utm_source=share", "urn:li:activity:7131"),
        ("https://fr.linkedin.com/posts/jardin-partage_jardin-activity-7131-aBc_?utm_source=share", "urn:li:activity:7131"),
        ("https://www.linkedin.com/posts/jardin_fete-ugcPost-7131-xY1z", "urn:li:ugcPost:7131"),
    ],
)
def test_addresses_of_posts(address: str, urn: str) -> None:
    assert linkedin.post_id(address, Channel(network="linkedin")) == urn


@pytest.mark.parametrize(
    "address",
    ["https://www.linkedin.com/company/jardin/", "https://linkedin.com.evil.example/feed/update/urn:li:share:7131/", "urn:li:share:7131", "https://www.linkedin.com/feed/update/urn:li:person:q/"],
)  # fmt: skip
def test_other_addresses_are_no_posts(address: str) -> None:
    with pytest.raises(Refused, match="is not the address of a post"):
        linkedin.post_id(address, Channel(network="linkedin"))


def test_a_channel_without_a_urn_is_told(page: Desk) -> None:
    account = Account("place", Channel(network="linkedin", account="jardin-partage"), {"token": TOKEN})
    with pytest.raises(Locked, match="place needs the URN of its page or member"):
        linkedin.identify(account, WEB)
    assert linkedin.host(Channel(network="linkedin", account=PAGE)) == "api.linkedin.com"


def test_a_version_of_the_api_is_a_month_and_a_setting(server: Linkedin) -> None:
    assert linkedin.version_end("202607") == date(2027, 7, 1) and linkedin.version_end("202612") == date(2027, 12, 1)
    assert [linkedin.version_end(text) for text in ("202613", "2026", "v3", "")] == [None] * 4
    desk = Desk(server)
    linkedin.identify(desk.account, WEB)
    channel = Channel(network="linkedin", **desk.channel, version="202609")
    linkedin.identify(Account("place", channel, {"token": TOKEN}), WEB)
    assert [request.headers["linkedin-version"] for request in server.requests("session")][-2:] == [linkedin.VERSION, "202609"]


def test_doctor_tells_whose_token_it_is_and_when_it_ends(server: Linkedin) -> None:
    page = Desk(server, client_id="app", client_secret="app-secret")
    status = linkedin.examine(page.account, WEB)
    assert (status.account, status.is_channel_account, status.missing_scopes) == (PAGE, True, ())
    assert status.remarks == () and status.expires == datetime.fromtimestamp(server.expires_at, UTC)
    server.scopes = "w_organization_social"
    assert linkedin.examine(page.account, WEB).missing_scopes == ("r_organization_social",)
    with pytest.raises(Locked, match="does not accept this client_id"):
        linkedin.examine(Desk(server, client_id="app", client_secret="other").account, WEB)


def test_doctor_names_the_pages_and_the_member_that_it_found(server: Linkedin) -> None:
    other = Desk(server, "urn:li:organization:7")
    assert linkedin.identify(other.account, WEB)[:2] == (PAGE, False)
    assert linkedin.identify(Desk(server, MEMBER).account, WEB)[:2] == (MEMBER, True)
    stranger = Desk(server, "urn:li:person:nobody")
    status = linkedin.examine(stranger.account, WEB)
    assert status[:2] == (MEMBER, False) and "only LinkedIn knows when" in status.remarks[0]


@pytest.mark.parametrize(("account", "scope"), [(PAGE, "rw_organization_admin"), (MEMBER, "openid profile")])
def test_a_token_that_may_not_say_whose_it_is_sends_all_the_same(server: Linkedin, account: str, scope: str) -> None:
    desk = Desk(server, account)
    server.tells_accounts = False
    assert linkedin.identify(desk.account, WEB)[:2] == (account, True)
    with pytest.raises(Locked, match=f"give it {scope} too"):
        linkedin.examine(desk.account, WEB)
    desk.send("Un jardin")
    with pytest.raises(Locked, match="ACCESS_DENIED"):
        Desk(server, "urn:li:organization:7").send("Un jardin")


def test_the_secrets_of_the_application_are_read_where_the_channel_names_them() -> None:
    env = {"token": "TOKEN", "client_id": "APP"}
    channels = Channels(channels={name: Channel(network="linkedin", account=PAGE, env=one) for name, one in (("a", env), ("b", {"token": "TOKEN"}))})  # fmt: skip
    read = secrets_reader({"TOKEN": "AQX", "APP": "app\n"}, Brand(name="Jardin"), channels)
    assert (read("a"), read("b")) == ({"token": "AQX", "client_id": "app"}, {"token": "AQX"})
    with pytest.raises(Locked, match="a needs the environment variable APP"):
        secrets_reader({"TOKEN": "AQX"}, Brand(name="Jardin"), channels)("a")


def test_a_run_tells_that_a_first_comment_is_missing_and_its_receipt_keeps_it(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fake.stage(tmp_path / "server", monkeypatch) as stage:
        place = Place(town, tmp_path / "repository", "linkedin", stage)
        stage.server.comments_allowed = False
        front = "---\nid: verger\ntitle: Le verger\ndate: 2026-12-02 08:10\nchannels: [there]\ngrace: 1d\nfirst_comment: Apportez une bêche\n---\n"
        write(place.folder, {"content/posts/2026/12/verger.md": f"{front}Un pommier.\n"})
        place.commit("A post")
        said = place.run("publish", "--format", "json", now="2026-12-02 09:00")
        steps = json.JSONDecoder().raw_decode(said[said.index("{") :])[0]["steps"]
        (step,) = (step for step in steps if step["act"] != "sealed")
        assert (step["act"], step["said"][:27]) == ("sent", "without its first comment: ")
        assert "without its first comment" in place.run("status", "verger@there", now="2026-12-02 10:00")
        assert place.states()["verger"] == "sent" and len(stage.received()) == 1


def test_a_content_warning_that_linkedin_has_no_place_for_is_told(tmp_path: Path) -> None:
    channels = f"channels:\n  there: {{network: linkedin, account: '{PAGE}'}}\n"
    post = "---\ntitle: A\ndate: 2026-12-08 10:00\nchannels: [there]\nsensitive: Fleurs\n---\nUn jardin\n"
    root = build(tmp_path, {"brand/channels.yml": channels, "content/posts/2026/12/a.md": post})
    said, _status = run_marronnier(["--now", "2026-12-01 09:00", "check"], root, {})
    assert "a.md:5:12: warning[dropped-element]: `there` leaves out the content warning: LinkedIn has no content warnings" in said
