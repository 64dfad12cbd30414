"""This process's environment, changed inside a `with`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager


@contextmanager
def changed_environment(variables: Mapping[str, str], without: Sequence[str] = ()) -> Iterator[None]:
    """Inside the `with`, the process has these variables, and lacks those of `without` that are not among them."""
    before = {name: os.environ.get(name) for name in (*without, *variables)}
    # One by one: threads of the fake GitHub start git meanwhile.
    for name in without:
        os.environ.pop(name, None)
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
