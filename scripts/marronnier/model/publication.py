"""Publications, the words approved for them, and the payload sent to the network."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from marronnier.model.brand import Channel
from marronnier.model.post import Post


def canonical_json(value: object) -> bytes:
    """Canonical JSON: keys sorted, no spaces, UTF-8. Digests are computed from it."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def json_digest(value: object) -> str:
    """SHA-256 of the canonical JSON of a value, as 64 hex digits."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


VIDEO_ENDINGS = (".mp4", ".m4v", ".mov", ".webm")
"""How the names of videos end."""


@dataclass(frozen=True, slots=True)
class Caption:
    """The captions of a video in one language: a WebVTT file."""

    lang: str
    """A language tag, from the file's name; else the post's language."""
    path: str
    """Relative to the repository's root, with `/`."""
    sha256: str
    """SHA-256 of its bytes; empty when the file is missing."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A media file of a post, as the working directory or a commit holds it."""

    path: str
    """Relative to the repository's root, with `/`."""
    sha256: str
    """SHA-256 of its bytes; empty when the file is missing."""
    alt: str
    """The alternative text; empty for decoration or when not written."""
    credit: str = ""
    captions: tuple[Caption, ...] = ()

    @property
    def is_video(self) -> bool:
        """Whether its name says that it is a video."""
        return self.path.lower().endswith(VIDEO_ENDINGS)

    @property
    def is_document(self) -> bool:
        """Whether its name says that it is a document."""
        return self.path.lower().endswith(".pdf")

    @property
    def paths(self) -> tuple[str, ...]:
        """The path of the file, and those of its captions."""
        return (self.path, *(caption.path for caption in self.captions))


def without_repeats(pictures: Iterable[Picture]) -> tuple[Picture, ...]:
    """The pictures in order, without those whose file came before."""
    first: dict[str, Picture] = {}
    for picture in pictures:
        first.setdefault(picture.path, picture)
    return tuple(first.values())


@dataclass(frozen=True, slots=True)
class Words:
    """All that a network's `compose` receives: what an approval binds, and nothing else."""

    network: str
    account: str
    title: str
    text: str
    """The Markdown of the variant."""
    lang: str
    format: str
    tags: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    link: str = ""
    """The link with its UTM parameters."""
    media: tuple[Picture, ...] = ()
    poll: tuple[str, ...] = ()
    poll_minutes: int = 0
    poll_multiple: bool = False
    first_comment: str = ""
    warning: str = ""
    """The content warning; `true` when sensitive without words."""
    thread: str = ""
    """`auto`, `none`, or empty."""
    visibility: str = ""
    limit: int | None = None
    """The channel's own text limit, when `brand/channels.yml` gives one."""
    unit: str = ""
    """What the channel's server counts, when `brand/channels.yml` says it: `graphemes` or `codepoints`."""
    link_length: str = ""
    """What each link counts there, when `brand/channels.yml` says it: a number or `full`."""
    inline_media: tuple[Picture, ...] = ()
    """The pictures that stand in the text, in order. A network attaches each to the part that it stands in."""

    @property
    def all_media(self) -> tuple[Picture, ...]:
        """The media of the post and those in its text, each file once."""
        return without_repeats((*self.media, *self.inline_media)) if self.inline_media else self.media

    @property
    def paths(self) -> frozenset[str]:
        """The path of every file that is sent: media and captions."""
        return frozenset(path for picture in self.all_media for path in picture.paths)

    def as_json(self) -> Mapping[str, Any]:
        """The JSON object for digests and `--format json`; credits are not sent and so are left out, as are empty values."""
        values = {name: getattr(self, name) for name in self.__slots__}
        for name in ("media", "inline_media"):
            values[name] = tuple(_sent_file(picture) for picture in values[name])
        return {name: value for name, value in values.items() if value not in ("", (), None, 0, False)}


def _sent_file(picture: Picture) -> Mapping[str, Any]:
    """What an approval binds of a media file: its bytes, its alternative text, and its captions where it has some."""
    bound: dict[str, Any] = {"sha256": picture.sha256, "alt": picture.alt}
    if picture.captions:
        bound["captions"] = tuple({"lang": caption.lang, "sha256": caption.sha256} for caption in picture.captions)
    return bound


@dataclass(frozen=True)
class Publication:
    """A post on a channel, and for a repeated post one occurrence: the unit that is planned, approved and sent."""

    post: Post
    channel_name: str
    channel: Channel
    words: Words
    occurrence: date | None = None
    """The day that the repeat rule gives, even when the publication is shifted to another one."""

    @classmethod
    def with_words_when_read(
        cls, post: Post, channel_name: str, channel: Channel, make_words: Callable[[], Words], occurrence: date | None
    ) -> Publication:
        """A publication whose words are made when they are first read: of what went out years ago nobody reads them."""
        made = cls.__new__(cls)
        vars(made).update(post=post, channel_name=channel_name, channel=channel, occurrence=occurrence, _make_words=make_words)
        return made

    def __getattr__(self, name: str) -> Any:
        if name != "words" or "_make_words" not in vars(self):
            raise AttributeError(name)
        words = vars(self)["words"] = vars(self).pop("_make_words")()
        return words

    @property
    def key(self) -> str:
        """`<id>@<channel>`, with `~2026-12-08` for an occurrence."""
        return publication_key(self.post.id, self.channel_name, self.occurrence)


def publication_key(post_id: str, channel_name: str, occurrence: date | None = None) -> str:
    """The key of a publication: `<id>@<channel>`, with `~2026-12-08` for an occurrence."""
    base = f"{post_id}@{channel_name}"
    return f"{base}~{occurrence.isoformat()}" if occurrence else base


def current_and_former_keys(publication: Publication) -> tuple[str, ...]:
    """Its key, and the keys it had while its channel had other names."""
    names = (publication.channel_name, *publication.channel.was)
    return tuple(publication_key(publication.post.id, name, publication.occurrence) for name in names)


def split_key(key: str) -> tuple[str, str, date | None]:
    """Post id, channel name and occurrence of a publication's key. Raises ValueError when it is not a key."""
    base, _, day = key.partition("~")
    post_id, at, channel_name = base.rpartition("@")
    if not at or not post_id or not channel_name:
        raise ValueError(f"{key!r} is not a publication's key, like portes-ouvertes@journal")
    return post_id, channel_name, date.fromisoformat(day) if day else None


@dataclass(frozen=True, slots=True)
class Part:
    """One message of a payload; a thread has several."""

    text: str
    """The text as people on the network will read it."""
    count: int
    """The length of the text as the network counts it."""
    wire: Mapping[str, Any] = field(default_factory=dict)
    """The fields of the request, exactly as sent."""
    media: tuple[Picture, ...] = ()


def payload_digest(data: bytes) -> str:
    """SHA-256 of a payload's bytes, as 64 hex digits."""
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True, slots=True)
class Payload:
    """Exactly what is sent to the network, part by part."""

    network: str
    composer: int
    """The network's COMPOSER number."""
    parts: tuple[Part, ...]

    def as_bytes(self) -> bytes:
        """Canonical JSON, as the ledger stores it."""
        parts = [_part_as_json(part) for part in self.parts]
        return canonical_json({"network": self.network, "composer": self.composer, "parts": parts})

    @property
    def text(self) -> str:
        """The texts of all parts, one below the other."""
        return "\n".join(part.text for part in self.parts)

    @property
    def sha256(self) -> str:
        """SHA-256 of `as_bytes`, as 64 hex digits."""
        return payload_digest(self.as_bytes())

    @classmethod
    def from_bytes(cls, data: bytes) -> Payload:
        """Parse what `as_bytes` returned. Raises ValueError when the data is something else."""
        try:
            payload = json.loads(data)
            parts = tuple(
                Part(part["text"], part["count"], part["wire"], _read_media(part["media"], part.get("captions", ())))
                for part in payload["parts"]
            )
            return cls(payload["network"], payload["composer"], parts)
        except (KeyError, TypeError) as error:
            raise ValueError("this is not a payload") from error


def _part_as_json(part: Part) -> Mapping[str, Any]:
    """A part as the ledger stores it. Captions stand beside the media: versions that know none read such a part all the same."""
    media = [{name: value for name, value in asdict(picture).items() if name != "captions"} for picture in part.media]
    captions = [{"of": number, **asdict(caption)} for number, picture in enumerate(part.media) for caption in picture.captions]
    stored: dict[str, Any] = {"text": part.text, "count": part.count, "wire": part.wire, "media": media}
    return {**stored, "captions": captions} if captions else stored


def _read_media(media: Iterable[Mapping[str, Any]], captions: Iterable[Mapping[str, Any]]) -> tuple[Picture, ...]:
    """The media of a stored part. Raises KeyError, TypeError."""
    by_number: dict[int, list[Caption]] = {}
    for caption in captions:
        by_number.setdefault(caption["of"], []).append(Caption(caption["lang"], caption["path"], caption["sha256"]))
    return tuple(Picture(**picture, captions=tuple(by_number.get(number, ()))) for number, picture in enumerate(media))


@dataclass(frozen=True, slots=True)
class Delivery:
    """A network's answer to one part that it accepted."""

    id: str
    """The network's id of the part."""
    url: str
    """The address where people read it."""
    files: tuple[str, ...] = field(default=(), compare=False)
    """SHA-256 of each media file as it was sent, in order: the approval binds the file it was made from. Empty where nothing was uploaded."""
    note: str = field(default="", compare=False)
    """What people should know of it, as a sentence without its full stop: that the network took the post, and not something beside it."""
