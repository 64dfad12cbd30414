"""The proof on real posts, proved on an invented folder: what it says of it, and that it can say no."""

from __future__ import annotations

from pathlib import Path

import pytest

from importers import galaxy
from marronnier import networks
from people import write
from proof import real_posts

TWICE = {
    "posts/2026/2026-02-02-greffe-group1.md": "---\nmedia: [mastodon-jardin]\n---\nOn greffe.\n",
    "posts/2026/2026-02-02-greffe-group2.md": "---\nmedia: [bluesky-jardin]\n---\nOn greffe.\n",
}
SAID = """\
files: 11; posts: 8, 2 files folded into them
publications there: 4 bluesky, 2 linkedin, 6 mastodon, 1 tiktok-jardin; pictures standing in: 2
runs: 7, from 2025-10-03 to 2027-02-15
  bluesky: 2 sent, 2 error
  feed: 5 sent, 1 duplicate, 2 error
  linkedin: 1 sent, 1 error
  mastodon: 4 sent, 2 error
  error: 2025-10-4-pommes@bluesky-jardin: missing-alt-text, line 9
  error: 2025-10-4-pommes@journal: missing-alt-text, line 9
  error: 2025-10-4-pommes@linkedin-jardin: missing-alt-text, line 9
  error: 2025-10-4-pommes@mastodon-jardin: missing-alt-text, line 9
  duplicate: 2026-02-02-greffe-group2@journal: as 2026-02-02-greffe-group1@journal
  error: merci@bluesky-jardin: unknown-channel, line 5
  error: merci@journal: unknown-channel, line 5
  error: merci@mastodon-jardin: unknown-channel, line 5
second run: 0 sent; 8 messages on 4 servers, as many as in the ledger
with receipts: 6 sent there, 6 of them here; others: 6 missed; a run sends 0
"""


def test_an_invented_folder_is_lived_through(tmp_path: Path) -> None:
    write(galaxy.folder(tmp_path / "there"), TWICE)
    proof = real_posts.prove(tmp_path / "there", tmp_path)
    assert proof.wrong == []
    assert "\n".join(proof.said) + "\n" == SAID


def test_what_is_not_as_it_must_be_ends_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert real_posts.main([str(tmp_path)]) == 1
    assert "WRONG: `marronnier import galaxy-social" in capsys.readouterr().out


ANNOUNCED = networks.announced()[0]
LINE = {"key": "a@sky", "channel": "sky", "network": "bluesky", "path": "content/posts/2026/02/a.md", "state": "past", "why": ""}


@pytest.mark.parametrize(
    ("changed", "why", "end"),
    [
        ({"state": "sent"}, "", "sent"),
        ({"network": ANNOUNCED, "state": "held"}, f"sky is on {ANNOUNCED}, a network that is not supported yet", "held"),
        ({"network": ANNOUNCED, "state": "missed"}, "it missed its time", "wrong"),
        ({}, "exactly the same text was sent on this channel on 2026-02-02 as b@sky", "duplicate"),
        ({}, "b@sky has exactly the same text on this channel within 30 days", "duplicate"),
        ({}, "lost@sky has exactly the same text on this channel within 30 days", "wrong"),
        ({}, "b@toot has exactly the same text on this channel within 30 days", "wrong"),
        ({}, "content/posts/2026/02/a.md:3:1: error[over-length]: too long", "error"),
        ({}, "content/posts/2026/02/b.md:3:1: error[over-length]: too long", "wrong"),
        ({}, "it missed its time, 2026-02-02 09:00, by more than `grace` allows", "wrong"),
        ({"state": "unknown"}, "it may have been sent", "wrong"),
    ],
)
def test_what_cannot_be_named_is_wrong(changed: dict[str, str], why: str, end: str) -> None:
    assert real_posts.end_of({**LINE, **changed}, {"b@sky", "b@toot"}, why) == end
