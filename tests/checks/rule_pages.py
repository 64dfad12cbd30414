"""The pages of the rules as tests: small repositories given as files, and the output of `marronnier check` for each.

A block titled `ledger` is no file: it lists what went out before, each with the words that were sent.

    2026-11-20 10:00 sent portes-ouvertes@journal
    On ouvre le jardin dimanche.

`sent` went out; `unknown` may have. The repository then has a ledger, which `brand/brand.yml` names in its last lines.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from click.testing import CliRunner, Result

from marronnier import desk, ledger
from marronnier.cli import marronnier
from marronnier.files import WorkTree
from marronnier.git import Repo
from marronnier.ledger import EventDraft, Ledger
from marronnier.model.brand import Brand
from marronnier.model.publication import Part, Payload, split_key
from pictures import described

BRAND = Path(__file__).parent / "brand"
"""The brand that a page's files are laid over."""
NOW = "2026-12-02 09:00"

_LABEL = re.compile(r"\*\*(Refused|Refusé|marronnier check|Accepted|Accepté)\*\*")
_MEANT = {"Refusé": "Refused", "Accepté": "Accepted"}
_DESCRIBED = {
    "(un lien vers /etc/hostname)": "(a link to /etc/hostname)",
    "(une photo d’un téléphone qui a noté où il était)": "(a photograph from a phone that noted where it was)",
    "(une image au format PNG)": "(a picture as PNG)",
    "(une image de 40 Mo)": "(a picture of 40 MB)",
    "(une image qui se dit large et haute de 60 000 pixels)": "(a picture that says it is 60,000 pixels wide and high)",
    "(une image, avec les mots du programme qui l’a faite)": "(a picture with the words of the program that made it)",
    "(une image)": "(a picture)",
    "(une vidéo)": "(a video)",
    "(une vidéo sonore)": "(a video with sound)",
    "(une vidéo de deux secondes, en WebM, sans son)": "(a video of two seconds, as WebM, without sound)",
    "(un PDF)": "(a PDF)",
    "(un PDF de 12 Mo)": "(a PDF of 12 MB)",
    "(un GIF animé)": "(a GIF that moves)",
    "(la première moitié d’une image)": "(the first half of a picture)",
}
"""What stands for a file that is no text, in French, and the words `described` knows it by."""
_FENCE = re.compile(r'(?P<fence>`{3,})(?P<lang>\w*)(?: title="(?P<title>[^"]+)")?')


@dataclass
class Case:
    """One small repository of a page."""

    kind: str
    line: int
    files: dict[str, str] = field(default_factory=dict)
    output: str | None = None
    ledger: str = ""
    """What went out before."""


def cases(page: str) -> list[Case]:
    """Every repository of a page, in order."""
    case_list: list[Case] = []
    label = fence = title = ""
    block: list[str] = []
    for number, line in enumerate(page.split("\n"), 1):
        if fence and line == fence:
            text = "".join(f"{line}\n" for line in block)
            if title == "ledger":
                case_list[-1].ledger = text
            elif title:
                assert label in ("Refused", "Accepted"), f"line {number}: a file under no label"
                case_list[-1].files[title] = f"{_DESCRIBED[text.strip()]}\n" if text.strip() in _DESCRIBED else text
            elif label == "marronnier check":
                case_list[-1].output = text
            fence, block = "", []
        elif fence:
            block.append(line)
        elif opening := _FENCE.fullmatch(line):
            fence, title = opening["fence"], opening["title"] or ""
        elif labelled := _LABEL.fullmatch(line):
            label = _MEANT.get(labelled[1], labelled[1])
            if label != "marronnier check":
                case_list.append(Case(label, number))
    return case_list


def build(root: Path, files: dict[str, str]) -> Path:
    """The brand with these files laid over it. Media are described, `(a picture)`, and made; `(a link to …)` becomes one."""
    shutil.copytree(BRAND, root, dirs_exist_ok=True)
    for path, text in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if link := re.fullmatch(r"\(a link to (\S+)\)\s*", text):
            file.symlink_to(link[1])
        elif text.startswith("(") and not path.endswith((".md", ".yml")):
            file.write_bytes(described(path, text))
        else:
            file.write_text(text, encoding="utf-8", newline="")
    return root


_OUT = re.compile(r"(?P<at>\d{4}-\d\d-\d\d \d\d:\d\d) (?P<event>sent|unknown) (?P<key>\S+)")


def build_ledger(root: Path, events: str) -> Ledger:
    """A ledger with what a page tells; the folder becomes a repository for it."""
    repo = Repo(root)
    hand = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    repo.run("init", "-q", "-b", "main")
    repo.run("add", "-A")
    repo.run(*hand, "commit", "-q", "-m", "Begin")
    ledger.init(repo, root, Brand(name=""), datetime(2026, 11, 1, tzinfo=UTC), unsigned=True)
    book = ledger.open(repo, desk.load(WorkTree(root), only="").brand, fetch=False)
    commit = repo.run("rev-parse", "HEAD").decode().strip()
    lines = events.splitlines()
    starts = [(number, match) for number, line in enumerate(lines) if (match := _OUT.fullmatch(line))]
    assert starts, "a ledger block without events"
    for (start, match), end in zip(starts, [*(number for number, _match in starts[1:]), len(lines)], strict=True):
        at = datetime.fromisoformat(match["at"]).replace(tzinfo=ZoneInfo("Europe/Brussels"))
        drafts = _event_drafts(match["key"], match["event"], "\n".join(lines[start + 1 : end]).strip(), at, commit)
        book = book.append(lambda _newest, drafts=drafts: drafts, at)  # type: ignore[misc]
    return book


def _event_drafts(key: str, event: str, words: str, at: datetime, commit: str) -> list[EventDraft]:
    """What the publisher records of one publication."""
    payload = Payload("feed", 1, (Part(words, len(words), {"content_text": words}),))
    seal = {"words": "0" * 64, "when": "0" * 64, "instant": at, "payload": payload.sha256, "by": [], "basis": "written", "commit": commit}
    sending = {"part": 0, "payload": payload.sha256, "run": "a"}
    sent = {"part": 0, "parts": 1, "id": key, "url": f"/posts/{split_key(key)[0]}/", "payload": payload.sha256}
    end = EventDraft(key, "sent", sent) if event == "sent" else EventDraft(key, "unknown", {"part": 0, "why": "cut off"})
    return [EventDraft(key, "sealed", seal, payload.as_bytes()), EventDraft(key, "sending", sending), end]


def check(root: Path, *arguments: str, now: str = NOW) -> Result:
    """`marronnier check`, through the door people use; the output holds both streams as a terminal shows them."""
    return CliRunner().invoke(marronnier, ["-C", str(root), "--now", now, "check", *arguments], catch_exceptions=False)
