"""A forge's pull request in memory: comments have authors, answers can be lost after the effect, others may write in between."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from marronnier.forge import Comment, ForgeTrouble, LineComment, PullRequestHead

HEAD = "a" * 40


@dataclass
class Board:
    """One pull request, and what stands below it."""

    pull_request: PullRequestHead = field(default_factory=lambda: PullRequestHead(7, HEAD, "main"))
    written: list[Comment] = field(default_factory=list)
    lines: list[LineComment] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    """The next write of that name has its effect, and its answer is lost; `say!` is lost before its effect."""
    writes: list[str] = field(default_factory=list)
    on_call: Callable[[str], None] = lambda _name: None
    _next: int = 1
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def _call(self, name: str) -> None:
        self.on_call(name)

    def _write(self, name: str, effect: Callable[[], None]) -> None:
        self._call(name)
        self.writes.append(name)
        if f"{name}!" in self.lost:
            self.lost.remove(f"{name}!")
            raise ForgeTrouble("The answer was lost", kind="lost")
        with self._lock:
            effect()
        if name in self.lost:
            self.lost.remove(name)
            raise ForgeTrouble("The answer was lost", kind="lost")

    def _number(self) -> int:
        self._next += 1
        return self._next

    def hear(self, text: str, *, is_ours: bool = False) -> None:
        """Somebody comments."""
        self.written.append(Comment(self._number(), self.pull_request.number, text, None, is_ours, is_edited=False))

    def get(self, number: int) -> PullRequestHead:
        self._call("get")
        assert number == self.pull_request.number
        return self.pull_request

    def of_run(self, event: Path) -> tuple[PullRequestHead, ...]:
        return (self.pull_request,)

    def fetch(self, pull_request: PullRequestHead) -> str:
        return pull_request.commit

    def line_address(self, pull_request: PullRequestHead, path: str, line: int) -> str:
        return f"https://forge.example/pull/{pull_request.number}#{line}"

    def run_address(self) -> str:
        return "https://forge.example/runs/1"

    def comments(self, thread: int) -> tuple[Comment, ...]:
        self._call("comments")
        return tuple(self.written)

    def say(self, thread: int, text: str) -> None:
        self._write("say", lambda: self.hear(text, is_ours=True))

    def replace_comment(self, id: int, text: str) -> None:
        def effect() -> None:
            self.written = [replace(one, text=text) if one.id == id else one for one in self.written]

        self._write("replace_comment", effect)

    def remove_comment(self, id: int) -> None:
        def effect() -> None:
            self.written = [one for one in self.written if one.id != id]

        self._write("remove_comment", effect)

    def line_comments(self, pull_request: PullRequestHead) -> tuple[LineComment, ...]:
        self._call("line_comments")
        return tuple(self.lines)

    def add_line_comments(self, pull_request: PullRequestHead, comments: Sequence[LineComment]) -> None:
        self._write("add_line_comments", lambda: self.lines.extend(replace(one, id=self._number()) for one in comments))

    def remove_line_comment(self, comment: LineComment) -> None:
        def effect() -> None:
            self.lines = [one for one in self.lines if one.id != comment.id]

        self._write("remove_line_comment", effect)
