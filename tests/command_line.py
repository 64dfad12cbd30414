"""The real command line in this process, which is much faster than a new one."""

from __future__ import annotations

import contextlib
import gc
import io
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from marronnier import messages


def run_marronnier(arguments: Sequence[str], folder: Path, env: Mapping[str, str]) -> tuple[str, int]:
    """What a command says, both streams together, and its exit code."""
    said = _stream()
    status = _run(arguments, folder, env, said, said)
    return _text(said), status


def complete_marronnier(arguments: Sequence[str], folder: Path, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """The same as `subprocess.run` tells it, each stream by itself."""
    output, errors = _stream(), _stream()
    status = _run(arguments, folder, env, output, errors)
    return subprocess.CompletedProcess(["marronnier", *arguments], status, _text(output), _text(errors))


def _run(arguments: Sequence[str], folder: Path, env: Mapping[str, str], output: io.TextIOWrapper, errors: io.TextIOWrapper) -> int:
    """Run it; its exit code."""
    from marronnier import cli

    before, here, words = dict(os.environ), Path.cwd(), sys.argv
    status = 0
    try:
        os.environ.clear()
        os.environ.update(env)
        os.chdir(folder)
        sys.argv = ["marronnier", *arguments]
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
            cli.main()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        # The command freezes what is left of it, as a process that ends may: here it would stay for ever, with its gits.
        gc.unfreeze()
        os.environ.clear()
        os.environ.update(before)
        os.chdir(here)
        sys.argv = words
        messages.use_language("en")
    return status


def _stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)


def _text(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()
