"""A link that leads to another site than it seems."""

from __future__ import annotations

import re
from collections.abc import Iterator

from marronnier.checks.levels import level_for_post
from marronnier.checks.text_spans import link_targets
from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level
from marronnier.text import lookalike_hosts, urls
from marronnier.text.link_targets import LinkTarget

LEVEL: Level = "error"
ALLOWABLE = False
ENDS_WITH_SENDING = True

_AUTHORITY = re.compile(r"://([^\s/?#<>()\[\]\"'»,]*)")
_LABELLED = re.compile(r"\[[^\]\n]*[.。][^\]\n]*\]\(")


def check(view: View) -> Iterator[Finding]:
    """Every address in every post; a notice in an idea."""
    harmless: set[str] = set()
    # The verdict on an address depends on the hosts that the brand knows: the cache keeps it under their names.
    rule = f"lookalike-link {' '.join(sorted(view.known_hosts))}"
    for post in view.posts:
        if view.is_known_clean(rule, post, lambda text: _may_be_wrong(view, text, harmless)):
            continue
        for span in view.texts.spans(post):
            for target in link_targets(span):
                for level, message, expected in _faults(view, target):
                    next = _("write the real address, or add the site to `known_hosts` in brand/brand.yml if you trust it")
                    yield Finding("lookalike-link", level_for_post(post, level), span.place(target.start), message, expected, next)


def _may_be_wrong(view: View, text: str, harmless: set[str]) -> bool:
    """A quick test of the whole file. `harmless`: authorities already tested."""
    for authority in _AUTHORITY.findall(text):
        if authority not in harmless:
            if any(sign in authority for sign in "@\\%"):
                return True
            if lookalike_hosts.find_lookalike(urls.host_from_authority(authority), view.known_hosts):
                return True
            harmless.add(authority)
    if "</a" in text or "</A" in text:
        return True
    return "](" in text and ("&" in text or "](/" in text or "](\\" in text or _LABELLED.search(text) is not None)


def _faults(view: View, target: LinkTarget) -> Iterator[tuple[Level, str, str]]:
    authority = target.authority
    host = urls.host_from_authority(authority)
    if not host or urls.is_ip_address(host) or urls.is_loopback(host):
        return
    if "@" in authority or ("\\" in target.address and "@" in target.address):
        # The part before the sign may be a password: the message does not repeat it.
        message = _("the part before `@` in this address is not the site: the link leads to `{host}`", host=host)
        yield LEVEL, message, _("an address without `@`")
        return
    lookalike = lookalike_hosts.find_lookalike(host, view.known_hosts)
    if lookalike:
        yield _host_fault(host, *lookalike)
    label_host = lookalike_hosts.host_in_label(target.label)
    if label_host and lookalike_hosts.is_misleading(label_host, host) and not view.known_hosts >= {label_host, host.removeprefix("www.")}:
        message = _("the text of this link shows `{shown}`, but it leads to `{host}`", shown=label_host, host=host)
        yield LEVEL, message, _("a link that leads to the site in its text")


def _host_fault(host: str, lookalike: lookalike_hosts.HostFault, readable: str) -> tuple[Level, str, str]:
    level = LEVEL
    match lookalike:
        case "like":
            message = _("`{host}` looks like `{other}`, but is another site", host=host, other=readable)
            expected = _("`{other}`, or a name that cannot be confused with it", other=readable)
        case "mixed":
            message = _("`{other}` mixes letters of several scripts, so some may not be what they seem", other=readable)
            expected = _("a name in one script")
        case "foreign":
            message = _("`{other}` is written in letters of another script that all look Latin", other=readable)
            expected = _("a name whose letters are what they seem")
        case "impossible":
            message, expected = _("`{other}` is not a valid domain name", other=readable), _("a domain name, like example.org")
        case "coded":
            level = "warning"
            message = _("`{host}` is the encoded form of `{other}`, which people cannot read", host=host, other=readable)
            expected = _("the name as people read it: `{other}`", other=readable)
    return level, message, expected
