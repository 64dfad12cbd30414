"""Makes a brand with many posts, always the same for the same number: `python tests/bench/corpus.py 10000 FOLDER`."""

from __future__ import annotations

import random
import struct
import sys
import zlib
from datetime import datetime, timedelta
from pathlib import Path

CHANNELS = ("journal", "krant", "news", "lettre", "affiche", "radio", "ecole", "marche")
WORDS = {
    "fr": [
        "le",
        "jardin",
        "partagé",
        "ouvre",
        "ses",
        "portes",
        "aux",
        "habitants",
        "du",
        "quartier",
        "pour",
        "planter",
        "lire",
        "échanger",
        "des",
        "graines",
        "et",
        "des",
        "livres",
        "autour",
        "d’une",
        "soupe",
        "chaude",
        "pendant",
        "l’hiver",
    ],
    "nl": [
        "de",
        "gedeelde",
        "tuin",
        "opent",
        "haar",
        "deuren",
        "voor",
        "de",
        "buren",
        "om",
        "te",
        "planten",
        "te",
        "lezen",
        "zaden",
        "en",
        "boeken",
        "te",
        "ruilen",
        "rond",
        "een",
        "warme",
        "soep",
        "in",
        "de",
        "winter",
    ],
    "en": [
        "the",
        "shared",
        "garden",
        "opens",
        "its",
        "gates",
        "to",
        "the",
        "neighbours",
        "to",
        "plant",
        "to",
        "read",
        "to",
        "swap",
        "seeds",
        "and",
        "books",
        "around",
        "a",
        "warm",
        "soup",
        "during",
        "the",
        "winter",
    ],
}
MARKS = ("", "", "", "**{}**", "*{}*", "[{}](https://example.org/jardin?page=1)", "`{}`")
ENDINGS = (".", "!", "?", " 🌱.", " 👩‍🌾.", " 🇧🇪.")
START = datetime(2022, 1, 3, 8, 0)


def sentence(chance: random.Random, lang: str) -> str:
    """One sentence, sometimes with a mark."""
    words = chance.choices(WORDS[lang], k=chance.randint(6, 14))
    spot = chance.randrange(len(words))
    words[spot] = chance.choice(MARKS).format(words[spot]) or words[spot]
    return " ".join(words).capitalize() + chance.choice(ENDINGS)


def body(chance: random.Random, lang: str) -> str:
    """Some paragraphs, sometimes a list."""
    blocks = []
    for _number in range(chance.randint(3, 8)):
        if chance.random() < 0.2:
            blocks.append("\n".join(f"- {sentence(chance, lang)}" for _line in range(3)))
        else:
            blocks.append(" ".join(sentence(chance, lang) for _sentence in range(chance.randint(2, 4))))
    return "\n\n".join(blocks)


def post(chance: random.Random, number: int, at: datetime | None = None, *, drafts: bool = True) -> tuple[str, str]:
    """A post's path and text; `drafts`: those to come are."""
    lang = chance.choice(("fr", "fr", "nl", "en"))
    shift = timedelta(hours=4 * number + chance.randrange(4), minutes=chance.choice((0, 15, 30, 45)))
    at = at or START + shift
    name = f"{at:%Y-%m-%d}-{number:06d}"
    front = [
        f"id: {name}",
        f"title: {' '.join(chance.choices(WORDS[lang], k=8)).capitalize()}",
        f"date: {at:%Y-%m-%d %H:%M}",
        f"channels: [{', '.join(chance.sample(CHANNELS, chance.randint(2, 6)))}]",
        f"pillar: {chance.choice(('jardin', 'livres', 'coulisses'))}",
        "owner: communication",
        f"lang: {lang}",
        "tags: [Jardin, Quartier]",
        "media:",
        f"  - src: image-{number % 64:02d}.png",
        "    alt: Trois personnes plantent un arbre devant la bibliothèque",
    ]
    if drafts and at >= datetime(2026, 12, 2):
        front.append("draft: true")
    return f"content/posts/{at:%Y/%m}/{name}.md", "---\n" + "\n".join(front) + "\n---\n" + body(chance, lang) + "\n"


def settings_files(most: int) -> dict[str, str]:
    """The settings by path; `most` is how many characters the channels take."""
    return {
        "brand/brand.yml": "name: Le jardin de mesure\nzone: Europe/Brussels\nterritory: BE\nlang: fr\nclock: 2026-12-02\n",
        "brand/channels.yml": "channels:\n" + "".join(f"  {name}: {{network: feed, limits: {{text: {most}}}}}\n" for name in CHANNELS),
        "brand/strategy.yml": "pillars:\n  jardin: {name: Jardin}\n  livres: {name: Livres}\n  coulisses: {name: Coulisses}\n",
        "brand/approvals.yml": "quorum: 0\n",
        "calendar/slots.yml": "slots: {}\n",
        "calendar/days.yml": "days: []\n",
    }


def write_brand(count: int, folder: Path, most: int = 5000) -> None:
    """Write the brand; `most` is how many characters its channels take."""
    chance = random.Random(2026)
    files = settings_files(most)
    files.update(post(chance, number) for number in range(count))
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    write_pictures(folder)


def write_pictures(folder: Path) -> None:
    """Write the pictures that posts name."""
    media = folder / "content" / "media"
    media.mkdir(parents=True, exist_ok=True)
    for number in range(64):
        (media / f"image-{number:02d}.png").write_bytes(picture(number))


def picture(number: int) -> bytes:
    """A picture of 64 by 48 grey pixels, another one for each number."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = random.Random(number).randbytes(48 * 65)
    flat = b"".join(b"\0" + rows[at + 1 : at + 65] for at in range(0, 48 * 65, 65))
    head = struct.pack(">IIBBBBB", 64, 48, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(flat)) + chunk(b"IEND", b"")


if __name__ == "__main__":
    write_brand(int(sys.argv[1]), Path(sys.argv[2]))
