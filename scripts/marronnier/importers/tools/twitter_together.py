"""Tweets of twitter-together: `.tweet` files with polls, threads and media.

How that tool reads its files: https://github.com/twitter-together/action, README.md and `lib/common/parse-tweet-file-content.js`, seen
2026-11-27. It sends a file when the commit that adds it is merged, and keeps no record of its own: what stands in `tweets/` was sent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from marronnier.desk import Desk
from marronnier.desk.post_parser import post_folder
from marronnier.files import Tree, yaml_text
from marronnier.files.document import parse_yaml
from marronnier.files.utf8 import decode
from marronnier.importers import filename_dates, picture_download, site_dates
from marronnier.importers.bundle import Bundle, ImportedPost, PastSend, Remark, UniqueNames
from marronnier.messages import Trouble, _
from marronnier.model.finding import Finding
from marronnier.model.shape import Shape
from marronnier.text.markdown_escape import escape_markdown

TOOL = "twitter-together"
NETWORK = "x"
TWEETS, MEDIA = "tweets", "media"

_FRONT_MATTER = re.compile(r"---[ \t]*\n(?P<front>.*?)(?:^|\n)---[ \t]*(?:\Z|\n+)", re.DOTALL | re.MULTILINE)
_POLL_OPTION = re.compile(r"\(\s?\)\s+(?P<option>.*\S)\s*")
_KEYS = frozenset({"thread-delimiter", "reply", "retweet", "media", "schedule", "poll"})
_PART_BREAK = "\n\n---\n\n"


@dataclass
class _Tweet:
    """One message of a file."""

    words: str
    keys: Mapping[str, Any] = field(default_factory=dict)
    poll: tuple[str, ...] = ()
    media: list[dict[str, str]] = field(default_factory=list)


class _TweetFile:
    """One file, while it is read."""

    def __init__(self, source: Tree, path: str, remarks: list[Remark]) -> None:
        self.source = source
        self.path = path
        self._remarks = remarks

    def note(self, message: str, key: str = "", *, left_behind: bool = False) -> None:
        """Note something about this file, or a key of it."""
        self._remarks.append(Remark(f"{self.path}: {key}" if key else self.path, message, left_behind))

    def tweets(self, text: str) -> list[_Tweet]:
        """The messages of the file, in order. Each may have a front matter of its own, which may name another delimiter for the rest."""
        tweets: list[_Tweet] = []
        delimiter = "---"
        rest: str | None = text.strip()
        while rest is not None:
            keys: Mapping[str, Any] = {}
            if front := _FRONT_MATTER.match(rest):
                keys, rest = self._keys(front["front"]), rest[front.end() :]
            delimiter = keys["thread-delimiter"] if isinstance(keys.get("thread-delimiter"), str) else "---"
            words, _break, rest_after = _split_once(rest, delimiter)
            tweets.append(self._tweet(words.strip(), keys))
            rest = rest_after
        return tweets

    def _keys(self, front: str) -> Mapping[str, Any]:
        document = parse_yaml(self.path, front.encode(), Shape("other"))
        for finding in document.findings:
            self.note(_("the keys {text} cannot be read: {why}", text=" ".join(front.split())[:200], why=finding.message), left_behind=True)
        if not document.data and not document.findings and front.strip():
            self.note(_("{text} stands where keys are read, and is not imported", text=" ".join(front.split())[:200]), left_behind=True)
        for key in document.data.keys() - _KEYS:
            self.note(_("this key is not imported: it has no meaning in {tool}", tool=TOOL), key, left_behind=True)
        return document.data

    def _tweet(self, words: str, keys: Mapping[str, Any]) -> _Tweet:
        written = keys.get("poll")
        poll = tuple(option for option in written if isinstance(option, str)) if isinstance(written, list) else ()
        if not poll:
            lines = words.split("\n")
            while lines and (option := _POLL_OPTION.fullmatch(lines[-1].strip())):
                poll = (option["option"], *poll)
                lines.pop()
            words = "\n".join(lines).strip() if len(poll) > 1 else words
        tweet = _Tweet(words, keys, poll if len(poll) > 1 else ())
        for entry in keys["media"] if isinstance(keys.get("media"), list) else []:
            file = entry.get("file") if isinstance(entry, Mapping) else None
            if not isinstance(file, str) or not self.source.exists(f"{MEDIA}/{file}"):
                written = f"{MEDIA}/{file}" if isinstance(file, str) else ""
                alt = entry.get("alt") if isinstance(entry, Mapping) else None
                named = " ".join(filter(None, (written, f"({alt})" if alt else "" if written else str(entry))))
                self.note(_("the picture {file} is not in this folder", file=named), "media", left_behind=True)
                continue
            alt = entry.get("alt")
            tweet.media.append(picture_download.media_entry(file, alt if isinstance(alt, str) else ""))
        return tweet


def _split_once(text: str, delimiter: str) -> tuple[str, str, str | None]:
    match = re.search(rf"\n+{re.escape(delimiter)}[ \t]*\n+", text) if delimiter else None
    return (text[: match.start()], match[0], text[match.end() :]) if match else (text, "", None)


def read(source: Tree, desk: Desk, now: datetime, zone: ZoneInfo, *, fresh: bool) -> Bundle:
    """All tweets of a folder of twitter-together. Raises Trouble for another folder."""
    paths = [path for path in source.paths((TWEETS,)) if path.endswith(".tweet")]
    if not paths:
        raise Trouble(
            _("This is not a twitter-together folder: {folder}/ holds no .tweet file", folder=TWEETS),
            _("Name the folder that holds {folder}/ and {media}/.", folder=TWEETS, media=MEDIA),
            status=2,
        )
    source.paths((MEDIA,))
    channel = next((name for name, channel in desk.channels.channels.items() if channel.network == NETWORK), NETWORK)
    remarks: list[Remark] = []
    names = UniqueNames()
    posts: list[ImportedPost] = []
    copies: dict[str, str] = {}
    carried = set()
    for path in paths:
        post = _convert(_TweetFile(source, path, remarks), channel, names, now, zone, copies, fresh=fresh)
        if post is not None:
            posts.append(post)
            carried.add(path)
    if channel not in desk.channels.channels:
        remarks.append(Remark(f"{TWEETS}/", _("it does not say whose account it is: write `account:`"), left_behind=False))
    return Bundle(
        TOOL,
        len(paths),
        tuple(posts),
        {} if channel in desk.channels.channels else {channel: {"network": NETWORK}},
        copies=copies,
        remarks=tuple(remarks),
        sources=frozenset(carried),
    )


def _convert(
    file: _TweetFile, channel: str, names: UniqueNames, now: datetime, zone: ZoneInfo, copies: dict[str, str], *, fresh: bool
) -> ImportedPost | None:
    text = decode(file.path, file.source.read(file.path))
    if isinstance(text, Finding):
        file.note(_("not imported: {why}", why=text.message), left_behind=True)
        return None
    tweets = file.tweets(text)
    first = tweets[0]
    if not any(tweet.words or tweet.media or tweet.poll for tweet in tweets):
        retweet = next((tweet.keys["retweet"] for tweet in tweets if isinstance(tweet.keys.get("retweet"), str)), "")
        why = (
            _("not imported: it only repeats {url}, and has no words of its own", url=retweet)
            if retweet
            else _("not imported: it is empty")
        )
        file.note(why, left_behind=True)
        return None
    parts = [_part(file, number, tweet) for number, tweet in enumerate(tweets)]
    for tweet in tweets:
        copies |= {f"{picture_download.MEDIA_FOLDER}/{entry['src']}": f"{MEDIA}/{entry['src']}" for entry in tweet.media}
    stem = file.path.rpartition("/")[2].removesuffix(".tweet")
    day, _rest, doubt = filename_dates.date_prefix(stem)
    if doubt:
        file.note(doubt)
    moment = site_dates.site_moment(first.keys, ("schedule",), None, ZoneInfo("UTC"))
    if moment.path and moment.date is None:
        file.note(_("`{value}` is no date that can be read: write when it goes out, or went out", value=moment.written), "schedule")
    post_id = names.reserve(stem)
    keys = {
        "id": post_id,
        "date": moment.date.text if moment.date else day.isoformat() if day else "when-approved",
        "channels": (channel,),
        "media": first.media,
        "poll": {"options": first.poll} if first.poll else None,
        # An answer without what it answers would be read as a post of its own.
        "draft": "true" if first.keys.get("reply") else "",
    }
    instants = moment.instants(zone)
    past = {} if fresh else _past_send(file.path, channel, instants, day, now, zone)
    shelf = (moment.date.day if moment.date else None) or day or now.astimezone(zone).date()
    content = "\n".join(["---", *yaml_text.yaml_lines(keys), "---", _PART_BREAK.join(part for part in parts if part), ""])
    return ImportedPost(post_id, f"{post_folder(shelf)}/{post_id}.md", content, (channel,), past)


def _part(file: _TweetFile, number: int, tweet: _Tweet) -> str:
    """The words of one message as Markdown; from the second on its poll and its pictures stand in the words."""
    lines = [escape_markdown(tweet.words)] if tweet.words else []
    if number and tweet.poll:
        file.note(_("the poll of part {number} stands in its words: a post has one poll, with its first part", number=number + 1), "poll")
        lines.append(escape_markdown("\n".join(f"( ) {option}" for option in tweet.poll)))
    if isinstance(retweet := tweet.keys.get("retweet"), str):
        file.note(_("the quoted post stands as a link in the words: {url}", url=retweet), "retweet")
        lines.append(escape_markdown(retweet))
    if isinstance(reply := tweet.keys.get("reply"), str):
        file.note(
            _("not imported: it answered {url}, and answers are not written here; the post became an idea", url=reply),
            "reply",
            left_behind=True,
        )
    if number:
        lines += [f"![{_label(entry.get('alt', ''))}](<{entry['src']}>)" for entry in tweet.media]
        if tweet.keys.get("schedule"):
            file.note(
                _(
                    "the date of part {number}, {value}, is not imported: a thread goes out at once",
                    number=number + 1,
                    value=tweet.keys["schedule"],
                ),
                "schedule",
                left_behind=True,
            )
    return "\n\n".join(lines)


def _label(alt: str) -> str:
    return re.sub(r"([\\\[\]])", r"\\\1", " ".join(alt.split()))


def _past_send(
    path: str, channel: str, instants: tuple[datetime, ...], day: date | None, now: datetime, zone: ZoneInfo
) -> Mapping[str, PastSend]:
    """What was merged was sent; what is scheduled for later waits in its branch."""
    if instants:
        return {channel: PastSend("sent", instants[0].astimezone(UTC), "day", "", path)} if instants[0] <= now else {}
    if day is not None and (at := datetime.combine(day, time(), zone)) <= now:
        return {channel: PastSend("sent", at.astimezone(UTC), "day", "", path)}
    return {channel: PastSend("sent", now, "before", "", path)}
