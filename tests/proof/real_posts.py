"""A folder of Galaxy Social lived through: `make proof POSTS=DIR` carries it over twice and publishes it to servers on loopback.

Once with `--fresh`, every day of its calendar a run: all of it goes out, once, or is held for a reason that can be named.
Once with its receipts: of what that tool sent, nothing is ever due here.
The folder is only read, and nothing outside this machine is asked.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from fakes.stages import stage_of
from marronnier import desk, ledger, networks
from marronnier.desk.post_parser import slugify
from marronnier.files import WorkTree
from marronnier.git import Repo

HERE = Path(__file__).parents[1]
FEED = "journal"
"""The feed of a brand that `init` made: every post goes there too."""
ENDS = ("sent", "held", "duplicate", "error", "wrong")
"""How a publication can end; `wrong` where nothing that can be named was in its way."""
PLACEHOLDERS, DRAWN = "stand-in/", "drawn/"
"""The folder of the placeholders that the import draws, and that where they stand as the pictures themselves."""
COPY = re.compile(r"exactly the same text was sent on this channel on .* as (\S+)$|^(\S+) has exactly the same text on this channel")
ERROR = re.compile(r"^(\S+?):(\d+):\d+: error\[([\w-]+)\]")
CHANNEL = re.compile(r"^  ([\w-]+):\s+\{?network: (\w+)", re.MULTILINE)
DAY = re.compile(r"^date: (\d{4}-\d\d-\d\d)$", re.MULTILINE)


class Failed(Exception):
    """A command ended otherwise than it must."""


@dataclass
class Proof:
    """What was seen, and what is not as it must be."""

    said: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def say(self, line: str) -> None:
        self.said.append(line)

    def demand(self, good: bool, otherwise: str) -> None:
        """Note what is wrong, unless all is well."""
        if not good:
            self.wrong.append(otherwise)


@dataclass
class Server:
    """One account on loopback."""

    line: str
    """Its channel, as brand/channels.yml has it."""
    secrets: Mapping[str, str]
    """By name of their variable."""
    received: Callable[[], Sequence[object]]


@dataclass
class House:
    """A brand at a clock whose accounts are on loopback."""

    folder: Path
    days: list[date] = field(default_factory=list)
    """Those on which a post is to go out, in order."""
    servers: dict[str, Server] = field(default_factory=dict)
    """By name of their channel."""

    @property
    def eve(self) -> date:
        """When everything was merged, and the ledger began."""
        return self.days[0] - timedelta(days=1)

    @property
    def end(self) -> date:
        """The clock of the brand: every day is past."""
        return self.days[-1] + timedelta(days=1)

    def posts(self) -> list[Path]:
        return sorted(self.folder.glob("content/posts/*/*/*.md"))

    def run(self, *arguments: str, on: date | None = None, well: tuple[int, ...] = (0,)) -> str:
        """What `marronnier …` says, at ten o'clock on a day, where one is given. Raises Failed."""
        command = [sys.executable, "-m", "marronnier", "-C", str(self.folder), *(["--now", f"{on} 10:00"] if on else []), *arguments]
        done = subprocess.run(command, env=self._surroundings(), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode not in well:
            raise Failed(f"`marronnier {' '.join(arguments)}` ended with {done.returncode}: {(done.stderr or done.stdout).strip()[-2000:]}")
        return done.stdout

    def ask(self, *arguments: str, on: date | None = None, well: tuple[int, ...] = (0,)) -> Any:
        """The same, as programs are told it."""
        return json.loads(self.run(*arguments, "--format", "json", on=on, well=well))

    def publish(self, on: date | None = None) -> Any:
        """One run of it; that somebody must look is no failure here."""
        return self.ask("publish", "--release-brakes", on=on, well=(0, 3))

    def commit(self, message: str) -> None:
        """Merge what stands there, on the eve."""
        for command in (["add", "--all"], ["commit", "--quiet", "--message", message]):
            subprocess.run(["git", "-C", str(self.folder), *command], env=self._surroundings(), capture_output=True, check=True)

    def received(self) -> Mapping[str, int]:
        """How many messages stand on each server."""
        return {name: len(server.received()) for name, server in self.servers.items()}

    def parts(self) -> Mapping[str, int]:
        """How many messages the ledger knows to be out on each of them."""
        book = ledger.open(Repo(self.folder), desk.load(WorkTree(self.folder)).brand)
        out: Counter[str] = Counter()
        for key, history in book.histories.items():
            out[key.rpartition("@")[2]] += sum("payload" in sent.data for sent in history.sent_parts.values())
        return {name: out[name] for name in self.servers}

    def _surroundings(self) -> dict[str, str]:
        env = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "MARRONNIER_", "GITHUB_"))}
        people = {
            f"GIT_{role}_{what}": said for role in ("AUTHOR", "COMMITTER") for what, said in (("NAME", "A"), ("EMAIL", "a@x.example"))
        }
        dates = {f"GIT_{role}_DATE": f"{self.eve}T08:00:00Z" for role in ("AUTHOR", "COMMITTER")} if self.days else {}
        secrets = {name: value for server in self.servers.values() for name, value in server.secrets.items()}
        ours = {"PYTHONPATH": str(HERE.parent / "scripts"), "MARRONNIER_LANG": "en", "GIT_CONFIG_GLOBAL": os.devnull}
        return {**env, **people, **dates, **secrets, **ours, "GIT_CEILING_DIRECTORIES": str(self.folder.parent)}


def prove(posts: Path, work: Path) -> Proof:
    """Both lives of the folder `posts`, in the empty folder `work`."""
    proof = Proof()
    with ExitStack() as until_the_end:
        try:
            days = live_afresh(posts, House(work / "afresh"), until_the_end, proof)
            live_on(posts, House(work / "on", days), until_the_end, proof)
        except Failed as failure:
            proof.wrong.append(str(failure))
    return proof


def live_afresh(posts: Path, house: House, until_the_end: ExitStack, proof: Proof) -> list[date]:
    """Without a past: every publication goes out on its day, once, or something that can be named is in its way. Gives the days."""
    house.run("init", str(house.folder), "--lang", "en")
    told = house.ask("import", "galaxy-social", str(posts), "--fresh")
    also_to_the_feed(house)
    hang_pictures(house)
    house.days = days_of(house)
    begin(house)
    move_to_loopback(house, until_the_end)
    house.commit("Carry the posts over")
    tell_the_import(told, proof)
    in_the_way = live_through(house, proof)
    lines = house.ask("plan", "--all")["lines"]
    demand_all_planned(told, lines, proof)
    judge(lines, in_the_way, proof)
    made, noted = house.received(), house.parts()
    proof.demand(made == noted, f"the servers hold {made}, the ledger {noted}")
    sent = sent_by(house.publish())
    proof.demand(not sent and house.received() == made, f"the second run sent {sent}, and the servers hold {house.received()}")
    proof.say(f"second run: {len(sent)} sent; {sum(made.values())} messages on {len(made)} servers, as many as in the ledger")
    house.run("ledger", "verify")
    return house.days


def live_on(posts: Path, house: House, until_the_end: ExitStack, proof: Proof) -> None:
    """With its past: what the other tool noted as sent is sent, nothing else is, and a run after the last day sends nothing."""
    house.run("init", str(house.folder), "--lang", "en")
    begin(house)
    told = house.ask("import", "galaxy-social", str(posts), on=house.end)
    move_to_loopback(house, until_the_end)
    house.commit("Carry the posts over")
    noted = noted_as_sent(posts, told)
    states = {line["key"]: line["state"] for line in house.ask("plan", "--all")["lines"]}
    known = Counter(as_noted(key, noted) for key, state in states.items() if state == "sent")
    proof.demand(known == noted, f"sent there and not here: {sorted(noted - known)}; here and not there: {sorted(known - noted)}")
    sent = sent_by(house.publish())
    proof.demand(
        not sent and not any(house.received().values()), f"with receipts a run sent {sent}, and the servers hold {house.received()}"
    )
    others = Counter(state for state in states.values() if state != "sent")
    proof.say(
        f"with receipts: {noted.total()} sent there, {known.total()} of them here; others: {counted(others)}; a run sends {len(sent)}"
    )


def begin(house: House) -> None:
    """On the eve the ledger begins, in a brand whose clock stands after its last day."""
    with (house.folder / "brand/brand.yml").open("a", encoding="utf-8") as brand:
        brand.write(f"\nclock: {house.end}\n")
    house.commit("Our brand")
    house.run("ledger", "init", on=house.eve)
    house.commit("Begin the ledger")


def days_of(house: House) -> list[date]:
    """The days that posts are written for. Raises Failed where there are none."""
    written = {day for path in house.posts() for day in DAY.findall(path.read_text(encoding="utf-8"))}
    if not written:
        raise Failed("no post of that folder has a day")
    return [date.fromisoformat(day) for day in sorted(written)]


def move_to_loopback(house: House, until_the_end: ExitStack) -> None:
    """Give the accounts of the networks that are there a server on this machine."""
    channels = house.folder / "brand/channels.yml"
    text = channels.read_text(encoding="utf-8")
    for name, network in CHANNEL.findall(text):
        server = serve(network, house.folder.parent / f"{house.folder.name}-{name}", until_the_end)
        if server is not None:
            house.servers[name] = server
            text = re.sub(rf"^  {name}: .*$", f"  {name}: {server.line}", text, flags=re.MULTILINE)
    channels.write_text(text, encoding="utf-8")


def serve(network: str, folder: Path, until_the_end: ExitStack) -> Server | None:
    """A server of that network; None where there is nothing to reach."""
    if network not in networks.names():
        return None
    patch = until_the_end.enter_context(pytest.MonkeyPatch.context())
    stage = until_the_end.enter_context(stage_of(network, folder, patch))
    if not stage.channel:
        return None
    variables = {name: f"{network}_{name}".upper() for name in stage.secrets}
    line = {"network": network, **stage.channel, "env": variables}
    # YAML reads JSON. A stage tells of each message what it replies to.
    return Server(json.dumps(line), {variables[name]: value for name, value in stage.secrets.items()}, stage.replies)


def hang_pictures(house: House) -> None:
    """Let the placeholders be the pictures themselves: without a picture no post with one would go out."""
    media = house.folder / "content/media"
    if not (media / PLACEHOLDERS).is_dir():
        return
    (media / PLACEHOLDERS).rename(media / DRAWN)
    for path in house.posts():
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(f"src: {PLACEHOLDERS}", f"src: {DRAWN}"), encoding="utf-8")


def also_to_the_feed(house: House) -> None:
    """Every post speaks on the feed as well."""
    for path in house.posts():
        text, found = re.subn(r"^channels: \[", f"channels: [{FEED}, ", path.read_text(encoding="utf-8"), count=1, flags=re.MULTILINE)
        if not found:
            raise Failed(f"{path.name} names no channels")
        path.write_text(text, encoding="utf-8")


def tell_the_import(told: Mapping[str, Any], proof: Proof) -> None:
    posts, pictures = told["posts"], told["pictures"]["standing_in"]
    proof.say(f"files: {told['files']}; posts: {posts['read']}, {len(posts['folded'])} files folded into them")
    proof.say(f"publications there: {counted(told['publications'])}; pictures standing in: {len(pictures)}")


def demand_all_planned(told: Mapping[str, Any], lines: Sequence[Mapping[str, Any]], proof: Proof) -> None:
    """Every post that was read is in the plan, on every account that came over."""
    posts, publications = {line["post"] for line in lines}, Counter(line["network"] for line in lines)
    there = {
        network: count for network, count in told["publications"].items() if network in networks.names() or networks.is_announced(network)
    }
    planned = {network: publications[network] for network in there}
    proof.demand(len(posts) == told["posts"]["read"], f"{told['posts']['read']} posts were read and {len(posts)} are planned")
    proof.demand(planned == there, f"planned: {counted(planned)}; there: {counted(there)}")


def live_through(house: House, proof: Proof) -> Mapping[str, str]:
    """A run on the eve, on each day and at the clock. By key: what was in its way, as the run of its day said it."""
    in_the_way: dict[str, str] = {}
    for day in (house.eve, *house.days, None):
        outcome = house.publish(on=day)
        proof.demand(not outcome["stopped"], f"the run of {day or house.end} stopped: {outcome['stopped']}")
        told = [(line["key"], line["why"]) for line in outcome["waiting"]]
        told += [(step["key"], step["said"]) for step in outcome["steps"] if step["act"] not in ("sealed", "sent")]
        for key, why in told:
            # Later runs only say that its hour is over.
            in_the_way.setdefault(key, why)
    proof.say(f"runs: {len(house.days) + 2}, from {house.eve} to {house.end}")
    return in_the_way


def judge(lines: Sequence[Mapping[str, Any]], in_the_way: Mapping[str, str], proof: Proof) -> None:
    """Where each publication ended: counted by network, and named where it was not sent."""
    lines = [line for line in lines if line["state"] != "idea"]
    sent = {line["key"] for line in lines if line["state"] == "sent"}
    whys = {line["key"]: in_the_way.get(line["key"], line["why"]) for line in lines}
    ends = [(line, end_of(line, sent, whys[line["key"]])) for line in lines]
    for network in sorted({line["network"] for line in lines}):
        found = Counter(end for line, end in ends if line["network"] == network)
        proof.say(f"  {network}: {counted({end: found[end] for end in ENDS if end in found})}")
    for line, end in ends:
        why = whys[line["key"]]
        if end in ("duplicate", "error"):
            proof.say(f"  {end}: {line['key']}: {in_short(why)}")
        proof.demand(end != "wrong", f"{line['key']} is {line['state']}: {why}")
    held = Counter(network_named(line, whys[line["key"]]) for line, end in ends if end == "held")
    for why, count in sorted(held.items()):
        proof.say(f"  held: {count}: {why}")


def end_of(line: Mapping[str, Any], sent: Collection[str], why: str) -> str:
    """How one publication ended, one of ENDS."""
    if line["state"] == "sent":
        return "sent"
    if networks.is_announced(line["network"]):
        return "held" if line["state"] == "held" and "not supported yet" in why else "wrong"
    if copied := COPY.search(why):
        other = copied[1] or copied[2]
        return "duplicate" if other in sent and other.endswith(f"@{line['channel']}") else "wrong"
    found = ERROR.match(why)
    return "error" if found and found[1] == line["path"] else "wrong"


def in_short(why: str) -> str:
    """The other key of a duplicate, or the rule and the line of an error."""
    if copied := COPY.search(why):
        return f"as {copied[1] or copied[2]}"
    found = ERROR.match(why)
    return f"{found[3]}, line {found[2]}" if found else why


def network_named(line: Mapping[str, Any], why: str) -> str:
    """The same reason for all channels of a network."""
    return why.replace(f"{line['channel']} is on ", "")


def noted_as_sent(posts: Path, told: Mapping[str, Any]) -> Counter[str]:
    """Keys of what the other tool noted as sent, read from its own file, but for posts that stayed behind."""
    noted = json.loads((posts / "processed_files.json").read_text(encoding="utf-8"))
    folded, behind = told["posts"]["folded"], {remark["where"] for remark in told["stayed_behind"]}
    here = [name for name in noted if name not in behind and (posts / name).is_file()]
    out = {(folded.get(name, name), account) for name in here for account, sent in noted[name].items() if sent}
    return Counter(f"{slugify(Path(name).stem)}@{slugify(account)}" for name, account in out)


def as_noted(key: str, noted: Collection[str]) -> str:
    """The key without the number that tells files of one name in two folders apart."""
    return key if key in noted else re.sub(r"-\d+@", "@", key)


def sent_by(outcome: Mapping[str, Any]) -> list[str]:
    """The keys that a run sent."""
    return [step["key"] for step in outcome["steps"] if step["act"] == "sent"]


def counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items()) or "none"


def main(arguments: Sequence[str]) -> int:
    reading = argparse.ArgumentParser(prog="proof.real_posts", description="Live through a folder of Galaxy Social.")
    reading.add_argument("posts", type=Path, help="the folder that holds posts/, plugins.yml and processed_files.json")
    posts = reading.parse_args(arguments).posts.resolve()
    with tempfile.TemporaryDirectory(prefix="proof-") as work:
        proof = prove(posts, Path(work))
    print("\n".join(proof.said))
    print("\n".join(f"WRONG: {line}" for line in proof.wrong) or "All is as it must be.")
    return 1 if proof.wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
