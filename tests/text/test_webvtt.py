"""Files of captions, right and wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marronnier.text.webvtt import CaptionFault, find_fault

CUE = "00:01.000 --> 00:02.000\nOui\n"


@pytest.mark.parametrize(
    "text",
    [
        f"WEBVTT\n\n{CUE}",
        f"\ufeffWEBVTT La serre\n\nNOTE rien\n\n1\n{CUE}",
        "WEBVTT\r\n\r\n00:00:01.000 --> 100:00:02.000 align:start line:0\r\nنعم\r\n",
        f"WEBVTT\n\nSTYLE\n::cue {{ color: red }}\n\n{CUE}\n{CUE}",
    ],
)
def test_captions_that_players_show(text: str) -> None:
    assert find_fault(text.encode()) is None


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", CaptionFault(1, "no-header")),
        (b"1\n00:00:01,000 --> 00:00:02,000\nOui\n", CaptionFault(1, "no-header")),
        (b"WEBVTTX\n", CaptionFault(1, "no-header")),
        (b"WEBVTT\n\nOui\n", CaptionFault(4, "no-cue")),
        (b"WEBVTT\n\n00:00:01,000 --> 00:00:02,000\nOui\n", CaptionFault(3, "timing")),
        (b"WEBVTT\n\n00:61.000 --> 00:62.000\nOui\n", CaptionFault(3, "timing")),
        (b"WEBVTT\n\n00:02.000 --> 00:01.000\nOui\n", CaptionFault(3, "order")),
        (b"WEBVTT\n\n" + CUE.encode() + b"\xff", CaptionFault(5, "not-utf8")),
        (b"WEBVTT\n" + b"\n" * 200_000, CaptionFault(100_000, "too-long")),
    ],
)
def test_captions_that_they_do_not(data: bytes, fault: CaptionFault) -> None:
    assert find_fault(data) == fault


@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda text: f"WEBVTT\n\n{text} --> {text}".encode("utf-8", "surrogatepass")))
def test_any_bytes_have_an_answer(data: bytes) -> None:
    fault = find_fault(data)
    assert fault is None or fault.line >= 1
