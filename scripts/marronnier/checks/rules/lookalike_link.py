"""A link that leads elsewhere than it seems."""

from __future__ import annotations

import re
from collections.abc import Iterator

from marronnier.checks.text_spans import MOST, TextSpan
from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level
from marronnier.text import lookalike_hosts, urls
from marronnier.text.link_targets import LinkTarget, find_link_targets
from marronnier.timetable.written_times import is_idea

LEVEL: Level = "error"
ALLOWABLE = False

_AUTHORITY = re.compile(r"://([^\s/?#<>()\[\]\"'»,]*)")
_LABELLED = re.compile(r"\[[^\]\n]*[.。][^\]\n]*\]\(")


def check(view: View) -> Iterator[Finding]:
    """Every address in every post; in an idea it is only a notice."""
    good: set[str] = set()
    # What an address looks like depends on the hosts that the brand knows.
    rule = f"lookalike-link {' '.join(sorted(view.known_hosts))}"
    for post in view.posts:
        if view.memory.is_known_clean(rule, post, lambda text: _may_be_wrong(view, text, good)):
            continue
        for passage in view.passages(post):
            for address in _in(passage):
                for level, said, expected in _faults(view, address):
                    yield Finding(
                        "lookalike-link",
                        "notice" if is_idea(post) else level,
                        passage.place(address.start),
                        said,
                        expected,
                        _("write where it leads, or name the host under `known_hosts` in brand/brand.yml when you know it"),
                    )


def _may_be_wrong(view: View, text: str, good: set[str]) -> bool:
    """A quick look at the whole file. `good`: authorities already judged."""
    for found in _AUTHORITY.findall(text):
        if found not in good:
            if (
                "@" in found
                or "\\" in found
                or "%" in found
                or lookalike_hosts.find_lookalike(urls.host_from_authority(found), view.known_hosts)
            ):
                return True
            good.add(found)
    if "</a" in text or "</A" in text:
        return True
    return "](" in text and ("&" in text or "](/" in text or "](\\" in text or _LABELLED.search(text) is not None)


def _in(passage: TextSpan) -> list[LinkTarget]:
    if passage.kind == "link":
        return [LinkTarget(0, urls.browser_form(passage.text))]
    return find_link_targets(passage.text)[:MOST] if passage.kind != "tag" else []


def _faults(view: View, address: LinkTarget) -> Iterator[tuple[Level, str, str]]:
    authority = address.authority
    host = urls.host_from_authority(authority)
    if not host or urls.is_ip_address(host) or urls.is_loopback(host):
        return
    if "@" in authority or ("\\" in address.address and "@" in address.address):
        # What stands before the sign may be a password: it is not repeated.
        yield LEVEL, _("what stands before `@` in this address is no host: it leads to `{host}`", host=host), _("an address without `@`")
        return
    fault = lookalike_hosts.find_lookalike(host, view.known_hosts)
    if fault:
        yield _of_host(host, *fault)
    shown = lookalike_hosts.host_in_label(address.label)
    if shown and lookalike_hosts.is_misleading(shown, host) and not view.known_hosts >= {shown, host.removeprefix("www.")}:
        yield (
            LEVEL,
            _("the words of this link show `{shown}`, and it leads to `{host}`", shown=shown, host=host),
            _("a link that leads where its words say"),
        )


def _of_host(host: str, fault: lookalike_hosts.HostFault, other: str) -> tuple[Level, str, str]:
    match fault:
        case "like":
            return (
                LEVEL,
                _("`{host}` looks like `{other}`, and is another", host=host, other=other),
                _("`{other}`, or a host that cannot be taken for it", other=other),
            )
        case "mixed":
            return (
                LEVEL,
                _("the letters of `{other}` come from several scripts, so some are not what they look like", other=other),
                _("one script in a name"),
            )
        case "foreign":
            return (
                LEVEL,
                _("`{other}` is written in letters of another script that all look Latin", other=other),
                _("a name that is what it looks like"),
            )
        case "impossible":
            return LEVEL, _("no host can be named `{other}`", other=other), _("the name of a host, like example.org")
        case _:
            return (
                "warning",
                _("`{host}` is the code of `{other}`, which nobody can read", host=host, other=other),
                _("the name as people read it: `{other}`", other=other),
            )
