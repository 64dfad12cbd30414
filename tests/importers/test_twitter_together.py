"""Import from twitter-together: tweets, polls, threads, media, quotes and answers; what was merged counts as sent."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from importers.test_real_sites import read, said, written
from people import Town, write

FILES = {
    "tweets/hello.tweet": "Hello, *world*!\n# not a title\n",
    "tweets/2026-10-05-poll.tweet": "Quel jour ?\n\n( ) samedi\n( ) dimanche\n",
    "tweets/2026/pets.tweet": (
        "---\nmedia:\n  - file: cat.jpg\n    alt: A cat\n  - file: gone.jpg\npoll: [Chat, 'Chien : oui']\nschedule: 2027-01-05T10:00:00\n"
        "colour: red\n---\n\nAnimaux\n---\n---\nmedia:\n  - {file: nested/dog.jpg, alt: 'A [dog]'}\n---\n\nLe chien\n\n( ) un\n( ) deux\n"
    ),
    "tweets/delimiter.tweet": "---\nthread-delimiter: '***'\n---\nUn\n\n---\n\nencore un\n***\nDeux\n",
    "tweets/rt.tweet": "---\nretweet: https://twitter.com/x/status/1\n---\n",
    "tweets/quote.tweet": "---\nretweet: https://twitter.com/x_y_/status/2\n---\nBravo\n",
    "tweets/answer.tweet": "---\nreply: https://twitter.com/x/status/3\n---\nMerci\n",
    "tweets/one-option.tweet": "Seul\n( ) choix\n",
    "tweets/README.md": "How to tweet\n",
    "media/cat.jpg": "(a cat)",
    "media/nested/dog.jpg": "(a dog)",
    "media/unused.jpg": "(nobody)",
}


def test_everything_is_carried_or_named(tmp_path: Path) -> None:
    bundle = read("twitter-together", FILES, tmp_path)
    after = written(bundle, tmp_path)
    posts = after.posts
    assert [finding.message for finding in after.findings if finding.level == "error"] == []
    assert posts["hello"].variants[0].text == "Hello, \\*world\\*!\n\\# not a title"
    assert posts["2026-10-05-poll"].front.poll.options == ("samedi", "dimanche")
    pets = posts["pets"]
    assert pets.front.poll.options == ("Chat", "Chien : oui") and [medium.src for medium in pets.front.media] == ["cat.jpg"]
    assert pets.variants[0].text == "Animaux\n\n---\n\nLe chien\n\n( ) un\n( ) deux\n\n![A \\[dog\\]](<nested/dog.jpg>)"
    assert str(pets.front.date) == "2027-01-05 10:00 +00:00"
    assert posts["delimiter"].variants[0].text == "Un\n\n\\---\n\nencore un\n\n---\n\nDeux"
    assert posts["quote"].variants[0].text == "Bravo\n\nhttps://twitter.com/x_y_/status/2"
    assert posts["answer"].front.draft and posts["one-option"].variants[0].text == "Seul\n( ) choix"
    assert "rt" not in posts
    for line in (
        "tweets/rt.tweet: not imported: it only repeats https://twitter.com/x/status/1",
        "tweets/quote.tweet: retweet: the quoted post stands as a link",
        "tweets/answer.tweet: reply: not imported: it answered https://twitter.com/x/status/3",
        "tweets/2026/pets.tweet: media: the picture media/gone.jpg is not in this folder",
        "tweets/2026/pets.tweet: colour: this key is not imported",
        "tweets/2026/pets.tweet: poll: the poll of part 2 stands in its words",
        "tweets/README.md: not imported",
        "media/unused.jpg: not imported",
    ):
        assert line in said(bundle)
    past = {post.id: [(send.outcome, send.precision) for send in post.past.values()] for post in bundle.posts}
    assert past["pets"] == [] and past["2026-10-05-poll"] == [("sent", "day")] and past["hello"] == [("sent", "before")]
    assert not any(post.past for post in read("twitter-together", FILES, tmp_path / "fresh", fresh=True).posts)


def test_what_was_merged_is_never_sent(town: Town, tmp_path: Path) -> None:
    house = town.newsroom(tmp_path / "house")
    write(tmp_path / "there", FILES)

    def run(*arguments: str, now: str = "2026-11-20 09:00", code: int = 0) -> str:
        env = town.surroundings("publisher", now)
        done = subprocess.run([str(town.bin / "marronnier"), *arguments], cwd=house, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    assert "7 new posts." in run("import", "twitter-together", str(tmp_path / "there"))
    town.git(house, "add", "-A")
    town.git(house, "commit", "-qm", "Carry over")
    states = {line["key"]: line["state"] for line in json.loads(run("plan", "--all", "--format", "json"))["lines"]}
    assert states == {
        "pets@x": "held",
        **dict.fromkeys((f"{name}@x" for name in ("hello", "2026-10-05-poll", "delimiter", "quote", "answer", "one-option")), "sent"),
    }
    assert "7 posts already imported." in run("import", "twitter-together", str(tmp_path / "there"))
    assert "This is not a twitter-together folder" in run("import", "twitter-together", str(house), code=2)
    assert "There is no file and no folder" in run("import", "twitter-together", str(tmp_path / "nowhere"), code=2)
    assert "twitter-together is not imported from an address" in run("import", "twitter-together", "https://a.example/", code=2)


@pytest.mark.parametrize(
    "text",
    [
        "---\n: [\n---\nx",
        "\x00",
        "---\n---\n",
        "---",
        "",
        "( ) a\n( ) b",
        "a\n---\n---\nb: c\n---\n",
        "---\nmedia: [1, {file: ../../x}]\n---\na",
    ],
)
def test_any_content_is_refused_or_imported_whole(tmp_path: Path, text: str) -> None:
    bundle = read("twitter-together", {"tweets/a.tweet": text, "tweets/b.tweet": "b"}, tmp_path)
    after = written(bundle, tmp_path)
    assert {post.id for post in bundle.posts} == set(after.posts)
    assert "a" in after.posts or "tweets/a.tweet: not imported" in said(bundle)
    assert {path.name for path in tmp_path.iterdir()} == {"there", "house"}
