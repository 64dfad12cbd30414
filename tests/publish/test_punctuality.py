"""A slice of the replayed trace of GitHub's cron: what `make bench` lives through for three years, with the real holder."""

from __future__ import annotations

import pytest

from bench.punctuality import PUBLIC_HOLD, PUBLIC_PLAIN, PUBLIC_RELAY, PUBLIC_SHORT, THRIFTY_DEFAULT, Lateness, Scheme, live

DAYS = 13 * 7
WEEKLY = 24
"""More posts than a team writes, so that a slice has a 99th percentile."""


def lived(scheme: Scheme, a_week: int = WEEKLY) -> Lateness:
    return live(scheme, DAYS, a_week=a_week)


@pytest.mark.parametrize("scheme", [PUBLIC_HOLD, PUBLIC_RELAY], ids=lambda scheme: scheme.name)
def test_t15_a_long_hold_is_punctual_although_a_third_of_the_ticks_is_dropped(scheme: Scheme) -> None:
    found = lived(scheme)
    assert found.percentile(0.5) <= 2 and found.percentile(0.99) <= 60, found.seconds[-20:]


def test_a_short_hold_and_a_plain_cron_are_not() -> None:
    short, plain = lived(PUBLIC_SHORT), lived(PUBLIC_PLAIN)
    assert short.percentile(0.5) <= 2 and short.percentile(0.99) > 600
    assert plain.percentile(0.5) > 60 and plain.percentile(0.99) > 600


def test_the_default_of_private_repositories_stays_within_its_minutes() -> None:
    found = lived(THRIFTY_DEFAULT, a_week=5)
    assert found.minutes_a_month <= 1500 and found.percentile(0.5) <= 2
