"""The program of the child process: it takes pictures from its standard input, and opens each in a process of its own with hard limits.

A picture that takes over the process that opens it finds no file, no network, no secret, nothing of the pictures before and after it,
and ends after a few seconds of work.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import sys
import time
from typing import Any, BinaryIO

from marronnier.sandbox import decode
from marronnier.sandbox.picture_header import BadPicture

MEMORY = {"look": 320 << 20, "clean": 1 << 30}
"""Bytes of address space. Making a picture anew holds it several times: as it was, upright, in other colours, smaller."""
SECONDS = {"look": 5, "clean": 30}
"""Of work; a minute of waiting ends it too."""
TIMEOUT = 60.0
MAX_ANSWER = 64 << 20

Answer = tuple[dict[str, Any], bytes]


def serve(asked: BinaryIO, answered: BinaryIO) -> None:
    """Answer until nobody asks any more: a line of JSON and the bytes it announces, both ways."""
    while line := asked.readline():
        ask = json.loads(line)
        answer, made = open_picture_in_subprocess(ask, asked.read(ask["size"]))
        answered.write(json.dumps({**answer, "size": len(made)}).encode() + b"\n" + made)
        answered.flush()


def open_picture(ask: dict[str, Any], data: bytes) -> Answer:
    """Open one picture."""
    try:
        if ask["act"] == "look":
            return decode.inspect(data), b""
        return decode.clean(data, ask["most_bytes"], ask["most_side"], still=ask["still"])
    except BadPicture as wrong:
        return {"wrong": wrong.what}, b""
    except MemoryError:
        return {"wrong": "too-costly"}, b""


def open_picture_in_subprocess(ask: dict[str, Any], data: bytes) -> Answer:
    """The same in a process of its own, where there is such a thing; what it used stands in the answer."""
    if not hasattr(os, "fork"):
        return open_picture(ask, data)
    ours, theirs = os.pipe()
    child = os.fork()
    if not child:
        _run_limited(ask, data, theirs)
    os.close(theirs)
    said = _read_answer(ours, child)
    os.close(ours)
    _pid, _status, used = os.wait4(child, 0)
    head, newline, made = said.partition(b"\n")
    answer = {"wrong": "too-costly"}
    if newline:
        with contextlib.suppress(ValueError):
            answer = json.loads(head)
    return {**answer, "used": [used.ru_utime + used.ru_stime, used.ru_maxrss]}, made


def _run_limited(ask: dict[str, Any], data: bytes, answers: int) -> None:
    """Never returns."""
    try:
        os.close(0)
        os.close(1)
        set_process_limits(MEMORY[ask["act"]], SECONDS[ask["act"]])
        answer, made = open_picture(ask, data)
        with os.fdopen(answers, "wb") as pipe:
            pipe.write(json.dumps(answer).encode() + b"\n" + made)
    finally:
        os._exit(0)


def set_process_limits(memory: int, seconds: int) -> None:
    """From here on: no more memory and work than this, and no file, process or socket any more. macOS takes some of it only."""
    import resource

    limits = {"AS": memory, "CPU": seconds, "FSIZE": 0, "CORE": 0, "NPROC": 0, "NOFILE": 0}
    for name, most in limits.items():
        with contextlib.suppress(AttributeError, ValueError, OSError):
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (most, most))


def _read_answer(pipe: int, child: int) -> bytes:
    """What the process says until it ends; it is ended when it takes or says too much."""
    until = time.monotonic() + TIMEOUT
    said = bytearray()
    while select.select([pipe], [], [], max(0.0, until - time.monotonic()))[0]:
        more = os.read(pipe, 1 << 20)
        if not more:
            return bytes(said)
        said += more
        if len(said) > MAX_ANSWER:
            break
    os.kill(child, signal.SIGKILL)
    return b""


def main() -> None:
    """Serve whoever started this process."""
    decode.preload_modules()
    serve(sys.stdin.buffer, sys.stdout.buffer)
