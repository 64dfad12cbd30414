"""`twitter-text-parser` as an oracle: an implementation of the rules by which X counts, and which Mastodon's extractor is made of."""

from __future__ import annotations

import importlib.resources
import sys
import types
from functools import cache
from typing import Any


@cache
def twitter_text() -> Any:
    """The package, which loads a data file through an interface that setuptools has dropped."""
    stand_in = types.ModuleType("pkg_resources")
    stand_in.resource_string = lambda package, name: importlib.resources.files(package.rpartition(".")[0]).joinpath(name).read_bytes()  # type: ignore[attr-defined]
    before = sys.modules.get("pkg_resources")
    sys.modules["pkg_resources"] = stand_in
    try:
        return importlib.import_module("twitter_text")
    finally:
        if before is None:
            del sys.modules["pkg_resources"]
        else:
            sys.modules["pkg_resources"] = before
