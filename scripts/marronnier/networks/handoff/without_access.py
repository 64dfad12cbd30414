"""Another network of this calendar to which the team has no access: its own counts, formats and preview, and a person who posts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from marronnier import networks
from marronnier.messages import N_, _
from marronnier.model.brand import Channel
from marronnier.model.publication import Delivery, Part, Payload, Publication
from marronnier.networks.handoff.anywhere import AFTERWARDS
from marronnier.networks.handoff.by_hand import TRIED, handed
from marronnier.networks.handoff.place import Draft, address
from marronnier.networks.kit.seam import Account, HandedOver, Handoff, Network, PartContent, ReadsAddresses, SendRequest

_PURE = ("measure", "refusal_reason", "CODE_IS_LIVE", "is_mention", "read_hashtags", "counter", "MEDIA", "LOOK", "profile")
"""What a network may tell beside its protocol, and tells as well where a person posts."""

# Of each: the vendor's page of web intents, or two implementations; seen 2026-11-27.
COMPOSERS: dict[str, tuple[Callable[[Draft], str], tuple[str, ...]]] = {
    # https://docs.bsky.app/docs/advanced-guides/intent-links
    "bluesky": (lambda draft: address("https://bsky.app/intent/compose", {"text": draft.text}), (N_("the language"), N_("who may reply"))),
    # https://developers.facebook.com/documentation/threads/threads-web-intents
    "threads": (lambda draft: address("https://www.threads.com/intent/post", {"text": draft.text}), ()),
    # Not documented by its vendor; two implementations agree.
    "linkedin": (
        lambda draft: address("https://www.linkedin.com/feed/", {"shareActive": "true", "text": draft.text}),
        (N_("the page or the person who publishes"), N_("the title of a document")),
    ),
    # Of a text it takes nothing: its policy forbids to fill in somebody's words.
    "facebook": (
        lambda draft: address("https://www.facebook.com/sharer/sharer.php", {"u": draft.link}) if draft.link else "https://www.facebook.com/",
        (N_("the page"), N_("who may see it")),
    ),
    "instagram": (lambda _draft: "https://www.instagram.com/", (N_("the crop and the cover"), N_("collaborators and the place"))),
    # Not documented by its vendor.
    "mastodon": (
        lambda draft: address(f"https://{draft.host}/share", {"text": draft.text}) if draft.host else "",
        (N_("who may see it"), N_("the content warning")),
    ),
}  # fmt: skip


class WithoutAccess:
    """A network of this calendar, where a person posts."""

    TRIED = TRIED
    SECRETS: tuple[str, ...] = ()
    IDEMPOTENT = False

    def __init__(self, name: str, network: Network) -> None:
        self.key = f"handoff.{name}"
        self._name, self._network = name, network
        self.NAME, self.COMPOSER, self.WORDS = network.NAME, network.COMPOSER, network.WORDS
        facts = network.FACTS
        self.FACTS = replace(facts, abilities={**facts.abilities, **AFTERWARDS}, quotas=(), prices=())
        for attribute in _PURE:
            if hasattr(network, attribute):
                setattr(self, attribute, getattr(network, attribute))

    @classmethod
    def of(cls, name: str) -> WithoutAccess | None:
        """The network of that name in the folder; None where there is none, or one without an account."""
        if name not in networks.names():
            return None
        network = networks.get(name)
        return cls(name, network) if network.SECRETS else None

    def compose(self, publication: Publication) -> Payload:
        """What the network itself composes."""
        return replace(self._network.compose(publication), network=self.key)

    def part_content(self, part: Part) -> PartContent:
        """As the network itself reads it."""
        return self._network.part_content(part)

    def host(self, channel: Channel) -> str:
        """Empty: nothing is sent from here."""
        return ""

    def send(self, sending: SendRequest, account: Account, web: Any) -> Delivery:
        """Never sends. Raises HandedOver."""
        raise HandedOver(_("somebody publishes it by hand on {network}", network=_(self.NAME)))

    def handoff(self, payload: Payload, channel: Channel) -> Handoff:
        """What is to be copied and saved, and the composer where one is known."""
        content = self._network.part_content(payload.parts[0])
        link = content.card.url if content.card is not None else ""
        draft = Draft(payload.parts[0].text, content.title, link, account=channel.account, host=channel.host)
        composer, choices = COMPOSERS.get(self._name, (lambda _draft: "", ()))
        plain = Part(
            payload.parts[0].text,
            payload.parts[0].count,
            {"title": content.title, "link": link, "warning": content.warning, "poll": list(content.poll)},
            payload.parts[0].media,
        )
        told = replace(payload, parts=(plain, *payload.parts[1:]))
        return handed(_(self.NAME), told, composer(draft), tuple(map(_, choices)))

    def post_id(self, address: str, channel: Channel) -> str:
        """The post's id as the network reads its addresses; the address itself where it reads none."""
        return self._network.post_id(address, channel) if isinstance(self._network, ReadsAddresses) else address
