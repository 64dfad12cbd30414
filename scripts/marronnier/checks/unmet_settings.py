"""Settings that nothing can meet: a quorum of more people than may approve, a key that is none, an account or a public site that is missing."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from marronnier import messages
from marronnier.approval.quorum import members
from marronnier.messages import _, ngettext
from marronnier.networks.kit.seam import FetchesMedia
from marronnier.networks.kit.word_abilities import RecognizesMentions

if TYPE_CHECKING:
    from marronnier.checks.view import View
    from marronnier.model.finding import Place

_POLICY = "brand/approvals.yml"
_SIGNERS = "brand/allowed_signers"
_SIGNER = re.compile(
    r"(?P<names>\"[^\"]*\"|[^\s\"]+)[ \t]+(?:[a-z-]+(?:=\"[^\"]*\")?(?:,[a-z-]+(?:=\"[^\"]*\")?)*[ \t]+)?"
    r"(?P<type>(?:sk-)?(?:ssh|ecdsa)-[\w@.-]+)[ \t]+(?P<key>[A-Za-z0-9+/]+={0,2})(?:[ \t].*)?",
    re.IGNORECASE,
)
"""One line, as ssh-keygen(1) describes it under ALLOWED SIGNERS: principals, options, the type of the key, the key."""


class UnmetSetting(NamedTuple):
    """A setting that nothing can meet: where, what was read, what was expected, what to do."""

    place: Place
    message: str
    expected: str
    next: str


def find_unmet_settings(view: View) -> Iterator[UnmetSetting]:
    """Those of the approval policy, its keys, the channels and the campaigns."""
    yield from _quorums(view)
    yield from _keys(view)
    yield from _accounts(view)
    yield from _public_sites(view)
    yield from _campaigns(view)


def _quorums(view: View) -> Iterator[UnmetSetting]:
    desk = view.desk
    if not desk.tree.exists(_POLICY) and _POLICY not in desk.tree.skipped_paths and desk.tree.exists("brand/brand.yml"):
        yield _missing_policy()
    if not desk.tree.exists(_POLICY) or any(finding.place.path == _POLICY and finding.level == "error" for finding in desk.findings):
        return
    policy = desk.policy
    signers = _people_with_keys(view)
    without_key = {name for name, approver in policy.approvers.items() if not approver.github and name not in signers}
    if policy.unsigned or not signers:
        without_key = set()
    quorums: list[tuple[Sequence[str | int], int, Collection[str]]] = [(("quorum",), policy.quorum, tuple(policy.approvers))]
    for number, requirement in enumerate(policy.requirements):
        voters = members(policy, requirement.by) if requirement.by else tuple(policy.approvers)
        if requirement.after and not members(policy, requirement.after):
            # Nobody can approve before them, so nobody's vote can count.
            voters = ()
        quorums.append((("requirements", number, "quorum"), requirement.quorum, voters))
    for keys, needed, named in quorums:
        voters_count = len(named)
        mute = [name for name in named if name in without_key]
        if voters_count >= needed > voters_count - len(mute):
            message = ngettext(
                "{count} person must approve, and nothing that {names} approve counts: they have no key in {file}",
                "{count} people must approve, and nothing that {names} approve counts: they have no key in {file}",
                needed,
                names=", ".join(f"`{name}`" for name in mute),
                file=_SIGNERS,
            )
            expected = _("a quorum that the people named can reach")
            next = _("add the public key of each there: their name, then the line of their `.pub` file")
            yield UnmetSetting(desk.place(_POLICY, *keys), message, expected, next)
        elif needed > voters_count:
            people = ngettext("{count} person must approve", "{count} people must approve", needed)
            message = (
                ngettext("{people}, and only {count} may", "{people}, and only {count} may", voters_count, people=people)
                if voters_count
                else _("{people}, and nobody may", people=people)
            )
            expected = _("a quorum that the people named can reach")
            next = _("name more people under `approvers:`, or write a smaller quorum")
            yield UnmetSetting(desk.place(_POLICY, *keys), message, expected, next)


def _missing_policy() -> UnmetSetting:
    from marronnier.model.finding import Place

    return UnmetSetting(
        Place(_POLICY),
        _("this file is missing, so nobody may approve, and nothing goes out"),
        _("a file that says who must approve what"),
        _("name people in it under `approvers:`, or write `quorum: 0`: then merging counts as approval"),
    )


def _keys(view: View) -> Iterator[UnmetSetting]:
    from marronnier.model.finding import Place

    text = dict(view.texts.other_files).get(_SIGNERS, "")
    for number, line in enumerate(text.split("\n"), 1):
        written = line.strip()
        if written and not written.startswith("#") and not _is_signer(written):
            message = _("this line gives nobody a key: `{line}`", line=messages.show_no_break_spaces(written[:60]))
            expected = _('a name of brand/approvals.yml, `namespaces="git"`, the type of the key and the key')
            next = _("copy the whole line of the person's `.pub` file after the name, or put `#` before this one")
            yield UnmetSetting(Place(_SIGNERS, number), message, expected, next)


def _people_with_keys(view: View) -> frozenset[str]:
    """The names that allowed_signers has a key for."""
    lines = map(str.strip, dict(view.texts.other_files).get(_SIGNERS, "").split("\n"))
    matches = [match for line in lines if not line.startswith("#") and _is_signer(line) and (match := _SIGNER.fullmatch(line))]
    return frozenset(name for match in matches for name in match["names"].strip('"').split(","))


def _is_signer(line: str) -> bool:
    """Whether a line of allowed_signers holds a key of the type that it names."""
    match = _SIGNER.fullmatch(line)
    if match is None:
        return False
    try:
        key = base64.b64decode(match["key"], validate=True)
    except (binascii.Error, ValueError):
        return False
    length = int.from_bytes(key[:4], "big")
    return len(key) > 4 + length and key[4 : 4 + length].decode("ascii", "replace") == match["type"]


def _accounts(view: View) -> Iterator[UnmetSetting]:
    for name, channel in view.desk.channels.channels.items():
        network = view.channels.networks[channel.network]
        if isinstance(network, RecognizesMentions) and not channel.account:
            message = _("`{channel}` has no `account`, so nothing can be sent there", channel=name)
            expected = _("the account, as {network} writes it", network=_(getattr(network, "NAME", channel.network)))
            next = _("write `account:` as the page of its network shows it, or remove the channel")
            yield UnmetSetting(view.desk.place("brand/channels.yml", "channels", name), message, expected, next)


def _public_sites(view: View) -> Iterator[UnmetSetting]:
    """Channels whose network fetches media from the public site, where there is none, or where nobody allowed it."""
    brand, places = view.desk.brand, view.desk.place
    for name, channel in view.desk.channels.channels.items():
        network = view.channels.networks[channel.network]
        if channel.public_media and network is not None and not isinstance(network, FetchesMedia):
            yield UnmetSetting(
                places("brand/channels.yml", "channels", name, "public_media"),
                _(
                    "`{channel}` has `public_media: true`, and {network} fetches nothing from the public site",
                    channel=name,
                    network=_(network.NAME),
                ),
                _("this key only where a network fetches its media there, as Instagram and Threads do"),
                _("remove the key: nothing would ever be put there for this channel"),
            )
        if not isinstance(network, FetchesMedia) or not ("media" in network.FACTS.needs or _has_media(view, name)):
            continue
        message = _("`{channel}` is on {network}, which fetches media from the public site", channel=name, network=_(network.NAME))
        if not channel.public_media:
            expected = _("`public_media: true`: they may stand there up to an hour before the post")
            next = _("write it if you agree to that, or remove the channel: its posts with media would wait forever")
            yield UnmetSetting(places("brand/channels.yml", "channels", name), message, expected, next)
        elif not brand.site_url:
            expected = _("the address of that site, as `site_url:` in brand/brand.yml")
            next = _("write it, or remove the channel: its posts with media would wait forever")
            yield UnmetSetting(places("brand/channels.yml", "channels", name, "public_media"), message, expected, next)
        elif brand.clock is None and not brand.site_url.lower().startswith("https://"):
            # Under a clock the site of a rehearsal stands on this machine.
            expected = _("an address that everybody can open, and that begins with `https://`")
            next = _("write it, or remove the channel: its posts with media would wait forever")
            yield UnmetSetting(places("brand/brand.yml", "site_url"), message, expected, next)


def _has_media(view: View, channel_name: str) -> bool:
    """Whether a post that is to go out there has media."""
    return any(line.channel_name == channel_name and view.lines.publication(line).words.all_media for line in view.lines.unsent)


def _campaigns(view: View) -> Iterator[UnmetSetting]:
    for page in view.desk.campaigns.values():
        start, end = page.campaign.start, page.campaign.end
        if end < start:
            message = _("the campaign ends {end}, before it begins {start}", end=messages.format_day(end), start=messages.format_day(start))
            expected = _("an `end` that is not before `start`")
            yield UnmetSetting(view.desk.place(page.path, "end"), message, expected, _("write the right days: until then no post is in it"))
