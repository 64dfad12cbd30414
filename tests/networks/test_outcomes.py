"""Outcomes of answers, and waits. T4 and T5 of the attacks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fakes.rude import answer, once, serving
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.seam import Locked, Refused, Unknown, Wait
from marronnier.web import Answer, InvalidAnswer, Web

NOW = datetime(2026, 12, 2, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("status", "posting", "looking"),
    [(400, Refused, Refused), (401, Locked, Locked), (403, Locked, Locked), (404, Refused, Refused), (408, Unknown, Wait), (413, Refused, Refused),
     (422, Refused, Refused), (429, Wait, Wait), (500, Unknown, Wait), (502, Unknown, Wait), (503, Unknown, Wait), (504, Unknown, Wait),
     (301, Locked, Locked), (302, Unknown, Wait), (303, Unknown, Wait), (304, Unknown, Wait), (308, Locked, Locked)],
)  # fmt: skip
def test_t04_an_http_status_becomes_an_outcome(status: int, posting: type[Exception], looking: type[Exception]) -> None:
    with pytest.raises(posting, match=str(status)):
        outcomes.raise_for_answer(Answer(status, {}, b""), NOW, publishes=True)
    with pytest.raises(looking):
        outcomes.raise_for_answer(Answer(status, {}, b""), NOW, publishes=False, reason="why")


def test_t04_a_success_is_a_delivery() -> None:
    for status in (200, 201, 202, 204):
        outcomes.raise_for_answer(Answer(status, {}, b""), NOW, publishes=True)


@pytest.mark.parametrize(("reply", "posting"), [(b"", Unknown), (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", Unknown)])
def test_t04_a_cut_connection_may_have_posted(reply: bytes, posting: type[Exception]) -> None:
    with serving(once(reply)) as server:
        with pytest.raises(posting):
            outcomes.request(Web(loopback=True), "POST", server.url(), publishes=True, json={}, within=2)
        with pytest.raises(Wait):
            outcomes.request(Web(loopback=True), "GET", server.url(), publishes=False, within=2)
    with pytest.raises(Wait):
        outcomes.request(Web(loopback=True), "POST", server.url(), publishes=True, json={}, within=2)


def test_t04_an_answer_that_cannot_be_read_may_have_posted() -> None:
    with serving(once(answer(b"<html>", kind="text/html"))) as server:
        got = outcomes.request(Web(loopback=True), "POST", server.url(), publishes=True, json={})
    with pytest.raises(Unknown, match="text/html"), outcomes.web_errors_as_outcomes(publishes=True):
        got.json()
    with pytest.raises(Wait), outcomes.web_errors_as_outcomes(publishes=False):
        outcomes.check_identifier(".")
    with pytest.raises(InvalidAnswer):
        outcomes.check_identifier(".")


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry-after": "120"}, 2 * MINUTE),
        ({"retry-after": " 90.5 "}, timedelta(seconds=90.5)),
        ({"retry-after": "Wed, 02 Dec 2026 09:05:00 GMT"}, 5 * MINUTE),
        ({"retry-after": "2026-12-02T09:05:00.000000Z"}, 5 * MINUTE),
        ({"x-ratelimit-reset": "2026-12-02T09:30:00.000000Z", "x-ratelimit-remaining": "0"}, 30 * MINUTE),
        ({"ratelimit-reset": str(int((NOW + 3 * MINUTE).timestamp()))}, 3 * MINUTE),
        ({"x-rate-limit-reset": str(int((NOW + 3 * MINUTE).timestamp()))}, 3 * MINUTE),
        ({"retry-after": "soon", "x-ratelimit-reset": "2026-12-02T09:02:00Z"}, 2 * MINUTE),
        ({"retry-after": "-30"}, MINUTE),
        ({"retry-after": "0"}, MINUTE),
        ({"retry-after": "Wed, 02 Dec 2020 09:05:00 GMT"}, MINUTE),
        ({"retry-after": "999999999"}, outcomes.LONGEST_WAIT),
        ({"retry-after": "9" * 300}, outcomes.LONGEST_WAIT),
        ({"retry-after": "Fri, 31 Dec 9999 23:59:59 GMT"}, outcomes.LONGEST_WAIT),
        ({"retry-after": "soon"}, MINUTE),
        ({"retry-after": ""}, MINUTE),
        ({"retry-after": "nan"}, MINUTE),
        ({"retry-after": "1e9"}, MINUTE),
        ({}, MINUTE),
    ],
)
def test_t05_when_to_try_again(headers: dict[str, str], wait: timedelta) -> None:
    assert outcomes.retry_at(headers, NOW) == NOW + wait
    with pytest.raises(Wait) as told:
        outcomes.raise_for_answer(Answer(429, headers, b""), NOW, publishes=True)
    assert told.value.until == NOW + wait


def test_t05_the_servers_own_clock_counts() -> None:
    """A brand's clock, or a wrong one, changes no wait."""
    ahead = {"date": "Thu, 03 Dec 2026 10:00:00 GMT", "retry-after": "Thu, 03 Dec 2026 10:02:00 GMT"}
    assert outcomes.retry_at(ahead, NOW) == NOW + 2 * MINUTE
    assert outcomes.server_date(Answer(200, ahead, b"")) == NOW + timedelta(hours=25)
    assert outcomes.server_date(Answer(200, {}, b"")) is None
