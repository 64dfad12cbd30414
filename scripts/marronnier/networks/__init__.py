"""The registry of networks: a network is a module or package of this folder with a page of its name beside it (`mastodon.py`, `mastodon.md`)."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import cast

from marronnier import messages
from marronnier.messages import _
from marronnier.model.publication import Payload
from marronnier.model.trial import Trial
from marronnier.networks.kit import fact_tables
from marronnier.networks.kit.comparison import comparison as compare
from marronnier.networks.kit.facts import Tried
from marronnier.networks.kit.seam import Edits, Examines, Finds, HandsOver, HasVariants, Network, PartContent, Reads, Retracts
from marronnier.networks.kit.trials import is_live

__all__ = [
    "UnknownNetwork",
    "abilities",
    "announced",
    "comparison",
    "contents",
    "get",
    "how_tried",
    "is_announced",
    "names",
    "page",
    "setup_steps",
]

_ANNOUNCED = frozenset(("devto", "ghost", "markdown", "reddit", "tiktok", "x", "youtube"))
"""Networks that a channel may name before this version can send to them: their posts are planned, and held with that reason."""
_ABILITIES: Mapping[str, type] = {
    "edit": Edits,
    "examine": Examines,
    "find": Finds,
    "handoff": HandsOver,
    "read": Reads,
    "retract": Retracts,
}
_FACTS = "<!-- facts -->"
_FOLDER = Path(__file__).parent


class UnknownNetwork(Exception):
    """No network has that name, or its module does not implement the protocol. The message is a sentence for people."""

    def __init__(self, name: str, message: str, *, near: tuple[str, ...] = (), lacks: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.name = name
        self.near = near
        """Names of networks that differ little from it."""
        self.lacks = lacks
        """Names of `networks.kit.seam.Network` that the module lacks."""


@cache
def names() -> tuple[str, ...]:
    """The networks of this folder, sorted."""
    modules = (module.name for module in pkgutil.iter_modules(__path__))
    return tuple(sorted(name for name in modules if (_FOLDER / f"{name}.md").is_file()))


def announced() -> tuple[str, ...]:
    """The networks that this version knows by name and cannot send to yet, sorted."""
    return tuple(sorted(_ANNOUNCED.difference(names())))


def is_announced(name: str) -> bool:
    """Whether this version knows the network by name and cannot send to it yet."""
    return name in announced()


@cache
def get(name: str) -> Network:
    """The network of that name: one of this folder, one that such a one stands for (`handoff.x`), or by its dotted path (`their_package.their_network`) one of an installed distribution.

    Raises UnknownNetwork.
    """
    base, _dot, variant = name.partition(".")
    if variant and base in names():
        return _variant(base, variant)
    if "." in name:
        module = _import_module(name)
    elif name in names():
        module = importlib.import_module(f"{__name__}.{name}")
    elif is_announced(name):
        raise UnknownNetwork(name, _("{name} is not supported yet: this version cannot send to it", name=name))
    else:
        import difflib

        near = tuple(difflib.get_close_matches(name, names(), n=3))
        raise UnknownNetwork(
            name, _("there is no network {name}; the networks are {names}", name=name, names=", ".join(names())), near=near
        )
    lacks = tuple(part for part in _required_names() if not hasattr(module, part))
    if lacks:
        raise UnknownNetwork(name, _("{name} is not a network: it lacks {parts}", name=name, parts=", ".join(lacks)), lacks=lacks)
    return cast(Network, module)


def _variant(base: str, name: str) -> Network:
    """The network that one of this folder stands for: `handoff.x`. Raises UnknownNetwork."""
    network = get(base)
    variant = network.variant(name) if isinstance(network, HasVariants) else None
    if variant is None:
        raise UnknownNetwork(f"{base}.{name}", _("{network} knows no {name}", network=base, name=name), near=(base,))
    return variant


def _import_module(name: str) -> ModuleType:
    from marronnier.networks.kit import installed

    try:
        return installed.load_module(name)
    except installed.NetworkNotInstalled as error:
        raise UnknownNetwork(name, str(error)) from error
    except Exception as error:
        # A module of another package may raise anything on import.
        message = _("{name} cannot be imported: {why}", name=name, why=f"{type(error).__name__}: {error}")
        raise UnknownNetwork(name, message) from error


def _required_names() -> tuple[str, ...]:
    methods = (name for name, value in vars(Network).items() if callable(value) and not name.startswith("_"))
    return (*Network.__annotations__, *methods)


def abilities(network: Network) -> tuple[str, ...]:
    """The optional protocols that the network implements, by the name of their method: `find`."""
    return tuple(sorted(method for method, protocol in _ABILITIES.items() if isinstance(network, protocol)))


def contents(payload: Payload) -> tuple[PartContent, ...]:
    """The content of each part, from the network that composed the payload.

    When that network is gone, or fails on the payload, the content has pictures and an unknown audience only.
    """
    try:
        network = get(payload.network)
        return tuple(map(network.part_content, payload.parts))
    except Exception:  # noqa: BLE001 - a module of another package may raise anything
        return tuple(PartContent(pictures=part.media) for part in payload.parts)


def comparison(trials: Mapping[str, Trial] = MappingProxyType({})) -> str:
    """What each network of this folder takes, side by side, as Markdown in the current language. `trials`: of a brand's channels, by name."""
    known = {name: get(name) for name in names()}
    return compare(known, {name: how_tried(name, trials) for name in known})


def how_tried(name: str, trials: Mapping[str, Trial]) -> Tried:
    """How far a network was tried, by us or by a brand's own trials: a post that one of its channels sent to the network itself is the best proof.

    Raises UnknownNetwork.
    """
    live = [(trial.day, channel) for channel, trial in trials.items() if trial.network == name and is_live(trial)]
    if not live:
        return get(name).TRIED
    day, channel = max(live)
    return Tried("live", day.isoformat(), f"`{channel}`")


def page(name: str, trials: Mapping[str, Trial] = MappingProxyType({})) -> tuple[str, str]:
    """The network's page as Markdown, with the tables of its facts in place of `<!-- facts -->`, and its language: the current one, else English.

    A network without a page gets one that holds its facts. `trials`: of a brand's channels, by name. Raises UnknownNetwork.
    """
    network = get(name)
    file = Path(getattr(network, "__file__", None) or "")
    # The page of a package stands beside its folder, not in it.
    folder, stem = (file.parent.parent, file.parent.name) if file.name == "__init__.py" else (file.parent, file.stem)
    text, lang = messages.translated_page(folder, stem, messages.current_language())
    text = text or f"# {network.NAME}\n\n{_FACTS}\n"
    table = fact_tables.network_table(network, how_tried(name, trials))
    return (text.replace(_FACTS, table) if _FACTS in text else f"{text.rstrip()}\n\n{table}\n"), lang


def setup_steps(name: str) -> tuple[str, ...]:
    """What a person does on the network's own pages to get its credentials: the numbered steps of its page before the one that stores them.

    Markdown, in the language of the page. Empty where the page has none. Raises UnknownNetwork.
    """
    text, _lang = page(name)
    lines: list[str] = []
    for line in text.splitlines():
        if re.match(r"\d+\. ", line):
            lines.append(line)
        elif lines and line.startswith("   ") and line.strip():
            lines[-1] += f"\n{line}"
        elif lines and line.strip():
            break
    # The environment of that name keeps them on the forge, in every language.
    stored = next((number for number, line in enumerate(lines) if "publishing" in line), len(lines))
    return tuple(lines[:stored])
