"""Networks of other distributions: their code is run only where a distribution is installed that names it, never from the folder of a brand."""

from __future__ import annotations

import importlib
import site
import sys
import sysconfig
from functools import cache
from importlib.metadata import Distribution, distributions
from pathlib import Path
from types import ModuleType

from marronnier.messages import _

GROUP = "marronnier.networks"
"""The entry points by which a distribution names its networks: `agora = "their_package.agora"`."""


class NetworkNotInstalled(Exception):
    """No installed distribution has that network. The message is a sentence for people."""


def load_module(name: str) -> ModuleType:
    """The module of that dotted path, of the installed distribution that names it. Raises NetworkNotInstalled, and what the module raises.

    A pull request may write any name and bring any folder: neither makes anything an installed network.
    """
    path = [entry for entry in sys.path if not _belongs_to_a_repository(entry)]
    distribution = next((found for found in distributions(path=path) if _names(found, name)), None)
    if distribution is None:
        raise NetworkNotInstalled(_("no installed package names {name} as a network", name=name))
    home = Path(str(distribution.locate_file(""))).absolute()
    package = name.partition(".")[0]
    if package in sys.modules:
        _require_home(name, sys.modules[package], home)
    before = list(sys.path)
    # What it imports in turn comes from where things are installed too.
    sys.path[:] = path
    try:
        module = importlib.import_module(name)
    finally:
        sys.path[:] = before
    _require_home(name, module, home)
    return module


def _names(distribution: Distribution, name: str) -> bool:
    return any(entry.group == GROUP and entry.value == name for entry in distribution.entry_points)


def _require_home(name: str, module: ModuleType, home: Path) -> None:
    """Raises NetworkNotInstalled for a module that stands elsewhere than its distribution."""
    for place in (module.__file__,) if getattr(module, "__file__", None) else getattr(module, "__path__", ()):
        if not Path(str(place)).absolute().is_relative_to(home):
            text = _("{name} stands in {place}, not where {package} is installed", name=name, place=place, package=name.partition(".")[0])
            raise NetworkNotInstalled(text)


def _belongs_to_a_repository(entry: str) -> bool:
    """Whether a folder of the search path is the current one, or of somebody's Git repository. The interpreter's own folders are not."""
    if entry in _own_folders():
        return False
    written = Path(entry).absolute()
    here = Path.cwd()
    return any(
        folder == here or folder.joinpath(".git").exists() for place in {written, written.resolve()} for folder in (place, *place.parents)
    )


@cache
def _own_folders() -> frozenset[str]:
    """Where this interpreter keeps its own modules and what is installed: an environment may stand inside a repository."""
    paths = sysconfig.get_paths()
    users = [site.getusersitepackages()] if site.ENABLE_USER_SITE else []
    stdlib = {entry for entry in sys.path if Path(entry).is_relative_to(paths["stdlib"])} if paths["stdlib"] else set()
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    return frozenset({*(paths[name] for name in names), *site.getsitepackages(), *users, *stdlib})
