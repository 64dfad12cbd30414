"""The program of the child process: it opens each picture or video that it is given in a process of its own with hard limits.

A picture that takes over the process that opens it finds no file, no network, no secret and no other picture, and is killed after a
few seconds of work.
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

from marronnier.model.picture_limits import PictureLimits
from marronnier.sandbox import decode
from marronnier.sandbox.picture_header import BadPicture

MEMORY = {"inspect": 256 << 20, "clean": 1 << 30, "probe": 256 << 20}
"""Bytes of address space beyond what the program and its libraries take. Re-encoding holds a picture several times: as it was, upright, in other colours, smaller."""
SECONDS = {"inspect": 5, "clean": 30, "probe": 5}
"""Seconds of CPU time."""
TIMEOUT = 60.0
"""Seconds until a process without an answer is killed."""
MAX_ANSWER = 64 << 20

Answer = tuple[dict[str, Any], bytes]


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests until there are no more. Each request and each answer is a line of JSON and as many bytes as it announces."""
    while line := requests.readline():
        request = json.loads(line)
        data = requests.read(request["size"])
        answer, picture = probe_file(request) if request["act"] == "probe" else open_picture_in_subprocess(request, data)
        answers.write(json.dumps({**answer, "size": len(picture)}).encode() + b"\n" + picture)
        answers.flush()


def open_picture(request: dict[str, Any], data: bytes) -> Answer:
    """Open one picture, to inspect or to re-encode it, or one video or document, to read its headers. What is wrong is `problem` in the answer."""
    try:
        if request["act"] == "inspect":
            return decode.inspect(data), b""
        if request["act"] == "probe":
            return _probe(request), b""
        return decode.clean(data, PictureLimits(**request["limits"]))
    except BadPicture as bad:
        return {"problem": bad.problem}, b""
    except MemoryError:
        return {"problem": "too-costly"}, b""


def _probe(request: dict[str, Any]) -> dict[str, Any]:
    if request["kind"] == "PDF":
        from marronnier.sandbox import document_probe

        return document_probe.probe(request["descriptor"])
    from marronnier.sandbox import video_probe

    return video_probe.probe(request["descriptor"], request["kind"])


def probe_file(request: dict[str, Any]) -> Answer:
    """Read the headers of a video or document from its file, which is never in memory as a whole: the limited process gets it opened."""
    if request["kind"] == "PDF":
        from marronnier.sandbox import document_probe as probe
    else:
        from marronnier.sandbox import video_probe as probe  # type: ignore[no-redef]

    probe.preload_modules()
    try:
        descriptor = os.open(request["path"], os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    except OSError:
        return {"problem": "damaged"}, b""
    try:
        return open_picture_in_subprocess({**request, "descriptor": descriptor}, b"")
    finally:
        os.close(descriptor)


def open_picture_in_subprocess(request: dict[str, Any], data: bytes) -> Answer:
    """As `open_picture`, in a limited process of its own where the system can fork; `used` in the answer is its CPU time and memory."""
    if not hasattr(os, "fork"):
        return open_picture(request, data)
    read_end, write_end = os.pipe()
    child = os.fork()
    if not child:
        _run_limited(request, data, write_end)
    os.close(write_end)
    output = _read_answer(read_end, child)
    os.close(read_end)
    _pid, _status, usage = os.wait4(child, 0)
    head, newline, picture = output.partition(b"\n")
    answer = {"problem": "too-costly"}
    if newline:
        with contextlib.suppress(ValueError):
            answer = json.loads(head)
    return {**answer, "used": [usage.ru_utime + usage.ru_stime, usage.ru_maxrss]}, picture


def _run_limited(request: dict[str, Any], data: bytes, write_end: int) -> None:
    """In the forked process: open the picture within the limits, write the answer to the pipe, and exit. Never returns."""
    try:
        os.close(0)
        os.close(1)
        set_process_limits(MEMORY[request["act"]], SECONDS[request["act"]])
        answer, picture = open_picture(request, data)
        with os.fdopen(write_end, "wb") as pipe:
            pipe.write(json.dumps(answer).encode() + b"\n" + picture)
    finally:
        os._exit(0)


def set_process_limits(memory: int, seconds: int) -> None:
    """Limit this process to that many bytes of memory and seconds of CPU time, and to no new file, process or socket.

    macOS enforces only some of these limits.
    """
    import resource

    limits = {"AS": memory + _address_space(), "CPU": seconds, "FSIZE": 0, "CORE": 0, "NPROC": 0, "NOFILE": 0}
    for name, limit in limits.items():
        with contextlib.suppress(AttributeError, ValueError, OSError):
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (limit, limit))


def _address_space() -> int:
    """Bytes of address space that this process has now: FFmpeg's libraries alone take 80 MB. 0 where the system does not tell."""
    try:
        with open("/proc/self/statm", encoding="ascii") as status:  # noqa: PTH123
            return int(status.read().split()[0]) * os.sysconf("SC_PAGESIZE")
    except (OSError, ValueError):
        return 64 << 20


def _read_answer(pipe: int, child: int) -> bytes:
    """The bytes that the child writes until it ends; none when it takes too long or writes too much, and it is then killed."""
    deadline = time.monotonic() + TIMEOUT
    output = bytearray()
    while select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))[0]:
        chunk = os.read(pipe, 1 << 20)
        if not chunk:
            return bytes(output)
        output += chunk
        if len(output) > MAX_ANSWER:
            break
    os.kill(child, signal.SIGKILL)
    return b""


def main() -> None:
    """Answer the requests of the process that started this one."""
    decode.preload_modules()
    serve(sys.stdin.buffer, sys.stdout.buffer)
