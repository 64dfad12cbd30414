"""The child process that opens pictures: started at the first picture, ended with this process, and never trusted."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import sys
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from marronnier.messages import Trouble, _

if TYPE_CHECKING:
    import subprocess

TIMEOUT = 90.0
"""Seconds until a child without an answer is killed: a little more than the child allows for a picture."""
_MAX_LINE = 1 << 16
_MAX_ANSWER = 64 << 20
_KEPT_VARIABLES = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")
"""The only variables of our environment that the child gets: its Python needs them to find its libraries."""

_lock = threading.Lock()
_running: tuple[int, subprocess.Popen[bytes]] | None = None


class _WorkerGone(Exception):
    """The child process has ended, or sent an answer of the wrong form."""


def ask_worker(act: str, data: bytes, **options: object) -> tuple[dict[str, Any], bytes]:
    """Have the child process open a picture, and return its answer and the bytes of a re-encoded picture.

    `act` is `inspect` or `clean`. A child that has ended is started once more. Raises Trouble when no child answers.
    """
    with _lock:
        for _try in range(2):
            try:
                return _exchange(_running_worker(), {"act": act, "size": len(data), **options}, data)
            except (_WorkerGone, OSError, ValueError):
                _stop_worker()
    raise Trouble(
        _("The process that opens pictures does not answer"),
        _("Pictures are only opened in a process of their own: see that Python can start one here, and that Pillow is installed."),
    )


def _running_worker() -> subprocess.Popen[bytes]:
    """The child process of this process, started when needed. After a fork it is not shared: both would read each other's answers."""
    global _running  # noqa: PLW0603 - one child for the whole process, behind `_lock`
    if _running is None or _running[0] != os.getpid() or _running[1].poll() is not None:
        _running = (os.getpid(), _start_worker())
    return _running[1]


def _start_worker() -> subprocess.Popen[bytes]:
    import subprocess

    source_root = str(Path(__file__).parents[2])
    program = f"import sys; sys.path.insert(0, {source_root!r}); from marronnier.sandbox import worker; worker.main()"
    return subprocess.Popen(
        [sys.executable, "-I", "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=Path(sys.executable).anchor,
        env={name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ},
        start_new_session=True,
    )


def _exchange(child: subprocess.Popen[bytes], request: dict[str, object], data: bytes) -> tuple[dict[str, Any], bytes]:
    """Send one request and read its answer. A child that gives none in time is killed."""
    assert child.stdin is not None
    assert child.stdout is not None
    killer = threading.Timer(TIMEOUT, child.kill)
    killer.start()
    try:
        child.stdin.write(json.dumps(request).encode() + b"\n" + data)
        child.stdin.flush()
        return _read_answer(child.stdout)
    finally:
        killer.cancel()
        killer.join()


def _read_answer(pipe: IO[bytes]) -> tuple[dict[str, Any], bytes]:
    """One answer: a line of JSON, then as many bytes as it announces. Raises _WorkerGone, ValueError."""
    line = pipe.readline(_MAX_LINE)
    if not line.endswith(b"\n"):
        raise _WorkerGone
    answer = json.loads(line)
    size = answer["size"]
    if not 0 <= size <= _MAX_ANSWER:
        raise _WorkerGone
    picture = pipe.read(size)
    if len(picture) != size:
        raise _WorkerGone
    return answer, picture


def _stop_worker() -> None:
    global _running
    if _running is None or _running[0] != os.getpid():
        return
    child, _running = _running[1], None
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    child.kill()
    child.wait()


atexit.register(_stop_worker)
