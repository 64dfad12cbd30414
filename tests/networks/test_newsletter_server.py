"""Our mail at Mailman's own door, by its own rules: what goes on to the readers, and what a moderator holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from fakes import newsletter as fake
from fakes.newsletter import MailStage
from marronnier.networks import newsletter
from marronnier.networks.kit.seam import Account, SendRequest
from networks.posts import picture, publication
from servers.gnu_mailman import LIST, PASSWORD, judged


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailStage]:
    with fake.stage(tmp_path, monkeypatch) as stage:
        yield stage


def mail(stage: MailStage, text: str = "On **ouvre** le jardin", *, approved: str = "", **words: Any) -> bytes:
    """The mail as its server got it."""
    said = publication("newsletter", text, channel=stage.channel, **{"title": "Le verger", **words})
    payload = newsletter.compose(said)
    secrets = {**stage.secrets, **({"approved": approved} if approved else {})}
    request = SendRequest(said.key, 0, 1, payload.parts[0], payload.sha256, (), now=datetime.now(UTC), read_picture=stage.read)
    newsletter.send(request, Account("place", said.channel, secrets), stage.web)
    return stage.server.raw[-1]


def test_a_members_mail_goes_on_to_the_readers(stage: MailStage, tmp_path: Path) -> None:
    media = (picture("a.jpg", "Un jardin"),)
    said = judged(tmp_path / "list", mail(stage, "نفتح **الحديقة**", title="الحديقة", lang="ar", media=media))
    assert said["door"].startswith("250") and said["goes"] == "on" and said["hits"] == []
    assert said["parts"] == ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"]
    assert "نفتح الحديقة" in said["text"]
    assert "list-unsubscribe" in said["headers"] and said["headers"]["message-id"].endswith("@example.org>")


@pytest.mark.parametrize("approved", ["", PASSWORD, "wrong"])
def test_a_strangers_mail_is_held_and_told_unless_the_moderators_password_is_in_its_header(
    stage: MailStage, tmp_path: Path, approved: str
) -> None:
    said = judged(tmp_path / "list", mail(stage, approved=approved), member=False)
    assert said["door"].startswith("250"), "no mail server tells that a moderator holds it"
    assert said["goes"] == ("on" if approved == PASSWORD else "held")
    assert approved == PASSWORD or said["notices"] >= 1, "the sender hears of it by mail"
    assert "approved" not in said["headers"] and (not approved or approved not in str(said))


def test_a_mail_above_the_lists_size_is_held(stage: MailStage, tmp_path: Path) -> None:
    said = judged(tmp_path / "list", mail(stage, "Un jardin. " * 5000))
    assert said["goes"] == "held" and "max-size" in said["hits"]


def test_a_list_that_is_not_there_is_refused_at_the_door(stage: MailStage, tmp_path: Path) -> None:
    assert judged(tmp_path / "list", mail(stage), to=f"x{LIST}")["door"].startswith("550")
