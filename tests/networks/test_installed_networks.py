"""A network's code comes from this package or from an installed distribution that names it, never from the folder of a brand."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from installed import install, site_of_fakes
from marronnier import networks
from people import Town, write

RAN = "ran.txt"
CODE = f"from pathlib import Path\nPath(__file__).parents[1].joinpath({RAN!r}).write_text('it ran')\n"


def marronnier(town: Town, folder: Path, *arguments: str, path: tuple[Path, ...] = ()) -> subprocess.CompletedProcess[str]:
    env = town.surroundings("publisher", "2026-12-05 10:00")
    env["PYTHONPATH"] = os.pathsep.join(map(str, (*path, env["PYTHONPATH"])))
    command = [sys.executable, "-m", "marronnier", "--now", "2026-12-05 10:00", *arguments]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


@pytest.fixture
def brand(town: Town, tmp_path: Path) -> Path:
    """A brand whose repository holds a folder with code, named as a channel's network."""
    folder = town.newsroom(tmp_path / "repository")
    write(
        folder,
        {
            "brand/channels.yml": "channels:\n  place: {network: evilmod.net, account: square.test/jardin}\n",
            "content/posts/bonjour.md": "---\nid: bonjour\ntitle: Bonjour\ndate: 2026-12-05 10:00\nchannels: [place]\n---\nBonjour.\n",
            "evilmod/__init__.py": CODE,
            "evilmod/net.py": CODE + "from fakes.square import *\n",
        },
    )
    return folder


def commit(town: Town, folder: Path) -> None:
    town.git(folder, "add", "-A", "-f")
    town.git(folder, "commit", "-qm", "Write")


@pytest.mark.parametrize("command", ["check", "publish"])
@pytest.mark.parametrize("way", ["the current folder", "PYTHONPATH", "a planted distribution", "PYTHONPATH from elsewhere"])
def test_no_code_of_the_brands_folder_is_run(town: Town, brand: Path, tmp_path: Path, command: str, way: str) -> None:
    if way == "a planted distribution":
        install(brand, "evilmod", ("evilmod.net",))
    commit(town, brand)
    path = () if way == "the current folder" else (brand,)
    elsewhere = way == "PYTHONPATH from elsewhere"
    done = marronnier(town, tmp_path if elsewhere else brand, *(("-C", str(brand)) if elsewhere else ()), command, path=path)
    assert not (brand / RAN).exists(), done.stdout
    assert "Traceback" not in done.stderr
    if command == "check":
        assert "brand/channels.yml:2:20" in done.stdout and "`evilmod.net` is not a known network" in done.stdout


def test_a_folder_of_the_brand_never_stands_in_for_what_is_installed(town: Town, brand: Path, tmp_path: Path) -> None:
    """The installed `evilmod` is a network; a folder of that name in the repository is not run in its place."""
    site = install(tmp_path / "site", "evilmod", ("evilmod.net",), {"evilmod/net.py": "from fakes.square import *\n"})
    commit(town, brand)
    done = marronnier(town, brand, "check", path=(brand, site))
    assert not (brand / RAN).exists()
    assert "not a known network" not in done.stdout


@pytest.mark.parametrize("shadowed", ["click", "yaml", "regex", "markdown_it", "idna", "dateutil", "babel", "fakes"])
def test_no_module_of_the_current_folder_stands_in_for_one_that_the_tool_uses(town: Town, brand: Path, shadowed: str) -> None:
    write(brand, {"brand/channels.yml": "channels:\n  place: {network: fakes.square, account: square.test/jardin}\n"})
    write(brand, {f"{shadowed}/__init__.py": CODE})
    commit(town, brand)
    done = marronnier(town, brand, "plan")
    assert not (brand / RAN).exists()
    assert done.returncode == 0, done.stderr
    assert "bonjour" in done.stdout


@pytest.mark.parametrize("name", ["os.path", "this.s", "pip.__main__", "click.testing", "marronnier.networks", "evilmod.net"])
def test_only_what_names_itself_a_network_is_imported(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.import_module", lambda module: pytest.fail(f"{module} was imported"))
    with pytest.raises(networks.UnknownNetwork, match=f"no installed package names {name} as a network"):
        networks.get.__wrapped__(name)


def test_a_module_that_was_loaded_from_elsewhere_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path / "elsewhere"
    write(elsewhere, {"twofold/__init__.py": "", "twofold/net.py": "from fakes.square import *\n"})
    site = install(
        tmp_path / "site", "twofold", ("twofold.net",), {"twofold/__init__.py": "", "twofold/net.py": "from fakes.square import *\n"}
    )
    monkeypatch.syspath_prepend(site)
    monkeypatch.syspath_prepend(elsewhere)
    import twofold  # type: ignore[import-not-found]

    assert Path(twofold.__file__).is_relative_to(elsewhere)
    with pytest.raises(networks.UnknownNetwork, match=r"twofold\.net stands in .*elsewhere.*, not where twofold is installed"):
        networks.get("twofold.net")


def test_the_page_of_what_is_installed_stands_beside_it() -> None:
    assert str(networks.get("fakes.square").__file__).startswith(str(site_of_fakes()))
    assert networks.page("fakes.square")[0].startswith("# Square\n")
