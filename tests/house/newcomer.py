"""Somebody on their first day: an empty folder, an empty HOME, and a shell in which they type what is printed."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

MARK = "\x1e"


@dataclass(frozen=True)
class Newcomer:
    """A person whose Git has never heard of them."""

    folder: Path
    """Where they stand: empty at first."""
    env: dict[str, str]

    @classmethod
    def at(cls, place: Path, lang: str = "en") -> Newcomer:
        """A newcomer with an empty HOME and an empty folder below `place`, and `marronnier` on their PATH."""
        shims, home, desk = place / "bin", place / "home", place / "desk"
        for folder in (shims, home, desk):
            folder.mkdir()
        (shims / "marronnier").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m marronnier "$@"\n', encoding="utf-8")
        (shims / "marronnier").chmod(0o755)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "MARRONNIER_", "PYTHON", "XDG_", "LC_"))}
        return cls(
            desk,
            kept
            | {
                "PATH": f"{shims}{os.pathsep}{os.environ['PATH']}",
                "HOME": str(home),
                "EMAIL": "",
                "LC_ALL": "C.UTF-8",
                "TZ": "UTC",
                "MARRONNIER_LANG": lang,
                "GIT_CONFIG_NOSYSTEM": "1",
                "GIT_CEILING_DIRECTORIES": str(place),
                # Git else makes up an address from the machine's name, where that has a dot in it.
                "GIT_CONFIG_COUNT": "1",
                "GIT_CONFIG_KEY_0": "user.useConfigOnly",
                "GIT_CONFIG_VALUE_0": "true",
            },
        )

    def type(self, *commands: str, inside: str = ".") -> list[tuple[str, str, int]]:
        """Type commands into one shell. Gives each with its output and its exit code."""
        script = "".join(f"{command}\nprintf '{MARK}%s{MARK}' $?\n" for command in commands)
        done = subprocess.run(
            ["bash", "-c", f"exec 2>&1\ncd {shlex.quote(inside)}\n{script}"],
            cwd=self.folder,
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        said = done.stdout.split(MARK)
        assert len(said) == 2 * len(commands) + 1, done.stdout
        return [(command, said[2 * index], int(said[2 * index + 1])) for index, command in enumerate(commands)]


def printed_commands(said: str, indent: int = 5) -> list[str]:
    """The commands that a list of next steps prints: each begins a line, further in than its sentence, and goes on where it is further in still."""
    return re.findall(rf"^ {{{indent}}}([^ ›].*(?:\n {{{indent + 1},}}\S.*)*)$", said, re.MULTILINE)
