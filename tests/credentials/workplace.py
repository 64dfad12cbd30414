"""A brand at a clock of its own, with accounts on servers of this machine, and the environment in which somebody connects them."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from fakes import browser
from people import Town, write

SECRET = re.compile(r"hush|AQX-|EAA[SLP]-|state=[^&\s]+&code|code-")
"""What no output may hold: every secret of the fakes has one of these."""


class Workplace:
    """A folder with a brand, and the file in which a server keeps its secrets beside it."""

    def __init__(self, town: Town, folder: Path, channels: str) -> None:
        self.town, self.folder = town, folder / "house"
        self.file = folder / "secrets" / "marronnier.env"
        self.env: dict[str, str] = {}
        town.found(self.folder)
        brand = self.folder / "brand/brand.yml"
        brand.write_text(brand.read_text() + "clock: 2026-12-02\n")
        write(self.folder, {"brand/channels.yml": channels})

    def keeps(self) -> None:
        """Have a file for secrets."""
        self.env["MARRONNIER_SECRETS_FILE"] = str(self.file)

    def has_browser(self) -> None:
        """Have a browser on this machine, in which somebody consents at once."""
        self.env["BROWSER"] = f"{sys.executable} {Path(browser.__file__)} %s"

    def start(self, *arguments: str, **env: str) -> subprocess.Popen[str]:
        told = {**self.town.surroundings("ines", "2026-12-02 09:00"), **self.env, **env}
        del told["NOW"]
        return subprocess.Popen(
            ["marronnier", *arguments], cwd=self.folder, env=told, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def run(self, *arguments: str, typed: Iterable[str] = (), **env: str) -> tuple[str, int]:
        """What a command says, and its exit code. No secret is in it."""
        running = self.start(*arguments, **env)
        said, _none = running.communicate("".join(f"{line}\n" for line in typed), timeout=60)
        self.check(said, *typed)
        return said, running.returncode

    def paste(self, *arguments: str, first: Iterable[str] = (), answer: str | None = None) -> tuple[str, int]:
        """The same, for a person whose browser is elsewhere: they copy the address at which it ends; `answer` is what they paste in its place."""
        running = self.start(*arguments, "--paste")
        assert running.stdin is not None and running.stdout is not None
        for line in first:
            running.stdin.write(f"{line}\n")
        running.stdin.flush()
        said = ""
        while not (found := re.search(r"^  (http://127\.0\.0\.1\S+)\n", said, re.MULTILINE)):
            line = running.stdout.readline()
            assert line, said
            said += line
        rest = self.ends(running, browser.landing(found[1]) if answer is None else answer)
        self.check(said.replace(found[1], "") + rest)
        return said + rest, running.returncode

    def ends(self, running: subprocess.Popen[str], *typed: str) -> str:
        """What a command still says, when some lines of it were read. `communicate` would lose what came in one piece with them."""
        assert running.stdin is not None and running.stdout is not None
        with running.stdin:
            running.stdin.writelines(f"{line}\n" for line in typed)
        said = running.stdout.read()
        running.wait(timeout=60)
        return said

    def check(self, said: str, *secrets: str) -> None:
        """Nothing of a secret stands in what was said, or in any file of the brand."""
        assert "Traceback" not in said, said
        assert not SECRET.search(re.sub(r"^  http://\S+\n", "", said, flags=re.MULTILINE)), said
        assert not any(secret in said for secret in secrets), said
        for path in self.folder.rglob("*"):
            if path.is_file():
                data = path.read_bytes()
                assert b"hush" not in data and not any(secret.encode() in data for secret in secrets), path

    def kept(self) -> dict[str, str]:
        """The secrets of the file."""
        return dict(line.split("=", 1) for line in self.file.read_text().splitlines())
