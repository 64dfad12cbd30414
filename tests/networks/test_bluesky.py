"""Bluesky, beyond the contract that every network passes."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.bluesky import HANDLE, PASSWORD, Server, did_of, serving
from marronnier.model import shape
from marronnier.model.brand import Channel
from marronnier.model.publication import Delivery, Picture
from marronnier.networks import bluesky
from marronnier.networks.kit.atproto import facets, identifiers
from marronnier.networks.kit.seam import Account, AccountStatus, Locked, Refused, SendRequest, Unknown, Wait
from marronnier.text.graphemes import byte_length, count_graphemes
from marronnier.web import Web
from networks.posts import drawn, picture, publication
from text.markdown_texts import markdown, prose

NOW = datetime(2026, 12, 5, 9, tzinfo=UTC)
WEB = Web(loopback=True)
FAMILY = "👨‍👩‍👧‍👦"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path) as started:
        yield started


def say(
    server: Server, text: str = "On ouvre dimanche", *, number: int = 0, before: tuple[Delivery, ...] = (), find: bool = False, **words: Any
) -> Any:
    said = publication("bluesky", text, channel=words.pop("channel", {"account": HANDLE, "host": server.host}), **words)
    payload = bluesky.compose(said)
    part = payload.parts[number]
    sending = SendRequest(
        said.key, number, len(payload.parts), part, payload.sha256, before, first_sent_at=NOW, now=NOW, read_picture=drawn
    )
    return (bluesky.find if find else bluesky.send)(sending, Account("place", said.channel, {"password": PASSWORD}), WEB)


def wire(text: str, **words: Any) -> dict[str, Any]:
    return dict(bluesky.compose(publication("bluesky", text, **words)).parts[0].wire)


# Composing.


@pytest.mark.parametrize(
    ("text", "count", "size"),
    [
        (FAMILY, 1, 25),
        (f"https://example.org/{'a' * 100}", 27, 27),
        ("é", 1, 2),
        ("e\u0301", 1, 3),
        ("日" * 300, 300, 900),
        ("a\nb\n\nc", 6, 6),
        ("**a** [b](https://example.org)", 17, 17),
    ],
    ids=["emoji", "link", "composed", "decomposed", "cjk", "newlines", "markdown"],
)
def test_d4_counting(text: str, count: int, size: int) -> None:
    (part,) = bluesky.compose(publication("bluesky", text)).parts
    assert (part.count, byte_length(part.text)) == (count, size)


@given(prose() | markdown)
def test_facets_stand_on_their_words_in_bytes(text: str) -> None:
    shown = facets.add_facets(text)
    assert shown.text == facets.display_text(text)
    data, end = shown.text.encode("utf-8", "surrogatepass"), 0
    for facet in shown.facets:
        assert end <= facet["index"]["byteStart"] < facet["index"]["byteEnd"] <= len(data)
        words = data[facet["index"]["byteStart"] : (end := facet["index"]["byteEnd"])].decode()
        (feature,) = facet["features"]
        match feature["$type"].partition("#")[2]:
            case "link":
                assert words == facets.shorten_link(feature["uri"]) and feature["uri"] in text
            case "tag":
                assert words[1:] == feature["tag"]
            case "mention":
                assert words[1:] == feature["did"] == facets.unresolved_handle(feature)


@given(
    st.lists(
        st.sampled_from(("jardin", "الحديقة", FAMILY * 3, "https://example.org/a/b/c/d/e/f/g/h/i/j", "#Fête", "\n\n", "!")), max_size=200
    )
)
def test_a_thread_fits_both_limits(words: list[str]) -> None:
    for part in bluesky.compose(publication("bluesky", " ".join(words), thread="auto")).parts:
        assert part.count == count_graphemes(part.text) <= 300 and byte_length(part.text) <= 3000


def test_a_thread_breaks_where_bytes_run_out_before_characters() -> None:
    parts = bluesky.compose(publication("bluesky", f"{FAMILY} " * 130, thread="auto")).parts
    assert len(parts) == 2 and all(part.count < 300 for part in parts)


def test_a_link_is_shown_once() -> None:
    link = "https://example.org/jardin"
    held = wire(f"Voir {link}", link=f"{link}?utm_source=x", media=(picture("a.jpg", ""),))
    assert held["text"] == "Voir example.org/jardin"
    card = wire("Voir", link=link, title="Le jardin")
    assert card["text"] == "Voir" and card["embed"]["external"] == {"uri": link, "title": "Le jardin", "description": ""}


def test_a_mention_is_said_once_and_with_its_sign() -> None:
    said = wire("Merci @Serre.bsky.social !", mentions=("serre.bsky.social", "ami.example.org", "@ami.example.org", "@ami@example.social"))
    assert said["text"] == "Merci @Serre.bsky.social !\n\n@ami.example.org @ami@example.social"


def test_c10_a_link_that_is_not_on_the_web_never_goes_out() -> None:
    for media in ((), (picture("a.jpg", ""),)):
        assert "javascript" not in str(wire("a", link="javascript:alert(1)", media=media))
    assert "facets" not in wire("[a](javascript:alert(1)) javascript://example.org")


def test_what_no_server_takes_is_left_out() -> None:
    assert "langs" not in wire("a", lang="français")
    assert "facets" not in wire(f"#{'a' * 65}") and "facets" not in wire("@jardin @ami@example.social")


@pytest.mark.parametrize("host", ["pds.example.org", "127.0.0.1:2583", "localhost:1", ""])
def test_the_server_of_an_account(host: str) -> None:
    assert bluesky.host(Channel(network="bluesky", host=host)) == (host.partition(":")[0] or "bsky.social")


@pytest.mark.parametrize("host", ["https://example.org", "example.org/x", "a@b", "a b", "[::1]", "example.org:", "é.example"])
def test_what_is_no_server_is_said_where_it_is_written(host: str) -> None:
    made, refused = shape.parse_model(Channel, {"network": "bluesky", "host": host})
    assert made is None
    assert [one.path for one in refused] == [("host",)]


# Identifiers.


@given(st.text(), st.integers(0, 30), st.text())
def test_a_key_is_a_tid_and_the_same_for_the_same(key: str, number: int, payload: str) -> None:
    from atproto_client.models.string_formats import validate_tid

    made = identifiers.derive_record_key(key.encode("utf-8", "replace").decode(), str(number), payload.encode("utf-8", "replace").decode())
    assert validate_tid(made, None) == made
    assert made == identifiers.derive_record_key(
        key.encode("utf-8", "replace").decode(), str(number), payload.encode("utf-8", "replace").decode()
    )
    number = sum("234567abcdefghijklmnopqrstuvwxyz".index(digit) << 5 * place for place, digit in enumerate(reversed(made)))
    assert 2023 <= datetime.fromtimestamp((number >> 10) / 1e6, UTC).year < 2026, "a key is no hour to come"


def test_keys_of_other_parts_and_words_differ() -> None:
    assert (
        len({identifiers.derive_record_key(*said) for said in (("a@b", "0", "c"), ("a@b", "1", "c"), ("a@b", "0", "d"), ("a@", "b0", "c"))})
        == 4
    )


@given(st.text())
def test_what_is_no_name_is_none(text: str) -> None:
    assert (
        identifiers.parse_record_id(text) is None
        and identifiers.parse_post_url(text) is None
        and identifiers.record_ref(text, text) is None
    )


@pytest.mark.parametrize(
    "name",
    [
        "jardin",
        "jardin.",
        ".jardin.be",
        "-a.be",
        "a-.be",
        "a.1",
        "a..be",
        "a_b.be",
        "é.be",
        f"{'a' * 64}.be",
        "a." * 130 + "be",
        "a.be\n",
        "",
    ],
)
def test_what_is_no_handle(name: str) -> None:
    assert not identifiers.is_handle(name)
    assert identifiers.is_handle("jardin-du-nord.bsky.social") and identifiers.is_handle("1.example.BE")


# Sending.


def test_one_session_serves_many_posts(server: Server) -> None:
    for number in range(3):
        say(server, f"Bonjour {number}", post_id=f"post-{number}")
    assert len(server.asked("session")) == 1 and len(server.received()) == 3


@pytest.mark.parametrize("error", ["ExpiredToken", "InvalidToken"])
def test_t07_an_expired_session_is_renewed(server: Server, error: str) -> None:
    say(server)
    server.order("say", status=400, body=json.dumps({"error": error, "message": "Token has expired"}))
    say(server, "Bonjour", post_id="autre")
    assert len(server.asked("session")) == 2 and len(server.received()) == 2


def test_t07_a_revoked_password_locks_the_channel(server: Server) -> None:
    say(server)
    server.order("locked")
    with pytest.raises(Locked, match=r"refuses the app password of jardin\.test; create a new one"):
        say(server, "Bonjour", post_id="autre")
    assert len(server.received()) == 1


FAULTS: list[tuple[str, str, dict[str, Any], type[Exception], int]] = [
    ("send", "refused", {}, Refused, 0),
    ("send", "say", {"status": 413, "body": '{"error": "PayloadTooLarge"}'}, Refused, 0),
    ("send", "say", {"status": 401, "body": '{"error": "AuthMissing"}'}, Locked, 0),
    ("send", "say", {"status": 403, "body": '{"error": "Forbidden"}'}, Locked, 0),
    ("send", "say", {"status": 400, "body": '{"error": "AccountTakedown"}'}, Locked, 0),
    ("send", "say", {"status": 404, "body": "<html>"}, Locked, 0),
    ("send", "say", {"status": 501, "body": '{"error": "MethodNotImplemented"}'}, Locked, 0),
    ("send", "say", {"status": 308, "headers": {"Location": "https://example.org"}}, Locked, 0),
    ("send", "say", {"status": 403, "body": "<html>blocked</html>"}, Unknown, 0),
    ("send", "say", {"status": 400, "body": "[" * 5000}, Unknown, 0),
    ("send", "wait", {}, Wait, 0),
    *(("send", f"{what}-{when}", {}, Unknown, there) for what in ("cut", "error", "html", "page", "empty", "odd") for when, there in (("before", 0), ("after", 1))),
    *((on, answer, {}, Wait, 0) for on in ("session", "upload", "resolve") for answer in ("cut-before", "error-after", "html-before", "page-after", "empty-after", "odd-after", "wait")),
    ("session", "locked", {}, Locked, 0),
    ("session", "say", {"status": 401, "body": '{"error": "AuthFactorTokenRequired"}'}, Locked, 0),
    ("session", "say", {"status": 404, "body": "<html>"}, Locked, 0),
    ("upload", "say", {"status": 413, "body": '{"error": "PayloadTooLarge"}'}, Refused, 0),
]  # fmt: skip


@pytest.mark.parametrize(("on", "answer", "how", "outcome", "there"), FAULTS)
def test_t04_each_fault_is_named_and_sending_again_posts_once(
    server: Server, on: str, answer: str, how: dict[str, Any], outcome: type[Exception], there: int
) -> None:
    media = (picture("a.jpg", "Un jardin"),) if on == "upload" else ()
    words: dict[str, Any] = {"text": "Merci @ami.example.org", "media": media}
    server.order(answer, on=on, **how)
    with pytest.raises(outcome) as told:
        say(server, **words)
    assert PASSWORD not in str(told.value) and len(server.received()) == there
    delivery = say(server, **words)
    assert len(server.received()) == 1 and server.open(delivery.url)["text"] == words["text"]


def test_t05_a_rate_limit_says_until_when(server: Server) -> None:
    until = NOW + timedelta(minutes=7)
    server.order(
        "wait", headers={"ratelimit-limit": "5000", "ratelimit-reset": str(int(until.timestamp())), "Date": "Sat, 05 Dec 2026 09:00:00 GMT"}
    )
    with pytest.raises(Wait) as told:
        say(server)
    assert told.value.until == until


GARBLED = [
    (
        "send",
        {"uri": "at://did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3k2222222222", "cid": "bafyreiaaaaaaaaaaaaaaaaaaaa"},
        Unknown,
    ),
    ("send", {"uri": "at://../../x", "cid": "b" * 30}, Unknown),
    ("send", {"uri": 1, "cid": None}, Unknown),
    ("send", {}, Unknown),
    ("send", [], Unknown),
    ("session", {"did": "did:plc:x", "handle": "a", "accessJwt": "b"}, Wait),
    ("session", {"did": did_of("a"), "handle": "a", "accessJwt": "b\r\nX: y"}, Wait),
    ("session", {"did": did_of("a"), "handle": "a", "accessJwt": None}, Wait),
    ("resolve", {"did": "javascript:alert(1)"}, Wait),
    ("resolve", {"did": ["did:plc:x"]}, Wait),
    ("upload", {"blob": {"$type": "blob", "ref": {"$link": "../../x"}, "mimeType": "image/png", "size": 1}}, Wait),
    ("upload", {"blob": "x"}, Wait),
    ("upload", {"blob": {"ref": []}}, Wait),
]


@pytest.mark.parametrize(("on", "said", "outcome"), GARBLED)
def test_n02_identifiers_of_another_form_are_refused(server: Server, on: str, said: Any, outcome: type[Exception]) -> None:
    server.order("say", on=on, status=200, body=json.dumps(said))
    with pytest.raises(outcome):
        say(server, "Merci @ami.example.org", media=(picture("a.jpg", "Un jardin"),) if on == "upload" else ())


@pytest.mark.parametrize(
    "said",
    [
        {"uri": "at://x", "cid": "y", "value": {}},
        {"uri": f"at://{did_of('x')}/app.bsky.feed.post/autre", "cid": "bafyrei" + "a" * 30, "value": {}},
        {},
        1,
    ],
)
def test_n02_a_record_other_than_the_requested_one_proves_nothing(server: Server, said: Any) -> None:
    say(server)
    server.order("say", on="find", status=200, body=json.dumps(said))
    with pytest.raises(Wait):
        say(server, find=True)


def test_n08_no_secret_in_any_outcome(server: Server) -> None:
    for said in (PASSWORD, "eyJhbGciOiJIUzI1NiJ9.e30.jardin"):
        server.order("say", status=400, body=json.dumps({"error": "InvalidRequest", "message": f"you sent {said}"}))
        with pytest.raises(Refused) as told:
            say(server)
        assert said not in repr(told.value) and told.value.__cause__ is None


def test_what_can_be_known_before_is_refused_without_asking(server: Server) -> None:
    five = tuple(picture(f"{number}.jpg", "x") for number in range(5))
    for text, words, why in (
        ("Entre nous", {"visibility": "followers"}, "open to everyone"),
        ("Entre nous", {"visibility": "direct"}, "open to everyone"),
        ("Un", {"media": five}, "takes 4 pictures, and this post has 5"),
        ("", {}, "this post is empty"),
    ):
        with pytest.raises(Refused, match=why):
            say(server, text, **words)
    for account in ("", "jardin", "@jardin@example.social"):
        with pytest.raises(Locked, match="needs its handle"):
            say(server, channel={"account": account, "host": server.host})
    assert server.asked() == []
    assert say(server, "Pour tous", visibility="unlisted")
    assert "visibility" not in server.received()[0]["record"]


def test_a_handle_nobody_has_stays_words(server: Server) -> None:
    say(server, "Merci @ami.example.org et @nobody.example.org et @nobody.test")
    (facet,) = server.received()[0]["record"]["facets"]
    assert facet == {
        "index": {"byteStart": 6, "byteEnd": 22},
        "features": [{"$type": "app.bsky.richtext.facet#mention", "did": did_of("ami.example.org")}],
    }
    say(server, "Merci @nobody.test", post_id="autre")
    assert server.received()[1]["record"] == {**wire("Merci"), "text": "Merci @nobody.test", "createdAt": "2026-12-05T09:00:00.000Z"}


def test_a_post_that_stands_there_already_is_ours_only_if_it_says_the_same(server: Server) -> None:
    delivery = say(server)
    records = server.folder / "records.jsonl"
    cid = delivery.id.rpartition("#")[2]
    written = records.read_text().replace(cid, f"bafyr{'a' * 30}").replace("2026-12-05", "2026-12-04")
    records.write_text(written.replace("dimanche", "lundi"))
    with pytest.raises(Refused, match="another post already has the key"):
        say(server)
    with pytest.raises(Unknown, match="another post already has the key"):
        say(server, find=True)
    records.write_text(written)
    assert say(server) == say(server, find=True) and say(server).url == delivery.url


def test_t08_the_next_part_answers_a_part_that_a_person_settled(server: Server) -> None:
    text = "Un\n\n---\n\nDeux"
    first = say(server, text)
    by_hand = Delivery(first.url, first.url.replace(did_of(HANDLE), HANDLE))
    second = say(server, text, number=1, before=(by_hand,))
    assert server.open(second.url)["reply"]["parent"] == identifiers.parse_record_id(first.id).ref  # type: ignore[union-attr]
    for url in ("https://bsky.app/profile/jardin.test/post/3kaaaaaaaaaaa", "https://example.org"):
        with pytest.raises(Refused, match="replies to, is not on Bluesky"):
            say(server, text, number=1, before=(Delivery(url, url),))


def test_a_thread_answers_its_first_and_its_last(server: Server) -> None:
    text = "Un\n\n---\n\nDeux\n\n---\n\nTrois"
    before: tuple[Delivery, ...] = ()
    for number in range(3):
        before += (say(server, text, number=number, before=before),)
    hours = [line["record"]["createdAt"] for line in server.received()]
    assert hours == [f"2026-12-05T09:00:00.00{number}Z" for number in range(3)]
    reply = server.open(before[2].url)["reply"]
    assert [f"{reply[one]['uri']}#{reply[one]['cid']}" for one in ("root", "parent")] == [before[0].id, before[1].id]


def test_c14_a_file_that_is_no_picture_is_refused(server: Server) -> None:
    said = publication("bluesky", "Un", channel={"account": HANDLE, "host": server.host}, media=(picture("a.jpg", "x"),))
    payload = bluesky.compose(said)
    sending = SendRequest(said.key, 0, 1, payload.parts[0], payload.sha256, (), now=NOW, read_picture=drawn)
    account = Account("place", said.channel, {"password": PASSWORD})

    def damaged(image: Picture) -> bytes:
        return drawn(image)[:40]

    for read in (None, lambda image: b"<svg onload=alert(1)>", damaged):
        with pytest.raises(Refused, match=r"content/media/a\.jpg"):
            bluesky.send(sending._replace(read_picture=read), account, WEB)
    assert server.received() == [] and server.asked("upload") == []


def test_n01_without_a_clock_no_server_on_this_machine_is_asked(server: Server) -> None:
    said = publication("bluesky", "Un", channel={"account": HANDLE, "host": server.host})
    payload = bluesky.compose(said)
    with pytest.raises(Wait):
        bluesky.send(
            SendRequest(said.key, 0, 1, payload.parts[0], payload.sha256, ()), Account("place", said.channel, {"password": PASSWORD}), Web()
        )
    assert server.asked() == []


# Check of the account.


def examine(server: Server, handle: str = HANDLE) -> AccountStatus:
    channel = Channel(network="bluesky", account=handle, host=server.host)
    return bluesky.examine(Account("place", channel, {"password": PASSWORD}), WEB)


def test_the_doctor_is_told_whose_password_it_is(server: Server) -> None:
    told = examine(server, f"@{HANDLE.upper()}")
    assert (told.account, told.is_channel_account, told.missing_scopes, told.limits, told.remarks) == (HANDLE, True, (), {}, ())
    assert told.server_time is not None and abs(datetime.now(UTC) - told.server_time) < timedelta(minutes=1)
    assert examine(server, did_of(HANDLE)).is_channel_account and server.received() == []


def token(scope: str) -> str:
    claims = base64.urlsafe_b64encode(json.dumps({"scope": scope}).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJIUzI1NiJ9.{claims}.x"


@pytest.mark.parametrize(
    ("scope", "about", "remark"),
    [
        ("com.atproto.appPass", {}, None),
        ("com.atproto.access", {}, "the password of the account itself"),
        ("com.atproto.appPassPrivileged", {}, "may read direct messages"),
        ("", {"handle": "handle.invalid"}, "no longer points to it"),
        ("", {"active": False}, "not active"),
    ],
)
def test_the_doctor_is_told_what_is_odd(server: Server, scope: str, about: dict[str, Any], remark: str | None) -> None:
    who = {"did": did_of(HANDLE), "handle": HANDLE}
    server.order("say", on="session", status=200, body=json.dumps({**who, "accessJwt": token(scope)}))
    server.order("say", on="com.atproto.server.getSession", status=200, body=json.dumps({**who, **about}))
    told = examine(server)
    assert [remark in one for one in told.remarks] == [True] if remark else told.remarks == ()


def test_the_doctor_is_told_of_another_account(server: Server) -> None:
    other = {"did": did_of("autre.test"), "handle": "autre.test"}
    server.order("say", on="com.atproto.server.getSession", status=200, body=json.dumps(other))
    told = examine(server)
    assert (told.account, told.is_channel_account) == ("autre.test", False)


@pytest.mark.parametrize(
    ("on", "answer", "outcome"),
    [
        ("session", "locked", Locked),
        ("session", "cut-before", Wait),
        ("com.atproto.server.getSession", "html-after", Wait),
        ("com.atproto.server.getSession", "odd-after", Wait),
    ],
)
def test_the_doctor_is_told_when_nothing_can_be_known(server: Server, on: str, answer: str, outcome: type[Exception]) -> None:
    server.order(answer, on=on)
    with pytest.raises(outcome):
        examine(server)


def test_a_tag_that_only_begins_another_is_placed() -> None:
    (part,) = bluesky.compose(publication("bluesky", "Un jour pour #foo-bar et #Jardin", tags=("foo", "jardin"))).parts
    assert part.text == "Un jour pour #foo-bar et #Jardin\n\n#foo"
    assert [facet["features"][0]["tag"] for facet in part.wire["facets"]] == ["foo-bar", "Jardin", "foo"]
