"""Networks: the kinds of places a post can go. The folder is the registry."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import cast

from marronnier import messages
from marronnier.messages import _
from marronnier.networks.kit.seam import Examines, Fact, Facts, Finds, Network, No

__all__ = ["UnknownNetwork", "abilities", "get", "is_announced", "names", "page"]

# fmt: off
_AWAITED = frozenset((
    "devto", "discord", "discourse", "facebook", "ghost", "instagram", "linkedin", "markdown", "matrix", "reddit",
    "slack", "telegram", "threads", "tiktok", "wordpress", "x", "youtube",
))
# fmt: on
"""Networks that a channel may name although this version cannot send to them: their posts are planned, and held with that reason."""
_OPTIONAL: Mapping[str, type] = {"examine": Examines, "find": Finds}
_FACTS = "<!-- facts -->"


class UnknownNetwork(Exception):
    """No network has that name, or the module of that name is not one. The message is a sentence for people."""

    def __init__(self, name: str, why: str, *, near: tuple[str, ...] = (), lacks: tuple[str, ...] = ()) -> None:
        super().__init__(why)
        self.name = name
        self.near = near
        """Names it might have been."""
        self.lacks = lacks
        """What the module lacks of `networks.kit.seam.Network`."""


@cache
def names() -> tuple[str, ...]:
    """The networks of this folder, sorted."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.ispkg))


def is_announced(name: str) -> bool:
    """Whether it is a network that this version knows by name and cannot send to yet."""
    return name in _AWAITED and name not in names()


@cache
def get(name: str) -> Network:
    """The network of that name: a module of this folder, or anyone's by its dotted path (`their_package.their_network`).

    Raises UnknownNetwork.
    """
    if "." in name:
        module = _import(name)
    elif name in names():
        module = importlib.import_module(f"{__name__}.{name}")
    elif is_announced(name):
        raise UnknownNetwork(name, _("{name} is not there yet: this version cannot send to it", name=name))
    else:
        import difflib

        near = tuple(difflib.get_close_matches(name, names(), n=3))
        raise UnknownNetwork(name, _("there is no network {name}; there are {names}", name=name, names=", ".join(names())), near=near)
    lacks = tuple(part for part in _parts() if not hasattr(module, part))
    if lacks:
        raise UnknownNetwork(name, _("{name} is not a network: it lacks {parts}", name=name, parts=", ".join(lacks)), lacks=lacks)
    return cast(Network, module)


def _import(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except Exception as error:
        # A stranger's module may fail in any way while it is read.
        why = _("{name} cannot be imported: {why}", name=name, why=f"{type(error).__name__}: {error}")
        raise UnknownNetwork(name, why) from error


def _parts() -> tuple[str, ...]:
    acts = (name for name, act in vars(Network).items() if callable(act) and not name.startswith("_"))
    return (*Network.__annotations__, *acts)


def abilities(network: Network) -> tuple[str, ...]:
    """The optional protocols it offers, by the name of their method: `find`."""
    return tuple(sorted(method for method, protocol in _OPTIONAL.items() if isinstance(network, protocol)))


def page(name: str) -> tuple[str, str]:
    """The network's page as Markdown, with the facts of its code in place of `<!-- facts -->`; and the language it is in: the one in use, else English.

    A network without a page of its own still has its facts. Raises UnknownNetwork.
    """
    network = get(name)
    beside = Path(getattr(network, "__file__", None) or "")
    written, lang = messages.translated_page(beside.parent, beside.stem, messages.current_language())
    written = written or f"# {network.NAME}\n\n{_FACTS}\n"
    told = written.replace(_FACTS, _facts_table(network)) if _FACTS in written else f"{written.rstrip()}\n\n{_facts_table(network)}\n"
    return told, lang


def _facts_table(network: Network) -> str:
    kinds = {
        "text": _("Length of a message"),
        "media": _("Pictures in a message"),
        "alt": _("Length of an alternative text"),
        "thread": _("Threads"),
        "poll": _("Polls"),
        "size": _("Size of a message"),
        "hashtags": _("Hashtags of a post"),
    }
    rows = [(kinds[field.name], fact) for field in fields(Facts) if (fact := getattr(network.FACTS, field.name)) is not None]
    lines = [f"| {_('What')} | {_('Most')} | {_('Where it was read')} |", "| --- | --- | --- |"]
    lines += [_fact_row(kind, fact) for kind, fact in rows]
    again = _("yes: the same post sent again appears once") if network.IDEMPOTENT else _("no: what may have been sent is looked at first")
    found = _("yes") if isinstance(network, Finds) else _("no")
    lines += [f"| {_('Can be sent again')} | {again} | |", f"| {_('Can be looked up')} | {found} | |"]
    return "\n".join(lines)


def _fact_row(kind: str, fact: Fact | No) -> str:
    if isinstance(fact, No):
        return f"| {kind} | {_('none: {why}', why=_(fact.why))} | |"
    seen = _("seen {day}", day=messages.format_day(date.fromisoformat(fact.seen)))
    return f"| {kind} | {fact.value} {_(fact.unit)} | <{fact.source}>, {seen} |"
