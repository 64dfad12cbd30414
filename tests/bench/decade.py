"""A brand that has lived ten years: posts, their commits, branches, and a ledger that knows what became of every publication.

`python tests/bench/decade.py FOLDER` makes it; `make bench` keeps one in the computer's temporary folder.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from corpus import post, settings_files, write_pictures

from marronnier import approval, desk, ledger, networks, timetable
from marronnier.desk import Desk
from marronnier.files import WorkTree
from marronnier.git import Repo
from marronnier.ledger import EventDraft
from marronnier.ledger.events import append_lines, history_path, payload_path, sha256
from marronnier.ledger.identity import chain_start
from marronnier.model.brand import Brand
from marronnier.model.publication import Publication
from marronnier.model.where import Where

POSTS, COMMITS, BRANCHES = 10_000, 5_000, 200
FIRST = datetime(2016, 12, 5, 8, 0)
BEGAN = datetime(2016, 12, 1, tzinfo=UTC)
NOW = "2026-12-02T09:00:00+01:00"
AHEAD = 20
"""Posts that are still to come; so many at the end are not in the ledger."""
PEOPLE = ("alix", "bo", "chris", "dana")


class Stream:
    """Commits for one `git fast-import`."""

    def __init__(self) -> None:
        self.chunks: list[bytes] = [b"feature done\n"]

    def commit(self, ref: str, at: datetime, message: str, files: Mapping[str, bytes], parent: str = "", who: str = "alix") -> None:
        """One commit on a reference, upon `parent` where the reference is new."""
        stamp, text = int(at.timestamp()), message.encode()
        self.chunks.append(f"commit {ref}\ncommitter {who} <{who}@example.org> {stamp} +0000\ndata {len(text)}\n".encode() + text + b"\n")
        if parent:
            self.chunks.append(f"from {parent}\n".encode())
        for path, data in files.items():
            self.chunks += [f"M 100644 inline {path}\ndata {len(data)}\n".encode(), data, b"\n"]

    def write(self, folder: Path) -> None:
        """Hand all of it to git."""
        self.chunks.append(b"done\n")
        subprocess.run(["git", "fast-import", "--quiet", "--force"], cwd=folder, input=b"".join(self.chunks), check=True)
        self.chunks = [b"feature done\n"]


def git(*arguments: str, cwd: Path) -> str:
    """Run git as somebody."""
    command = ["git", "-c", "user.name=b", "-c", "user.email=b@example.org", *arguments]
    return subprocess.run(command, cwd=cwd, check=True, capture_output=True, text=True).stdout.strip()


def write_decade(folder: Path, posts: int = POSTS, commits: int = COMMITS, branches: int = BRANCHES) -> None:
    """Write the brand with its history and its ledger."""
    chance = random.Random(2016)
    step = timedelta(days=3651) / posts
    dates = [FIRST + number * step for number in range(posts)]
    # The last ones are still to come, a few hours apart.
    dates[-AHEAD:] = [datetime(2026, 12, 3, 8, 0) + timedelta(hours=7 * number) for number in range(AHEAD)]
    written = [post(chance, number, at.replace(second=0, microsecond=0), drafts=False) for number, at in enumerate(dates)]
    _found(folder)
    _write_history(folder, written, dates, commits)
    git("reset", "-q", "--hard", cwd=folder)
    _write_branches(folder, written, branches, commits)
    loaded = desk.load(WorkTree(folder))
    _write_ledger(folder, loaded)
    git("reset", "-q", "--hard", cwd=folder)
    # As a clone has it: what is newest is whole, and older versions are kept as differences from it.
    git("repack", "-adfq", cwd=folder)


def _found(folder: Path) -> None:
    """The brand before its first post, with a ledger."""
    settings = {**settings_files(5000), "brand/approvals.yml": "quorum: 0\nunsigned: true\n", ".gitignore": ".marronnier/\n"}
    for name, text in settings.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    write_pictures(folder)
    git("init", "-q", "-b", "main", cwd=folder)
    for name in ("gc.auto", "maintenance.auto"):
        git("config", name, "0", cwd=folder)
    git("add", "-A", cwd=folder)
    git("commit", "-qm", "Found", f"--date={BEGAN.isoformat()}", cwd=folder)
    ledger.init(Repo(folder), folder, Brand(name="Mesure"), BEGAN, unsigned=True)
    git("commit", "-qam", "Begin the ledger", cwd=folder)


def _write_history(folder: Path, written: list[tuple[str, str]], dates: list[datetime], commits: int) -> None:
    """The posts in the order of their dates, some commits adding a few and the others correcting one of the last ten."""
    stream, parent = Stream(), git("rev-parse", "HEAD", cwd=folder)
    adding = max(commits - commits // 4, 1)
    size, chance = -(-len(written) // adding), random.Random(1)
    texts: dict[str, str] = {}
    done = 0
    for number in range(commits):
        at = dates[min(done, len(dates) - 1)] - timedelta(days=5)
        who = PEOPLE[number % len(PEOPLE)]
        if number % 4 == 3 or done >= len(written):
            path = chance.choice(written[max(done - 10, 0) : done])[0]
            texts[path] += f"\nCorrigé {number}.\n"
            files = {path: texts[path]}
        else:
            files = dict(written[done : done + size])
            done += size
            texts |= files
        raw = {path: text.encode() for path, text in files.items()}
        stream.commit("refs/heads/main", at.replace(tzinfo=UTC), f"Change {number}\n", raw, "" if number else parent, who)
    stream.write(folder)


def _write_branches(folder: Path, written: list[tuple[str, str]], branches: int, commits: int) -> None:
    """Branches that each change one post, begun anywhere in the last tenth of the history."""
    oids = git("rev-list", "--first-parent", "main", cwd=folder).splitlines()
    stream, chance = Stream(), random.Random(3)
    for number in range(branches):
        path, text = chance.choice(written[-AHEAD - 10 :] if number % 2 else written)
        base = oids[chance.randrange(min(max(commits // 10, 1), len(oids)))]
        at = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(minutes=number)
        stream.commit(f"refs/heads/branch-{number:03d}", at, "Propose\n", {path: f"{text}\nProposé {number}.\n".encode()}, base)
    stream.write(folder)


def _write_ledger(folder: Path, loaded: Desk) -> None:
    """What a publisher recorded of each publication: sealed, then claimed and sending, then sent; each time a few in one commit."""
    first, repo = loaded.brand.ledger.first or "", Repo(folder)
    start = chain_start(repo.read(f"{first}:ledger.json") or b"")
    now = datetime.fromisoformat(NOW)
    table = timetable.make(loaded, {}, now)
    due = [key for key in table.in_order() if (at := table.instants[key].at) is not None and at < now]
    head = git("rev-parse", "main", cwd=folder)
    stream, parent = Stream(), first
    for together in _by_eight(due):
        publications = [table.publications[key] for key in together]
        at = table.instants[together[0]].at or now
        drafts = {one.key: _events(one, table.instants[one.key].at or now, head, loaded, table) for one in publications}
        lines: dict[str, bytes] = dict.fromkeys(together, b"")
        for step, when in enumerate((at - timedelta(days=2), at, at + timedelta(minutes=1))):
            files: dict[str, bytes] = {}
            for key in together:
                events = drafts[key][step]
                lines[key] = append_lines(events, lines[key], start, when)
                files[history_path(key)] = lines[key]
                files |= {payload_path(sha256(event.payload)): event.payload for event in events if event.payload is not None}
            stream.commit("refs/heads/ledger", when, f"{drafts[together[0]][step][0].name} {together[0]}\n", files, parent)
            parent = ""
    stream.write(folder)


def _by_eight(keys: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(keys), 8):
        yield keys[start : start + 8]


def _events(publication: Publication, at: datetime, head: str, loaded: Desk, table: timetable.Timetable) -> list[list[EventDraft]]:
    """The three records of a publication."""
    key, payload = publication.key, networks.get(publication.channel.network).compose(publication)
    digests = approval.digests(publication, table.instants[key], loaded)
    sealed: dict[str, object] = {
        "words": digests.words,
        "when": digests.when,
        "instant": at.isoformat(),
        "payload": payload.sha256,
        "parts": 1,
        "basis": "written",
        "by": [],
        "title": publication.post.title,
        "commit": head,
        "where": Where.of(publication.channel).as_json(),
    }
    run = {"run": "github-1-1", "deadline": (at + timedelta(minutes=10)).isoformat()}
    sending = {"part": 0, "payload": payload.sha256, "run": "github-1-1", "tried": at.isoformat()}
    sent = {"part": 0, "parts": 1, "id": key, "url": f"/posts/{publication.post.id}/", "payload": payload.sha256, "late": 0}
    return [
        [EventDraft(key, "sealed", sealed, payload.as_bytes())],
        [EventDraft(key, "claimed", run), EventDraft(key, "sending", sending)],
        [EventDraft(key, "sent", sent)],
    ]


def kept_decade(posts: int, commits: int, branches: int) -> Path:
    """The brand from the computer's temporary folder, made there when it is missing; a digest of what makes it is in its name."""
    here = Path(__file__).parent
    package = here.parents[1] / "scripts" / "marronnier"
    makers = (here / "corpus.py", here / "decade.py", package / "approval/digest.py", package / "networks/feed.py")
    made_by = b"".join(file.read_bytes() for file in makers)
    name = f"{posts}-{commits}-{branches}-{hashlib.sha256(made_by).hexdigest()[:16]}"
    kept = Path(tempfile.gettempdir()) / f"marronnier-bench-{os.getuid()}" / name
    if not kept.is_dir():
        kept.parent.mkdir(mode=0o700, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as making:
            write_decade(Path(making) / "brand", posts, commits, branches)
            (Path(making) / "brand").rename(kept)
    return kept


def copy_of(brand: Path, folder: Path) -> Path:
    """A copy that may be changed."""
    shutil.copytree(brand, folder, symlinks=True)
    git("update-index", "-q", "--refresh", cwd=folder)
    return folder
