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
    assert commands[-1] == "marronnier publish"
    done = newcomer.type(*commands)
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


FIRST_POST = (
    "marronnier init",
    "git config user.name Ana && git config user.email ana@example.org",
    'marronnier new "Bonjour" --date when-approved',
    "echo 'We open on Saturday.' >> content/posts/*/*/bonjour.md",
    "git add --all && git commit --quiet --message Begin",
)
"""An own brand and a first post of it, committed."""
BEGUN = (*FIRST_POST, "marronnier ledger init", "git commit --quiet --all --message Ledger")


@pytest.mark.parametrize(("inside", "place"), [("content/posts", ""), (".", ""), ("/", "-C '{brand}' ")])
def test_what_ledger_init_says_next_runs_from_where_it_was_said(tmp_path: Path, inside: str, place: str) -> None:
    newcomer = Newcomer.at(tmp_path)
    newcomer.type(*FIRST_POST)
    place = place.format(brand=newcomer.folder)
    ((_, said, status),) = newcomer.type(f"marronnier {place}ledger init", inside=inside)
    assert status == 0, said
    (command,) = re.findall(r"Next: `(.*)`", said)
    ((_, said, status),) = newcomer.type(command, inside=inside)
    assert status == 0, said
    ((_, said, status),) = newcomer.type("marronnier publish")
    assert (status, "1 publication sent." in said) == (0, True), said


def test_who_approves_where_nobody_may_is_told_how_people_come_in(tmp_path: Path) -> None:
    newcomer = Newcomer.at(tmp_path)
    ((_, said, status),) = newcomer.type(*BEGUN, "marronnier approve bonjour@journal")[-1:]
    assert status == 3
    assert "Nobody may approve here yet\n" in said
    assert "With `quorum: 0` merging counts as approval: `marronnier status` says what comes next." in said
    assert "nobody yet" not in said
    # What it says, done as it is said: two people, a key, and the quorum, in one commit.
    people = "approvers:\\n  ana: {name: Ana, emails: [ana@example.org]}\\n  bo: {name: Bo, emails: [bo@example.org]}"
    *done, (_, said, status) = newcomer.type(
        f"sed -i -e 's/^quorum: 0/quorum: 1/' -e 's/^approvers: {{}}/{people}/' brand/approvals.yml",
        "ssh-keygen -q -t ed25519 -N '' -f ../bo",
        'echo "bo namespaces=\\"git\\" $(cut -d\' \' -f1-2 ../bo.pub)" >> brand/allowed_signers',
        "marronnier check",
        "git commit --quiet --all --message People",
        "marronnier publish",
        "git config user.name Bo && git config user.email bo@example.org",
        "marronnier approve bonjour@journal --key ../bo --yes",
        "marronnier publish",
    )
    assert [(command, said) for command, said, status in done if status != 0] == []
    assert "1 publication sent." in said


def test_a_quorum_without_people_has_a_way_out_that_is_told(tmp_path: Path) -> None:
    newcomer = Newcomer.at(tmp_path)
    people = "approvers:\\n  ana: {name: Ana, emails: [ana@example.org]}"
    *done, (_, said, _status) = newcomer.type(
        *BEGUN,
        "sed -i 's/^quorum: 0/quorum: 1/' brand/approvals.yml",
        "git commit --quiet --all --message Quorum",
        "marronnier publish",
        "marronnier approve bonjour@journal",
        "marronnier status",
        f"sed -i 's/^approvers: {{}}/{people}/' brand/approvals.yml",
        "git commit --quiet --all --message People",
        "marronnier policy",
    )
    told = {command: said for command, said, _status in done}
    for command in ("marronnier approve bonjour@journal", "marronnier status"):
        assert "`marronnier policy` then says what is still needed" in told[command]
    (way_out,) = re.findall(r"runs `(.*)`", said)
    ((_, said, status),) = newcomer.type(f"{way_out} --yes")
    assert status == 0, said


def test_a_post_with_a_mistake_in_it_is_held_and_what_comes_next_is_to_correct_it(tmp_path: Path) -> None:
    newcomer = Newcomer.at(tmp_path)
    *_before, (_, said, status) = newcomer.type(
        *BEGUN,
        "marronnier new 'Later' --date '2099-12-05 10:00'",
        "git add --all && git commit --quiet --message Later",
        "marronnier publish",
    )
    assert status == 3
    assert "! later@journal  on hold  content/posts/2099/12/later.md:8:1: error[empty-post]" in said
    assert "  → correct that and commit it, and the next `marronnier publish` takes it up; until then it stays on hold\n" in said
    assert "it goes out" not in said
    *_done, (_, said, status) = newcomer.type(
        "echo Words. >> content/posts/2099/12/later.md", "git commit --quiet --all --message Words", "marronnier publish"
    )
    assert status == 0, said
    assert "• later@journal  ready" in said


def test_in_a_folder_of_the_brand_paths_mean_what_was_printed(tmp_path: Path) -> None:
    newcomer = Newcomer.at(tmp_path)
    newcomer.type(*FIRST_POST)
    (_, path, _), *done = newcomer.type("marronnier new Samedi", 'marronnier check "$(marronnier new Dimanche)"', inside="content/posts")
    assert path.startswith("content/posts/")
    assert f"{path.strip().replace('samedi', 'dimanche')}:8:1: error[empty-post]" in done[0][1]
    ((_, said, status),) = newcomer.type("marronnier build", inside="content")
    assert (status, "site" in said) == (0, True), said
    assert (newcomer.folder / "site/index.html").is_file()
