"""The network of a channel where a person posts. Nothing is sent: a person is given what to copy, and only that person's word makes it sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from marronnier.messages import N_, _
from marronnier.model.brand import Channel
from marronnier.model.publication import Delivery, Part, Payload, Publication, Words
from marronnier.networks.handoff.place import Draft, PostingPlace
from marronnier.networks.kit.facts import Fact, Facts, Tried
from marronnier.networks.kit.seam import Account, HandedOver, Handoff, LinkCard, PartContent, Refused, SendRequest
from marronnier.networks.kit.written_parts import with_pictures, written_parts
from marronnier.text import hashtags, length_units, threads
from marronnier.text.graphemes import count_graphemes
from marronnier.text.plain_text import to_plain_text
from marronnier.text.urls import is_web_url
from marronnier.text.utm import contains_link

BY_HAND = N_("By hand")
TRIED = Tried("documents", "2026-11-28", N_("a person publishes: nothing is sent from here"))


class ByHand:
    """A place where a person posts, as a network."""

    COMPOSER = 1
    TRIED = TRIED
    WORDS: Mapping[str, str] = {"post": N_("post")}
    SECRETS: tuple[str, ...] = ()
    IDEMPOTENT = False
    MEDIA = ("image", "video")

    def __init__(self, key: str, place: PostingPlace) -> None:
        self.key = key
        """As `network:` names it: `handoff.x`."""
        self.place = place
        self.NAME = place.name
        self.FACTS: Facts = place.facts
        self.LOOK = place.look

    def compose(self, publication: Publication) -> Payload:
        """Plain text as it is copied; hashtags and the link end it. A thread is several texts."""
        words = publication.words
        unit = self.FACTS.text.unit if isinstance(self.FACTS.text, Fact) else "graphemes"
        parts = []
        for number, (text, media) in enumerate(self._texts(words, unit)):
            wire: dict[str, Any] = {"text": text, "language": words.lang}
            if media:
                wire["media"] = [{"sha256": picture.sha256, "alt": picture.alt} for picture in media]
            if number == 0:
                wire |= self._once(words)
            kept = {name: value for name, value in wire.items() if value}
            parts.append(Part(text, length_units.count(unit, text), kept, media))
        return Payload(self.key, self.COMPOSER, tuple(parts))

    def part_content(self, part: Part) -> PartContent:
        """The part under neutral names."""
        wire = part.wire
        return PartContent(
            audience=str(wire.get("visibility") or "public"),
            lang=str(wire.get("language", "")),
            title=str(wire.get("title", "")),
            warning=str(wire.get("warning", "")),
            poll=tuple(map(str, wire.get("poll", ()))),
            card=LinkCard(str(wire["link"])) if wire.get("link") else None,
            pictures=part.media,
        )

    def host(self, channel: Channel) -> str:
        """Empty: nothing is sent from here."""
        return ""

    def send(self, sending: SendRequest, account: Account, web: Any) -> Delivery:
        """Never sends. Raises HandedOver, or Refused for an empty post."""
        if not any(part.text.strip() or part.media for part in (sending.part, *sending.parts)):
            raise Refused(_("this post is empty"))
        # Any place at all has no name but that of its channel.
        name = (account.channel.name or account.channel_name) if self.NAME == BY_HAND else _(self.NAME)
        raise HandedOver(_("somebody publishes it by hand on {network}", network=name))

    def handoff(self, payload: Payload, channel: Channel) -> Handoff:
        """What is to be copied and saved, the composer, and what is to be chosen there."""
        first = payload.parts[0]
        draft = Draft(
            first.text, str(first.wire.get("title", "")), str(first.wire.get("link", "")), account=channel.account, host=channel.host
        )
        has_pictures = any(part.media for part in payload.parts)
        choices = (*(self.place.picture_choices if has_pictures else ()), *self.place.choices)
        return handed(_(self.NAME), payload, self.place.composer(draft), tuple(map(_, choices)))

    def post_id(self, address: str, channel: Channel) -> str:
        """The address itself. Raises Refused for one of another site."""
        host = (urlsplit(address).hostname or "").removeprefix("www.")
        if self.place.hosts and not any(host == own or host.endswith(f".{own}") for own in self.place.hosts):
            raise Refused(_("{url} is not an address on {network}", url=address, network=_(self.NAME)))
        return address

    def refusal_reason(self, words: Words) -> str:
        """Why the title does not fit."""
        most = self.place.longest_title
        if most and (count := count_graphemes(words.title)) > most:
            return _("a title on {network} has at most {most} characters, and this one has {count}", network=_(self.NAME), most=most, count=count)  # fmt: skip
        return ""

    def _texts(self, words: Words, unit: str) -> list[tuple[str, Any]]:
        """The text and the media of each part."""
        link = words.link if is_web_url(words.link) and not self.place.keeps_link_apart else ""
        if not isinstance(self.FACTS.thread, Fact):
            text = "\n\n".join(filter(None, map(to_plain_text, threads.split_parts(words.text))))
            return [(self._ended(text, words, link), words.all_media)]
        parts = written_parts(words)
        texts = [to_plain_text(part.markdown) for part in parts]
        texts[-1] = self._ended(texts[-1], words, link)
        pieces: list[tuple[str, ...]] = [(text,) for text in texts]
        if words.thread == "auto" and (limit := words.limit or _most(self.FACTS)):
            pieces = [threads.break_text(text, limit, lambda piece: length_units.count(unit, piece)) for text in texts]
        return with_pictures(parts, pieces)

    def _ended(self, text: str, words: Words, link: str) -> str:
        mentions = " ".join(name for name in words.mentions if name not in text)
        ends = (text, mentions, link if link and not contains_link(text, link) else "")
        return hashtags.place_hashtags("\n\n".join(filter(None, ends)), words.tags, "end")

    def _once(self, words: Words) -> Mapping[str, Any]:
        """What is said once for the whole post."""
        return {
            "title": words.title if self.place.longest_title else "",
            "link": words.link if self.place.keeps_link_apart and is_web_url(words.link) else "",
            "visibility": "" if words.visibility in ("", "public") else words.visibility,
            "warning": "" if words.warning == "true" else words.warning,
            "sensitive": bool(words.warning),
            "poll": list(words.poll),
            "first_comment": to_plain_text(words.first_comment) if words.first_comment else "",
        }


def _most(facts: Facts) -> int:
    return facts.text.value if isinstance(facts.text, Fact) else 0


def handed(network: str, payload: Payload, composer: str, choices: tuple[str, ...]) -> Handoff:
    """What a person needs who posts a payload by hand; its fields are those of ByHand, and of any other network only its texts."""
    wire = payload.parts[0].wire
    texts = [(_("Title"), str(wire["title"]))] if wire.get("title") else []
    several = len(payload.parts) > 1
    for number, part in enumerate(payload.parts, 1):
        if part.text:
            texts.append((_("Part {number} of {total}", number=number, total=len(payload.parts)) if several else _("Text"), part.text))
    if wire.get("link"):
        texts.append((_("Link"), str(wire["link"])))
    if wire.get("warning"):
        texts.append((_("Content warning"), str(wire["warning"])))
    if wire.get("poll"):
        texts.append((_("Options of the poll"), "\n".join(map(str, wire["poll"]))))
    if wire.get("first_comment"):
        texts.append((_("First comment"), str(wire["first_comment"])))
    pictures = tuple(picture for part in payload.parts for picture in part.media)
    if wire.get("sensitive"):
        choices = (*choices, _("mark it as sensitive"))
    if wire.get("visibility"):
        choices = (*choices, _("who may see it: {audience}", audience=str(wire["visibility"])))
    return Handoff(network, composer, tuple(texts), pictures, choices)
