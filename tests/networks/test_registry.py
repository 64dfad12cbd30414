"""The registry of networks: the folder, and those of installed distributions by their dotted path."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from installed import install
from marronnier import networks


def test_the_folder_is_the_registry() -> None:
    folder = Path(networks.__path__[0])
    modules = {path.stem for path in folder.glob("*.py")} | {path.parent.name for path in folder.glob("*/__init__.py")}
    assert modules - {"__init__", *networks.names()} == {"kit"}, "a network has its page beside it"
    assert networks.get("feed").NAME == "Feed"


def test_a_package_is_a_network_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "their_networks" / "agora"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("from fakes.blind_square import *\n")
    (package.parent / "agora.md").write_text("# Agora\n")
    install(tmp_path, "their-networks", ("their_networks.agora",))
    monkeypatch.syspath_prepend(tmp_path)
    assert networks.get("their_networks.agora").NAME == "Blind Square"
    assert networks.page("their_networks.agora")[0].startswith("# Agora\n")


def test_a_dotted_path_is_anyones_network() -> None:
    assert networks.get("fakes.square").NAME == "Square"
    assert networks.abilities(networks.get("fakes.square")) == ("find",)
    assert networks.abilities(networks.get("fakes.blind_square")) == ()


@pytest.mark.parametrize("name", ["fed", "Feed", "feeds"])
def test_a_near_name_is_proposed(name: str) -> None:
    with pytest.raises(networks.UnknownNetwork, match=f"there is no network {name}; the networks are .*feed") as told:
        networks.get(name)
    assert told.value.name == name and told.value.near == ("feed",)


@pytest.mark.parametrize("name", ["kit", "kit.seam", "seam", "outcomes", "atproto", "", "__init__", "../feed", "a b", "feed\n"])
def test_what_is_no_network_is_said(name: str) -> None:
    with pytest.raises(networks.UnknownNetwork):
        networks.get(name)


@pytest.mark.parametrize("name", ["nope.square", "fakes.nope", ".", "..feed", "fakes.", "fakes/square.py"])
def test_a_path_that_leads_nowhere_is_said(name: str) -> None:
    with pytest.raises(networks.UnknownNetwork, match="no installed package names"):
        networks.get(name)


def test_a_module_is_told_what_it_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(install(tmp_path, "bare", ("bare.place",), {"bare/place.py": ""}))
    with pytest.raises(networks.UnknownNetwork, match=r"bare\.place is not a network: it lacks NAME, COMPOSER, FACTS") as told:
        networks.get("bare.place")
    assert told.value.lacks == (
        "NAME",
        "COMPOSER",
        "FACTS",
        "TRIED",
        "WORDS",
        "SECRETS",
        "IDEMPOTENT",
        "compose",
        "part_content",
        "host",
        "send",
    )


def test_a_module_that_breaks_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"their_package/broken.py": "raise SystemError('no luck')\n"}
    monkeypatch.syspath_prepend(install(tmp_path, "their-package", ("their_package.broken", "their_package.absent"), files))
    with pytest.raises(networks.UnknownNetwork, match=r"their_package\.absent cannot be imported: ModuleNotFoundError"):
        networks.get("their_package.absent")
    with pytest.raises(networks.UnknownNetwork, match=r"their_package\.broken cannot be imported: SystemError: no luck"):
        networks.get("their_package.broken")


def test_a_page_shows_the_facts_of_the_code() -> None:
    page = networks.page("feed")[0]
    assert "<!-- facts -->" not in page
    assert "| Polls | none: a feed has no polls: the options are shown as a list | |" in page
    assert "| Safe to send again | yes: a post that is sent twice appears once | |" in page
    square = networks.page("fakes.square")[0]
    assert square.startswith("# Square\n")
    assert "| Length of a post | 140 visible characters | <http://127.0.0.1/square/about>, checked on 2026-11-22 |" in square
    assert "| Can be found on the network | yes | |" in square


def test_a_plain_post_is_composed_without_the_parser_of_markdown() -> None:
    said = "import sys; from marronnier.text.plain_text import to_plain_text; to_plain_text('On ouvre **dimanche** 🌳'); print('markdown_it' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_an_announced_network_is_known_by_name_until_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(networks, "_ANNOUNCED", frozenset({"agora", "feed"}))
    assert networks.announced() == ("agora",)
    assert networks.is_announced("agora") and not networks.is_announced("feed") and not networks.is_announced("agra")
    with pytest.raises(networks.UnknownNetwork, match="agora is not supported yet"):
        networks.get("agora")
    assert networks.get("feed").NAME == "Feed"
