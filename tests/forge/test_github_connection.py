"""The connection to GitHub: what its answers become, what is asked again, and where the token may be read."""

from __future__ import annotations

import base64
import json
import logging
import re
import traceback
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from fakes.rude import Say, answer, once, serving
from marronnier.forge.github_connection import GitHubConnection
from marronnier.forge.trouble import ForgeTrouble
from marronnier.web import Web

CANARY = "ghs_Zm9v/42+canary==0123456789abcdefABCDEF"
HERE = Web(loopback=True)


def connection(url: str, token: str = CANARY) -> GitHubConnection:
    return GitHubConnection(token, url.rstrip("/"), web=HERE)


def in_turn(*replies: bytes) -> Say:
    """One answer after the other, the last for ever."""
    left = list(replies)

    def say(_request: bytes) -> Iterator[bytes]:
        yield left.pop(0) if len(left) > 1 else left[0]

    return say


def silent(_request: bytes) -> Iterator[bytes]:
    """Takes the request and closes."""
    yield b""


def told(error: ForgeTrouble) -> str:
    return f"{error.message} {error.next}"


def test_the_token_is_in_one_header_and_nowhere_else() -> None:
    with serving(once(answer(b'{"id": 1}'))) as server:
        assert connection(server.url()).get("/repos/a/b")["id"] == 1
    assert server.heard[0].count(CANARY.encode()) == 1
    assert re.search(rb"authorization: \S+ " + re.escape(CANARY.encode()), server.heard[0], re.IGNORECASE)
    assert b"GET /repos/a/b HTTP/1.1" in server.heard[0]


def test_what_has_not_changed_is_not_read_twice() -> None:
    replies = in_turn(answer(b'{"id": 1}', more='ETag: W/"a"\r\n'), answer(b"", status="304 Not Modified"))
    with serving(replies) as server:
        github = connection(server.url())
        assert github.get("/repos/a/b") == github.get("/repos/a/b") == {"id": 1}
    assert b"if-none-match" not in server.heard[0].lower()
    assert b'if-none-match: w/"a"' in server.heard[1].lower()


def test_a27_a_full_page_is_read_anew_because_another_may_follow_it_now() -> None:
    full = json.dumps([{"id": number} for number in range(100)]).encode()
    with serving(once(answer(full, more='ETag: "a"\r\n'))) as server:
        github = connection(server.url())
        assert len(github.list("/x")) == len(github.list("/x")) == 100
    assert b"if-none-match" not in server.heard[1].lower()


def test_a27_every_page_of_a_list_is_read() -> None:
    with serving(in_turn(answer())) as server:
        pass

    def say(request: bytes) -> Iterator[bytes]:
        page = int((re.search(rb"[?&]page=(\d+)", request) or [b"", b"1"])[1])
        more = f'Link: <{server.url()}x?per_page=100&page={page + 1}>; rel="next"\r\n' if page < 4 else ""
        yield answer(json.dumps([{"id": page}]).encode(), more=more)

    with serving(say) as server:
        assert [each["id"] for each in connection(server.url()).list("/x")] == [1, 2, 3, 4]


@pytest.mark.parametrize("last", [answer(status="502 Bad"), answer(b"[{", kind="text/html"), answer(b'{"message": "no list"}')])
def test_a27_a_list_with_a_page_missing_is_no_list(last: bytes) -> None:
    def say(request: bytes) -> Iterator[bytes]:
        yield last if b"page=2" in request else answer(b"[{}]", more=f'Link: <{server.url()}x?page=2>; rel="next"\r\n')

    with serving(say) as server, pytest.raises(ForgeTrouble):
        connection(server.url()).list("/x")


def test_a27_a_list_without_end_is_not_read_in_part() -> None:
    def say(_request: bytes) -> Iterator[bytes]:
        yield answer(b"[{}]", more=f'Link: <{server.url()}x?page=2>; rel="next"\r\n')

    with serving(say) as server, pytest.raises(ForgeTrouble, match="longer than what is read"):
        connection(server.url()).list("/x")


def test_a_next_page_on_another_host_is_told_and_not_asked() -> None:
    with serving(once(answer(b"[]"))) as other:

        def say(_request: bytes) -> Iterator[bytes]:
            yield answer(b"[{}]", more=f'Link: <{other.url(host="localhost")}x?page=2>; rel="next"\r\n')

        with serving(say) as server, pytest.raises(ForgeTrouble, match="on another host"):
            connection(server.url()).list("/x")
    assert not other.heard


def test_a_redirect_is_told_and_not_followed() -> None:
    with serving(once(answer(b"{}"))) as other:
        moved = answer(b'{"message": "Moved Permanently"}', status="301 Moved", more=f"Location: {other.url()}repositories/7\r\n")
        with serving(once(moved)) as server, pytest.raises(ForgeTrouble, match="renamed or transferred") as error:
            connection(server.url()).get("/repos/a/b")
    assert not other.heard
    assert error.value.kind == "moved"


@pytest.mark.parametrize(
    ("status", "more", "kind", "sentence"),
    [
        ("401 Unauthorized", "", "credentials", r"does not know the token.*Make a new one"),
        ("403 Forbidden", "", "forbidden", r"may not do this on GitHub \(POST repos/a/b/pulls\).*permissions:"),
        (
            "403 Forbidden",
            "X-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: 1795860000\r\n",
            "busy",
            r"no more requests.*answers again at \d\d:\d\d UTC",
        ),
        ("429 Too Many", "Retry-After: 60\r\nDate: Fri, 20 Nov 2026 08:00:00 GMT\r\n", "busy", r"answers again at 08:01 UTC"),
        ("429 Too Many", "Retry-After: soon\r\nX-RateLimit-Remaining: lots\r\n", "busy", r"in some minutes"),
        ("404 Not Found", "", "missing", r"has no repos/a/b/pulls, or the token may not see it"),
        ("422 Unprocessable", "", "refused", r"refuses this.*Validation Failed: No commits between.*Nothing was changed"),
        ("500 Oh", "", "failed", r"GitHub failed.*may have been done: look on GitHub"),
        ("307 Elsewhere", "Location: http://elsewhere.example/\r\n", "moved", r"another address"),
    ],
)
def test_an_answer_that_is_a_no_is_told_with_what_to_do(status: str, more: str, kind: str, sentence: str) -> None:
    said = {"message": "Validation Failed", "errors": [{"message": "No commits between main and x"}]}
    with serving(once(answer(json.dumps(said).encode(), status=status, more=more))) as server, pytest.raises(ForgeTrouble) as error:
        connection(server.url()).write("POST", "/repos/a/b/pulls", {"title": "x"})
    assert error.value.kind == kind
    assert re.search(sentence, told(error.value))
    assert len(server.heard) == 1


@pytest.mark.parametrize("reply", [once(answer(status="502 Bad")), once(answer(status="202 Later")), silent])
def test_a_write_is_sent_once_whatever_happens(reply: Say) -> None:
    with serving(reply) as server:
        try:
            connection(server.url()).write("POST", "/x", {})
        except ForgeTrouble as error:
            assert error.may_have_happened
    assert len(server.heard) == 1


def test_a_read_is_sent_again_only_where_nothing_had_left() -> None:
    with serving(silent) as server, pytest.raises(ForgeTrouble) as error:
        connection(server.url()).get("/x")
    assert (len(server.heard), error.value.kind) == (1, "lost")
    github = connection(server.url())
    with pytest.raises(ForgeTrouble) as error:
        github.get("/x")
    assert (github.requests, error.value.kind, error.value.may_have_happened) == (3, "unreachable", False)


def test_answers_that_hurt_pygithub_are_read_all_the_same() -> None:
    odd = "X-RateLimit-Remaining: lots\r\nX-RateLimit-Limit: 5000\r\nX-RateLimit-Reset: never\r\nX-OAuth-Scopes: x\r\n"
    with serving(once(answer(b'{"id": 1}', more=odd))) as server:
        assert connection(server.url()).get("/x") == {"id": 1}


@pytest.mark.parametrize("path", ["x", "//elsewhere.example/x", "/a/../b", "/a b", "/a#b", "/a\r\nX: y", "/.."])
def test_n07_a_path_that_leads_elsewhere_is_not_asked(path: str) -> None:
    with serving(once(answer())) as server:
        if path == "//elsewhere.example/x":
            connection(server.url()).get(path)
            assert server.heard[0].startswith(b"GET //elsewhere.example/x ")
        else:
            with pytest.raises(ForgeTrouble, match="no path"):
                connection(server.url()).get(path)
            assert not server.heard


def test_n03_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(once(answer())) as proxy, serving(once(answer())) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url())
        connection(server.url()).get("/x")
    assert server.heard and not proxy.heard


def dressed(secret: str) -> list[str]:
    raw = secret.encode()
    shifted = [base64.b64encode(b"Bearer:"[:length] + raw).decode() for length in range(4)]
    return [secret, quote(secret, safe=""), json.dumps(secret)[1:-1], raw.hex(), *shifted, secret[::-1], f"{secret[:20]} {secret[20:]}"]


def shows(error: BaseException) -> str:
    """Everything that could be printed of an error: its message, its causes, and the variables of every frame."""
    printed, seen = [], error
    while seen is not None:
        told = traceback.TracebackException.from_exception(seen, capture_locals=True)
        printed += [*told.format(), repr(seen), repr(seen.__dict__), repr(seen.args)]
        frames = seen.__traceback__
        while frames is not None:
            # The test itself knows its canary.
            if not frames.tb_frame.f_code.co_filename.endswith("test_github_connection.py"):
                printed.append(repr(frames.tb_frame.f_locals))
            frames = frames.tb_next
        seen = seen.__cause__ or seen.__context__  # type: ignore[assignment]
    text = "\n".join(printed)
    return re.sub(r"(?m)^.*test_github_connection\.py.*$(\n {4,}.*)*", "", text)


@pytest.mark.parametrize("verb", ["GET", "POST"])
@pytest.mark.parametrize("what", ["said back", "in a header", "cut off", "html", "redirect", "refused", "another host"])
def test_n08_no_error_or_log_shows_the_token(
    what: str, verb: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("github", "github.Requester", "urllib3", "httpx2", "httpcore2"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    reply = {
        "said back": answer(json.dumps({"message": f"token {CANARY}"}).encode(), status="422 No"),
        "in a header": answer(status="403 No", more=f"X-Token: {CANARY}\r\nRetry-After: {CANARY}\r\n"),
        "html": answer(CANARY.encode(), kind="text/html"),
        "redirect": answer(status="301 Moved", more=f"Location: http://elsewhere.example/{quote(CANARY)}\r\n"),
        "another host": answer(b"[{}]", more=f'Link: <http://{quote(CANARY)}@elsewhere.example/x?page=2>; rel="next"\r\n'),
    }.get(what, answer())
    with serving(silent if what == "cut off" else once(reply)) as server:
        url = server.url()
        github = GitHubConnection(CANARY, "https://10.0.0.1" if what == "refused" else url, web=Web() if what == "refused" else HERE)
        try:
            if verb == "GET":
                github.list("/x")
            else:
                github.write("POST", "/x", {"body": "…"})
        except ForgeTrouble as error:
            printed = shows(error)
            assert error.__cause__ is None and error.__context__ is None
        else:
            assert verb == "POST" and what in ("another host",), "nothing was refused"
            printed = ""
    out = "\n".join((printed, repr(github), repr(vars(github)), caplog.text, *capfd.readouterr()))
    for dress in dressed(CANARY):
        assert dress.casefold() not in out.casefold()


@pytest.mark.parametrize("dress", dressed(CANARY))
def test_n09_what_github_says_is_left_out_when_it_holds_the_token(dress: str) -> None:
    said = answer(json.dumps({"message": f"Bad token {dress}!"}).encode(), status="422 No")
    with serving(once(said)) as server, pytest.raises(ForgeTrouble, match="contains a secret") as error:
        connection(server.url()).get("/x")
    assert dress not in told(error.value)


def test_n08_an_address_that_is_none_shows_no_token() -> None:
    with pytest.raises(ForgeTrouble) as error:
        GitHubConnection(CANARY, "ftp://example.org")
    assert CANARY not in shows(error.value)
