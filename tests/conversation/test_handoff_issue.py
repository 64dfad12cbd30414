"""A post that somebody posts by hand, on a forge: the issue is the page, and a reply with the address settles it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from conversing import TalkingHub, active_pieces, template_with_workflows
from people import Town
from reviewing import POST

KEY = "portes@x"
CHANNELS = "channels:\n  x: {network: handoff.x, account: '@jardin'}\n"
BY_HAND = POST.replace("channels: [journal]", "channels: [x]").replace("date:", "owner: ines\ndate:").replace(
    "On ouvre le jardin dimanche.", "On ouvre avec @ami, fixes #1.\n\n```\n/freeze\n```"
)  # fmt: skip


@pytest.fixture(scope="module")
def made(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return template_with_workflows(town, tmp_path_factory.mktemp("by-hand") / "template", {"brand/channels.yml": CHANNELS})


@pytest.fixture
def hub(town: Town, tmp_path: Path, made: Path) -> Iterator[TalkingHub]:
    hub = TalkingHub(town, tmp_path, made)
    yield hub
    hub.github.close()


def test_the_issue_is_the_page_and_a_reply_settles_it(hub: TalkingHub) -> None:
    hub.merged_post(BY_HAND)
    hub.publish()
    hub.publish("2026-12-05 10:01")
    (issue,) = hub.issues_of("person")
    assert [person.login for person in issue.assignees] == ["ines"]
    body = issue.body or ""
    assert "On ouvre avec @ami, fixes #1." in body and f"/settle {KEY} sent https://…" in body
    assert all("ami" not in piece or piece.startswith(("https://x.com/", "{'href': 'https://x.com/")) for piece in active_pieces(body)), (
        body
    )
    refused = hub.both(hub.karim.comment(issue, f"/settle {KEY} sent https://example.org/1"))
    assert "is not an address on X" in refused and hub.history(KEY).receipt is None
    told = hub.both(hub.omar.comment(issue, f"/settle {KEY} sent https://x.com/jardin/status/1"))
    assert "may do this who may approve" in told and hub.history(KEY).receipt is None
    hub.both(hub.karim.comment(issue, f"/settle {KEY} sent https://x.com/jardin/status/1"))
    receipt = hub.history(KEY).receipt
    assert receipt is not None and receipt.url == "https://x.com/jardin/status/1"
    hub.publish("2026-12-05 10:10")
    assert issue.state == "closed"
