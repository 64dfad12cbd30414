"""`marronnier init`: a brand in an empty folder, all of its files or none."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from house.command import run
from marronnier import start
from marronnier.messages import Trouble
from marronnier.start import brand_folder as folder_module


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".git/" not in path.as_posix()
    }


@pytest.mark.parametrize("lang", start.template_languages())
def test_an_empty_brand_checks_clean(tmp_path: Path, lang: str) -> None:
    done = run(tmp_path, "init", "--lang", lang, "Le Jardin: n° 1")
    assert done.returncode == 0, done.stderr
    checked = run(tmp_path / "Le Jardin: n° 1", "check", "--format", "json")
    assert (checked.returncode, checked.stdout.strip()) == (0, "[]"), checked.stderr
    assert b"Le Jardin: n\xc2\xb0 1" in (tmp_path / "Le Jardin: n° 1" / "brand" / "brand.yml").read_bytes()


def test_both_languages_explain_the_same_settings() -> None:
    def settings(lang: str) -> set[str]:
        return {path for path in start.blank_brand(lang, "x") if not path.startswith(("content/ideas/", "brand/personas/"))}

    assert settings("fr") == settings("en")


def test_the_language_is_that_of_the_person(tmp_path: Path) -> None:
    run(tmp_path, "init", "a", MARRONNIER_LANG="fr")
    run(tmp_path, "init", "b", MARRONNIER_LANG="", LC_ALL="xx_XX.UTF-8")
    assert "La marque." in (tmp_path / "a/brand/brand.yml").read_text(encoding="utf-8")
    assert "The brand." in (tmp_path / "b/brand/brand.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("machine", "zone", "territory"),
    [
        ({"TZ": "UTC", "LC_ALL": "fr_FR.UTF-8"}, "Europe/Paris", "FR"),
        ({"TZ": "America/Montreal", "LC_ALL": "fr_FR.UTF-8"}, "America/Toronto", "CA"),
        ({"TZ": "Asia/Calcutta"}, "Asia/Kolkata", "IN"),
        ({"TZ": "Iceland"}, "Atlantic/Reykjavik", "IS"),
        ({"TZ": "EST", "LC_ALL": "fr_FR.UTF-8"}, "Europe/Paris", "FR"),
        ({"TZ": ":Europe/London", "LC_ALL": "en_US.UTF-8"}, "Europe/London", "GB"),
        ({"TZ": "", "LC_ALL": "nl_BE"}, "Europe/Brussels", "BE"),
        ({"TZ": "UTC", "LC_ALL": "en_US.UTF-8"}, "Europe/Brussels", "BE"),
        ({"TZ": "UTC", "LC_ALL": "C.UTF-8"}, "Europe/Brussels", "BE"),
        ({"TZ": "../../../etc/passwd", "LC_ALL": "zz_ZZ"}, "Europe/Brussels", "BE"),
    ],
)
def test_a_brand_is_where_its_machine_is_and_init_says_where(tmp_path: Path, machine: dict[str, str], zone: str, territory: str) -> None:
    done = run(tmp_path, "init", "--lang", "en", MARRONNIER_LANG="en", **machine)
    assert f"Its hours are those of {zone}, its public holidays those of {territory}." in " ".join(done.stdout.split())
    assert f"\nzone: {zone}\nterritory: {territory}\n" in (tmp_path / "brand/brand.yml").read_text(encoding="utf-8")
    assert run(tmp_path, "check").returncode == 0


def test_the_clock_of_the_machine_tells_the_zone_where_no_variable_does(tmp_path: Path) -> None:
    (tmp_path / "localtime").symlink_to("/usr/share/zoneinfo/Indian/Reunion")
    assert start.whereabouts({}, tmp_path / "localtime") == start.Whereabouts("Indian/Reunion", "RE")
    assert start.whereabouts({"LANG": "de_AT.UTF-8"}, tmp_path / "nothing").zone == "Europe/Vienna"


def test_before_the_first_commit_every_command_asks_for_one(tmp_path: Path) -> None:
    run(tmp_path, "init")
    for command in (("status",), ("plan",), ("report",), ("publish",), ("policy",), ("who", "bonjour@journal"), ("build",)):
        done = run(tmp_path, *command)
        assert (done.returncode, "There is no commit yet on main" in done.stderr) == (3, True), (command, done.stderr)


def test_the_example_is_written_whole_and_ready_to_commit(tmp_path: Path) -> None:
    done = run(tmp_path, "init", "--example")
    assert done.returncode == 0, done.stderr
    assert tree(tmp_path) == dict(start.example_brand())
    branch = subprocess.run(["git", "symbolic-ref", "HEAD"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert branch.stdout == "refs/heads/main\n"
    assert done.stdout.count("marronnier ") >= 2
    assert "git add" in done.stdout


def test_a_repository_fresh_from_a_forge_keeps_its_files_and_its_branch(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "symbolic-ref", "HEAD", "refs/heads/trunk"], cwd=tmp_path, check=True)
    (tmp_path / "README.md").write_text("ours\n")
    done = run(tmp_path, "init")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "README.md").read_text() == "ours\n"
    assert "README.md" in done.stdout
    branch = subprocess.run(["git", "symbolic-ref", "HEAD"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert branch.stdout == "refs/heads/trunk\n"


def test_a_folder_inside_another_repository_gets_one_of_its_own(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    run(tmp_path, "init", "brand-one")
    assert (tmp_path / "brand-one" / ".git").is_dir()


def test_existing_files_are_listed_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    done = run(tmp_path, "init")
    assert done.returncode == 2
    assert "notes.txt" in done.stderr
    assert "init FOLDER" in done.stderr
    assert tree(tmp_path) == {"notes.txt": b"mine"}


def test_many_existing_files_are_counted(tmp_path: Path) -> None:
    for number in range(30):
        (tmp_path / f"{number:02}.txt").touch()
    done = run(tmp_path, "init")
    assert "07.txt and 22 more" in done.stderr
    assert "08.txt" not in done.stderr


def test_a_second_init_names_the_brand_that_is_there(tmp_path: Path) -> None:
    run(tmp_path, "init")
    before = tree(tmp_path)
    done = run(tmp_path, "init", "--example")
    assert done.returncode == 2
    assert "brand.yml" in done.stderr
    assert tree(tmp_path) == before


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    done = run(tmp_path, "init", "taken")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_no_permission_gives_one_sentence(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    done = run(tmp_path, "init", "x")
    tmp_path.chmod(0o700)
    assert done.returncode == 3
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("after", [0, 1, 5, 12])
def test_a_full_disk_leaves_the_folder_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    (tmp_path / "README.md").write_text("ours\n")
    real, count = folder_module.write, 0

    def until_full(path: Path, data: bytes | str) -> None:
        nonlocal count
        count += 1
        if count > after:
            raise OSError(28, "No space left on device", str(path))
        real(path, data)

    monkeypatch.setattr(folder_module, "write", until_full)
    with pytest.raises(OSError, match="No space left"):
        start.create_brand(tmp_path, start.blank_brand("fr", "Jardin"))
    assert [path.name for path in tmp_path.iterdir()] == ["README.md"]


def test_a_brand_never_replaces_another(tmp_path: Path) -> None:
    files: Mapping[str, bytes] = {"brand/brand.yml": b"name: One\n"}
    start.create_brand(tmp_path, files)
    with pytest.raises(Trouble) as caught:
        start.create_brand(tmp_path, {"brand/brand.yml": b"name: Two\n"})
    assert caught.value.status == 2
    assert (tmp_path / "brand/brand.yml").read_bytes() == b"name: One\n"
