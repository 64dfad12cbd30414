"""`model.shape` compared with pydantic as an oracle: both accept the same values and return the same."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from marronnier.model.fields import WrittenModel, field
from marronnier.model.shape import parse_model


class Inner(WrittenModel):
    """A nested model."""

    word: str
    count: int = 3


class Outer(WrittenModel):
    """A model with one key of every kind."""

    text: str = ""
    number: int = field(default=1, minimum=0, maximum=20)
    share: float | None = None
    flag: bool = False
    choice: Literal["ask", "send"] = "ask"
    words: tuple[str, ...] = field(default=(), min_items=1, max_items=3)
    pair: tuple[int, int] | None = None
    by_name: Mapping[str, int] = {}
    inner: Inner | None = None
    inners: tuple[Inner, ...] = ()
    form: str | None = field(default=None, pattern=r"^[a-z]+$")


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TheirInner(_Strict):
    word: str
    count: int = 3


class TheirOuter(_Strict):
    text: str = ""
    number: int = Field(default=1, ge=0, le=20)
    share: float | None = None
    flag: bool = False
    choice: Literal["ask", "send"] = "ask"
    words: tuple[str, ...] = Field(default=(), min_length=1, max_length=3)
    pair: tuple[int, int] | None = None
    by_name: Mapping[str, int] = {}
    inner: TheirInner | None = None
    inners: tuple[TheirInner, ...] = ()
    form: Annotated[str | None, Field(pattern=r"^[a-z]+$")] = None


TEXTS = st.sampled_from(
    ["", "a", "ab", "Ab", "1", "-1", "007", "21", "1.5", "1e3", ".5", "true", "No", "off", "ask", "send", "é", "a b", "0x1"]
)
VALUES = st.recursive(
    TEXTS | st.none(), lambda inside: st.lists(inside, max_size=4) | st.dictionaries(TEXTS, inside, max_size=3), max_leaves=5
)
INNER = st.dictionaries(st.sampled_from(["word", "count", "other"]), TEXTS, max_size=3)
KEYS = st.sampled_from([*Outer.fields, "unknown"])
DATA = st.dictionaries(KEYS, VALUES | INNER | st.lists(INNER, max_size=2), max_size=4)


def plain(value: Any) -> Any:
    """The result of either parser as texts, numbers, tuples and dictionaries."""
    if isinstance(value, WrittenModel):
        return {name: plain(inside) for name, inside in value.__dict__.items()}
    if isinstance(value, BaseModel):
        return {name: plain(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, Mapping):
        return {name: plain(inside) for name, inside in value.items()}
    return tuple(plain(inside) for inside in value) if isinstance(value, tuple) else value


@given(DATA)
@example({"pair": ["1", "2", "3"]})
@example({"inner": {"word": "a", "count": "1.5"}, "number": "21", "unknown": "a"})
def test_both_parsers_accept_the_same_and_return_the_same(data: dict[str, Any]) -> None:
    ours, refused = parse_model(Outer, data)
    try:
        theirs = TheirOuter.model_validate(data)
    except ValidationError as error:
        told = {one["loc"] for one in error.errors()}
        assert ours is None
        # Where a list is too long they look no further; we tell what is wrong in it too.
        assert {loc[0] for loc in told} == {(*one.path, one.detail)[0] for one in refused}
    else:
        assert not refused
        assert plain(ours) == plain(theirs)


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "1_000", "12.0"])
def test_texts_that_pydantic_alone_takes_for_numbers_are_refused(text: str) -> None:
    """Our parser is stricter than pydantic: such texts are typing errors."""
    whole, refused = parse_model(Outer, {"number": text, "share": text if text == "nan" else "1"})
    assert whole is None
    assert refused
    assert not math.isnan(parse_model(Outer, {"share": "1"})[0].share)
