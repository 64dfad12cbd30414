"""HTTP requests against servers that behave badly."""

from __future__ import annotations

import base64
import gzip
import io
import json
import logging
import os
import socket
import time
import traceback
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from fakes.rude import answer, once, serving
from marronnier.networks.kit import outcomes
from marronnier.web import Answer, AnswerLost, InvalidAnswer, NotSent, Web

HERE = Web(loopback=True)
CANARY = "canary-Zm9v/42+secret=="


def test_a_request_arrives_as_it_was_asked() -> None:
    with serving(once(answer(b'{"id": "1"}', more="X-One: a\r\nX-ONE: b\r\n"))) as server:
        got = HERE.request("POST", server.url("/a?b=é"), headers={"Authorization": "Bearer x"}, json={"status": "L’été 🌳"})
        form = HERE.request("POST", server.url(), form={"a": "1", "b[]": ["x", "y"]})
        file = HERE.request("POST", server.url(), form={"description": "Un jardin"}, files={"file": ("a.png", b"\x89PNG", "image/png")})
        HERE.request("PUT", server.url(), body=b"\0\1", headers={"Content-Type": "image/png"})
    assert (got.status, got.json(), got.headers["x-one"]) == (200, {"id": "1"}, "a, b")
    assert form.status == file.status == 200
    head, _, body = server.heard[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /a?b=%C3%A9 HTTP/1.1\r\n") and b"Authorization: Bearer x\r\n" in head
    assert json.loads(body) == {"status": "L’été 🌳"}
    assert server.heard[1].endswith(b"a=1&b%5B%5D=x&b%5B%5D=y")
    assert b'name="description"\r\n\r\nUn jardin\r\n' in server.heard[2]
    assert b'name="file"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n' in server.heard[2]
    assert server.heard[3].endswith(b"\r\n\r\n\0\1")


def test_an_answer_of_any_status_is_an_answer() -> None:
    for status in ("204 No Content", "401 Unauthorized", "500 Oh", "429 Slow"):
        with serving(once(answer(b"", status=status))) as server:
            assert HERE.request("GET", server.url()).status == int(status[:3])


# N1: requests to where nobody should be sent


PRIVATE = [
    "169.254.169.254", "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.3.4", "192.168.1.1", "100.64.0.1", "198.18.0.1",
    "192.0.0.8", "192.88.99.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:10.0.0.1", "fe80::1", "fe80::1%lo", "fc00::1",
    "fd12::1", "fec0::1", "ff02::1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1", "2001:db8::1",
    "2001:0:7f00:1::", "100::1", "3fff::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_n01_a_host_at_an_address_that_is_not_public_is_refused(address: str) -> None:
    web = Web(resolve=lambda host, port: [address])
    with pytest.raises(NotSent, match="not a public address"):
        web.request("GET", "https://garden.test/", within=2)
    # One good address beside it does not help: which of them is taken is the attacker's choice.
    with pytest.raises(NotSent, match="not a public address"):
        Web(resolve=lambda host, port: ["93.184.215.14", address]).request("GET", "https://garden.test/", within=2)


@pytest.mark.parametrize(
    "host", ["[::1]", "[::ffff:7f00:1]", "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "localhost", "0"]
)
def test_n01_no_spelling_of_loopback_is_public(host: str) -> None:
    with pytest.raises(NotSent):
        Web().request("GET", f"https://{host}:9/", within=3)


@pytest.mark.parametrize("address", ["93.184.215.14", "10.0.0.1", "169.254.169.254", "::ffff:8.8.8.8", "2606:4700::1111", "0.0.0.0"])
def test_n01_under_a_clock_only_this_machine_is_reached(address: str) -> None:
    with pytest.raises(NotSent, match="a demo with a fixed date"):
        Web(loopback=True, resolve=lambda host, port: [address]).request("GET", "https://garden.test/", within=2)


def test_n01_a_name_is_looked_up_once_and_its_address_kept() -> None:
    asked: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    with serving(once(answer())) as server:
        assert Web(loopback=True, resolve=rebinding).request("GET", server.url(host="garden.test")).status == 200
    assert asked == ["garden.test"]
    assert f"Host: garden.test:{server.port}".encode() in server.heard[0]


def test_n01_the_next_address_is_used_where_the_first_does_not_answer() -> None:
    with serving(once(answer())) as server:
        web = Web(loopback=True, resolve=lambda host, port: ["::1", "127.0.0.2", "127.0.0.1"])
        assert web.request("GET", server.url(host="garden.test")).status == 200
    assert len(server.heard) == 1


@pytest.mark.parametrize(
    "to", ["http://169.254.169.254/latest/meta-data", "https://10.0.0.1/", "/again", "//elsewhere.test/", "file:///etc/passwd"]
)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_n01_a_redirect_is_reported_and_not_followed(to: str, status: int) -> None:
    with serving(once(answer(b"", status=f"{status} Elsewhere", more=f"Location: {to}\r\n"))) as server:
        told = HERE.request("POST", server.url(), json={})
    assert (told.status, told.headers["location"], len(server.heard)) == (status, to, 1)


@pytest.mark.parametrize(
    "url",
    ["https://user:pass@127.0.0.1/", "https://token@garden.test/", "https://a b/", "https://a\r\nX: y/", "https://a\tb/", "https://a\\@b/",
     "https://", "file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "/etc/passwd", "", "https://a\u00a0b/", "https://127.0.0.1:99999/"],
)  # fmt: skip
def test_n01_an_address_that_is_not_plain_is_not_asked(url: str) -> None:
    for web in (Web(resolve=lambda host, port: ["93.184.215.14"]), HERE):
        with pytest.raises(NotSent):
            web.request("GET", url, within=2)


# N2: answers that would never end


def endless(request: bytes) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\n\r\n"
    while True:
        yield b"x" * 65536


def headers_for_ever(request: bytes) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\n"
    while True:
        yield b"X-More: and more\r\n"


def slow_header(request: bytes) -> Iterator[bytes]:
    while True:
        yield b"H"[:1]
        time.sleep(0.05)


def slow_body(request: bytes) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"
    while True:
        yield b" "
        time.sleep(0.05)


def mute(request: bytes) -> Iterator[bytes]:
    time.sleep(3)
    yield b""


def wait_and_see(request: bytes) -> Iterator[bytes]:
    while True:
        yield b"HTTP/1.1 103 Early Hints\r\n\r\n"
        time.sleep(0.01)


@pytest.mark.parametrize("say", [endless, headers_for_ever])
def test_n02_an_endless_answer_is_left_early(say: Any) -> None:
    with serving(say) as server:
        start = time.monotonic()
        with pytest.raises(AnswerLost):
            HERE.request("GET", server.url(), most=100_000, within=10)
        assert time.monotonic() - start < 5
    assert server.said < 20_000_000


def test_n02_an_answer_that_announces_five_gigabytes_is_not_read() -> None:
    with serving(once(b"HTTP/1.1 200 OK\r\nContent-Length: 5000000000\r\n\r\n")) as server, pytest.raises(AnswerLost, match="longer than"):
        HERE.request("GET", server.url(), within=5)


@pytest.mark.parametrize("say", [slow_header, slow_body, mute, wait_and_see])
def test_n02_a_slow_answer_ends_at_the_deadline(say: Any) -> None:
    with serving(say) as server:
        start = time.monotonic()
        with pytest.raises(AnswerLost):
            HERE.request("GET", server.url(), within=0.6)
        assert time.monotonic() - start < 1.6


def test_n02_a_server_that_does_not_accept_ends_at_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        start = time.monotonic()
        with pytest.raises(AnswerLost):
            HERE.request("POST", f"http://127.0.0.1:{deaf.getsockname()[1]}/", body=b"x" * 20_000_000, within=0.6)
        assert time.monotonic() - start < 1.6


def test_n02_a_name_that_is_never_answered_ends_at_the_deadline() -> None:
    def sleepy(host: str, port: int) -> list[str]:
        time.sleep(3)
        return ["127.0.0.1"]

    start = time.monotonic()
    with pytest.raises(NotSent, match="has no address"):
        Web(loopback=True, resolve=sleepy).request("GET", "https://garden.test/", within=0.5)
    assert time.monotonic() - start < 1.5


@cache
def bomb(layers: int = 1) -> bytes:
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb") as out:
        for _ in range(100):
            out.write(b"\0" * 1_000_000)
    data = packed.getvalue()
    for _ in range(layers - 1):
        data = gzip.compress(data)
    return data


@pytest.mark.parametrize("coding", ["gzip", "gzip, gzip", "deflate", "br", "gzip,gzip,gzip,gzip,gzip,gzip,gzip"])
def test_n02_a_decompression_bomb_is_not_decompressed(coding: str) -> None:
    with (
        serving(once(answer(bomb(2 if "," in coding else 1), more=f"Content-Encoding: {coding}\r\n"))) as server,
        pytest.raises(AnswerLost),
    ):
        HERE.request("GET", server.url(), within=5)


def test_n02_a_small_compressed_answer_is_read() -> None:
    with serving(once(answer(gzip.compress(b'{"a": 1}'), more="Content-Encoding: gzip\r\n"))) as server:
        assert HERE.request("GET", server.url()).json() == {"a": 1}


def test_n02_redirects_are_never_followed() -> None:
    with serving(lambda request: iter((answer(b"", status="302 Found", more="Location: /\r\n"),))) as server:
        for _ in range(3):
            assert HERE.request("GET", server.url()).status == 302
    assert len(server.heard) == 3


@pytest.mark.parametrize("body", [b"<html>Down for a moment</html>", b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"a": 1} x', b"9" * 5000])
def test_n02_an_answer_that_is_no_json_is_reported(body: bytes) -> None:
    with serving(once(answer(body, kind="text/html"))) as server:
        got = HERE.request("GET", server.url())
    with pytest.raises(InvalidAnswer, match="text/html instead of JSON") as told:
        got.json()
    assert told.value.__context__ is None


@pytest.mark.parametrize(
    "reply", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}", b"SSH-2.0-x\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"]
)
def test_n02_after_a_truncated_answer_the_request_may_have_arrived(reply: bytes) -> None:
    with serving(once(reply)) as server, pytest.raises(AnswerLost):
        HERE.request("POST", server.url(), json={}, within=5)
    assert len(server.heard) == 1, "nothing is ever asked twice"


def test_n02_a_refused_connection_sent_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with pytest.raises(NotSent, match="refuses the connection"):
        HERE.request("POST", f"http://127.0.0.1:{port}/", json={})


@pytest.mark.parametrize(
    "value", ["../../x", "", "a/b", "a b", "a\n", "x" * 201, None, True, 1.5, [], {"a": 1}, "\u202e1", "é", "-rf", ".."]
)
def test_n02_an_identifier_of_another_form_is_refused(value: object) -> None:
    with pytest.raises(InvalidAnswer):
        outcomes.check_identifier(value)


@pytest.mark.parametrize(
    "value",
    ["javascript:alert(1)", "data:text/html,x", "https://", "https://user@host/", "https://a b/", "https://a/\n", "//a/b", "/a", None, 1,
     "https://a/<script>", 'https://a/"x', "https://a:x/", "file:///etc/passwd", "https://a/" + "x" * 2000, "https://a/\u202eb"],
)  # fmt: skip
def test_n02_a_url_of_another_form_is_refused(value: object) -> None:
    with pytest.raises(InvalidAnswer):
        outcomes.check_url(value)


def test_n02_valid_identifiers_and_urls_are_accepted() -> None:
    assert outcomes.check_identifier("109876543210") == outcomes.check_identifier(109876543210) == "109876543210"
    assert outcomes.check_identifier("1732550000.123456") and outcomes.check_identifier("9fX_-~")
    assert outcomes.check_url("https://example.social/@jardin/109?a=é#x")


# N3: nobody in between


def test_n03_an_untrusted_certificate_is_refused(certificates: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, str(certificates.file))
    monkeypatch.setenv("SSL_CERT_DIR", str(certificates.file.parent))
    web = Web(loopback=True, resolve=lambda host, port: ["127.0.0.1"])
    with serving(once(answer()), certificates.server) as server, pytest.raises(NotSent, match="certificate"):
        web.request("GET", server.url(scheme="https", host="garden.test"), headers={"Authorization": CANARY})
    assert not server.heard


def test_n03_a_certificate_of_another_name_is_refused(certificates: Any) -> None:
    web = Web(loopback=True, resolve=lambda host, port: ["127.0.0.1"], tls=certificates.client)
    with serving(once(answer()), certificates.server) as server:
        assert web.request("GET", server.url(scheme="https", host="garden.test")).status == 200
        with pytest.raises(NotSent, match="certificate"):
            web.request("GET", server.url(scheme="https", host="elsewhere.test"))
    assert len(server.heard) == 1


def test_n03_a_server_without_tls_is_refused(certificates: Any) -> None:
    web = Web(loopback=True, resolve=lambda host, port: ["127.0.0.1"], tls=certificates.client)
    with serving(once(answer())) as server, pytest.raises(NotSent, match="TLS"):
        web.request("GET", server.url(scheme="https", host="garden.test"), within=0.5)
    assert all(CANARY.encode() not in heard for heard in server.heard)


def test_n03_plain_http_is_allowed_to_loopback_only() -> None:
    with pytest.raises(NotSent, match="only https"):
        Web(resolve=lambda host, port: ["93.184.215.14"]).request("GET", "http://garden.test/")


def test_n03_proxies_and_netrc_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login x password y\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with serving(once(answer())) as proxy, serving(once(answer())) as server:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.url())
        assert HERE.request("GET", server.url()).status == 200
    assert not proxy.heard
    assert b"authorization" not in server.heard[0].lower()


def test_n03_no_cookie_is_kept() -> None:
    with serving(once(answer(more="Set-Cookie: a=b\r\n"))) as server:
        HERE.request("GET", server.url())
        HERE.request("GET", server.url())
    assert b"cookie" not in server.heard[1].lower()


# N8, N9: secrets


def dressed(secret: str) -> list[str]:
    raw = secret.encode()
    shifted = [base64.b64encode(b"Bearer:"[:n] + raw).decode() for n in range(4)]
    halves = f"{secret[:10]} … {secret[10:]}"
    return [
        secret,
        quote(secret, safe=""),
        json.dumps(secret + '"'),
        raw.hex(),
        raw.hex().upper(),
        *shifted,
        secret.upper(),
        halves,
        secret[::-1],
    ]


def shows(error: BaseException) -> str:
    """Everything that could be printed of an error: its message, its causes, and the variables of its frames in the package."""
    printed, seen = [], error
    while seen is not None:
        told = traceback.TracebackException.from_exception(seen, capture_locals=True, limit=-1)
        printed += [*told.format(), repr(seen), repr(seen.__dict__)]
        frames = seen.__traceback__
        while frames is not None:
            if f"{os.sep}marronnier{os.sep}" in frames.tb_frame.f_code.co_filename:
                printed.append(repr(frames.tb_frame.f_locals))
            frames = frames.tb_next
        seen = seen.__cause__ or seen.__context__  # type: ignore[assignment]
    return "\n".join(printed)


def hidden(text: str) -> None:
    for dress in (CANARY, quote(CANARY, safe=""), CANARY.encode().hex(), base64.b64encode(CANARY.encode()).decode()):
        assert dress not in text


@pytest.mark.parametrize("what", ["refused", "cut off", "slow", "too much", "bad header", "bad address"])
def test_n08_no_error_shows_a_secret(what: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx2").setLevel(logging.DEBUG)
    logging.getLogger("httpcore2").setLevel(logging.DEBUG)
    say = {"cut off": once(b""), "slow": mute, "too much": endless}.get(what, once(answer(CANARY.encode(), more=f"X-Token: {CANARY}\r\n")))
    headers = {"Authorization": f"Bearer {CANARY}" + ("\n" if what == "bad header" else "")}
    with serving(say) as server:
        url = {"refused": "https://10.0.0.1/", "bad address": f"https://{quote(CANARY)}@garden.test/"}.get(what, server.url())
        with pytest.raises((NotSent, AnswerLost)) as told:
            HERE.request("POST", url, headers=headers, form={"password": CANARY}, most=10_000, within=0.5)
    hidden(shows(told.value))
    hidden(caplog.text)
    assert told.value.__context__ is None and told.value.__cause__ is None


def test_n08_the_repr_of_an_answer_shows_no_content(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with serving(once(answer(f'{{"accessJwt": "{CANARY}" '.encode(), more=f"X-Token: {CANARY}\r\n"))) as server:
        got = HERE.request("POST", server.url(), headers={"Authorization": CANARY}, json={"password": CANARY})
    assert repr(got) == "Answer(status=200)"
    with pytest.raises(InvalidAnswer) as told:
        got.json()
    hidden(shows(told.value))
    hidden(caplog.text)


@pytest.mark.parametrize("dress", dressed(CANARY))
def test_n09_a_server_message_that_holds_a_secret_is_left_out(dress: str) -> None:
    said = outcomes.redact(f"The token {dress} is not known here", [CANARY])
    assert said == "(its message is not shown: it contains a secret)"


def test_n09_other_server_messages_are_quoted_as_one_line() -> None:
    assert outcomes.redact("Validation failed: Text limit\nof 500\x1b[31m exceeded ::set-output", [CANARY]) == (
        "Validation failed: Text limit of 500 [31m exceeded ::set-output"
    )
    assert outcomes.redact({"a": 1}, [CANARY]) == outcomes.redact(None, []) == ""
    assert len(outcomes.redact("x" * 5000, ["short"])) == outcomes.MAX_QUOTED


def test_an_answer_is_made_of_plain_values() -> None:
    assert Answer(200, {}, b"[1]").json() == [1]
