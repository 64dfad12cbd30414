"""The first day: whoever types what is printed, with an empty HOME, arrives."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from house.newcomer import Newcomer, printed_commands
from marronnier import start

NO_DATE = {"en": "No date yet", "fr": "Sans date"}


@pytest.mark.parametrize("lang", start.template_languages())
def test_the_steps_of_init_run_as_printed(tmp_path: Path, lang: str) -> None:
    newcomer = Newcomer.at(tmp_path, lang)
    ((_, said, status),) = newcomer.type('marronnier init "mon jardin"')
    assert status == 0, said
    commands = printed_commands(said)
    assert commands.pop() == "marronnier serve"
    # What the sentence above `new` asks for: words.
    (new,) = (index for index, command in enumerate(commands) if "marronnier new" in command)
    commands.insert(new + 1, "echo 'On ouvre samedi.' >> content/posts/*/*/bonjour.md")
    done = newcomer.type(*commands, "marronnier publish")
    assert [(command, said) for command, said, status in done if status != 0] == []
    plan = next(said for command, said, _status in done if command == "marronnier plan")
    assert "Bonjour" in plan
    assert NO_DATE[lang] not in plan
    assert "10:00" in plan


def test_whom_git_knows_is_not_asked_again(tmp_path: Path) -> None:
    newcomer = Newcomer.at(tmp_path)
    (_, (_, said, _status)) = newcomer.type(
        "git config --global user.name Ana && git config --global user.email ana@example.org", "marronnier init"
    )
    assert "user.name" not in said
    assert printed_commands(said)[0] == 'marronnier new "Bonjour"'


def test_the_steps_of_the_example_run_as_printed(tmp_path: Path) -> None:
    newcomer = Newcomer.at(tmp_path)
    ((_, said, _status),) = newcomer.type("marronnier init --example 'le jardin d’à côté'")
    commands = printed_commands(said)
    assert "marronnier plan" in commands
    done = newcomer.type(*commands[:-1])
    assert [(command, said) for command, said, status in done if status != 0] == []


def test_where_marronnier_is_no_command_the_steps_name_the_python_that_runs_it(tmp_path: Path) -> None:
    newcomer = Newcomer.at(tmp_path)
    (tmp_path / "bin/marronnier").unlink()
    path = ":".join(folder for folder in newcomer.env["PATH"].split(":") if not Path(folder, "marronnier").exists())
    done = subprocess.run(
        [sys.executable, "-m", "marronnier", "init"],
        cwd=newcomer.folder,
        env={**newcomer.env, "PATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    checks = [command for command in printed_commands(done.stdout) if command.endswith("check")]
    assert checks == [f"{sys.executable} -m marronnier check"]
    assert subprocess.run(checks[0], shell=True, cwd=newcomer.folder, env={**newcomer.env, "PATH": path}, check=False).returncode == 0


def test_mkdocs_builds_what_init_wrote(tmp_path: Path) -> None:
    newcomer = Newcomer.at(tmp_path)
    done = newcomer.type(
        "marronnier init --lang fr",
        "git config user.name Ana && git config user.email ana@example.org",
        'marronnier new "Un brouillon"',
        "git add --all && git commit --quiet --message Begin",
        f"{sys.executable} -m mkdocs build --quiet",
    )
    assert [(command, said) for command, said, status in done if status != 0] == []
    page = (newcomer.folder / "site/index.html").read_text(encoding="utf-8")
    assert re.search(r"<title>.*Desk.*</title>", page)
    # `mkdocs build` makes the public site, with its whole content policy; `mkdocs serve` makes a preview.
    assert "unsafe-inline" not in page
    assert not (newcomer.folder / "site/posts").exists()


def test_what_names_a_file_with_a_space_in_it_runs_as_printed(tmp_path: Path) -> None:
    newcomer = Newcomer.at(tmp_path)
    (*_rest, (_, said, status)) = newcomer.type(
        "marronnier init",
        "git config user.name Ana && git config user.email ana@example.org",
        "git symbolic-ref HEAD 'refs/heads/main;date'",
        "mkdir -p content/posts/2026/12",
        r"""printf -- '---\nid: banc\ntitle: Banc\nchannels: [journal]\n---\nUn banc.\n' > "content/posts/2026/12/le banc d'été.md" """,
        "git add --all && git commit --quiet --message Begin",
        "marronnier status",
    )
    assert status == 0, said
    (command,) = re.findall(r"`(marronnier check .*)`", said)
    ((_, told, _status),) = newcomer.type(command)
    assert "content/posts/2026/12/le banc d'été.md:1:1: error[invalid-date]" in told
    # A branch whose name a shell would take apart.
    (*_rest, (_, told, _status)) = newcomer.type("git checkout --quiet --detach", "marronnier ask banc@journal")
    (command,) = re.findall(r"`(git switch .*)`", told)
    ((_, said, status),) = newcomer.type(command)
    assert status == 0, said
