"""The record of something sent is tried until it is in; where it is not, the text says that it is out."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from marronnier.ledger import push, store
from marronnier.publish import record
from people import Town, write
from publish.living import Brand, Said, founded, post

URL = "http://127.0.0.1/square/place/1"


@pytest.fixture
def brand(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Brand:
    monkeypatch.setattr(push, "_FIRST_PAUSE", 0.001)
    monkeypatch.setattr(record, "FIRST_PAUSE", 0.01)
    made = Brand(town, founded(town, tmp_path / "template"), tmp_path / "life")
    write(
        made.desk, {"content/posts/2026/12/portes.md": post("portes", Said("Bonjour.", "date: 2026-12-01 09:00", ("place",)), named=True)}
    )
    made.commit("ines", "Write portes")
    made.approve("karim", "portes")
    made.now += timedelta(hours=1)
    return made


def refuse(brand: Brand, event: str, times: int) -> None:
    """Origin refuses the next records that begin with this event."""
    hook = brand.origin / "hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        f"""\
#!/bin/sh
while read old new name; do
  case "$name $(git log -1 --format=%s $new 2>/dev/null)" in
    "refs/heads/ledger {event} "*)
      echo x >>'{brand.folder}/tries'
      if [ $(wc -l <'{brand.folder}/tries') -le {times} ]; then echo 'GH013: not now' >&2; exit 1; fi;;
  esac
done
""",
        encoding="utf-8",
    )
    hook.chmod(0o755)


def events(brand: Brand) -> list[str]:
    return [line["event"] for line in brand.ledger()["portes@place"]]


def test_a_record_that_origin_refuses_for_a_while_gets_in(brand: Brand) -> None:
    folder = brand.pass_on("one")
    refuse(brand, "sent", 4)
    said, status = brand.does("publish", folder=folder)
    assert status == 0, said
    assert events(brand) == ["sealed", "claimed", "sending", "sent"]
    assert len(brand.messages()) == 1


def test_after_the_bound_the_text_says_that_it_is_out_and_the_next_run_finds_it(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "RECORD_FOR", 0.2)
    folder = brand.pass_on("one")
    refuse(brand, "sent", 500)
    said, status = brand.does("publish", folder=folder)
    assert status == 3
    assert f"portes@place ({URL}) is out" in said
    assert "origin refuses" in said
    (brand.origin / "hooks/pre-receive").unlink()
    brand.now += timedelta(minutes=15)
    said, status = brand.does("publish", folder=folder)
    assert (status, len(brand.messages())) == (0, 1), said
    assert events(brand)[-1] == "sent"


def test_an_origin_away_for_a_while_is_waited_for_and_one_record_is_made(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "ORIGIN_CHECKS", 1)
    folder, away = brand.pass_on("one"), brand.folder / "away.git"
    tries = []

    def come_back(_seconds: float) -> None:
        tries.append(1)
        if len(tries) == 3:
            away.rename(brand.origin)

    monkeypatch.setattr(record, "pause", come_back)
    monkeypatch.setattr(push, "pause_before_retry", lambda _attempt: None)
    real = store.Ledger.append

    def append(ledger: store.Ledger, *arguments: object) -> store.Ledger:
        if len(brand.messages()) == 1 and not tries and brand.origin.exists():
            brand.origin.rename(away)
        return real(ledger, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(store.Ledger, "append", append)
    said, status = brand.does("publish", folder=folder)
    assert (status, len(tries)) == (0, 3), said
    assert events(brand) == ["sealed", "claimed", "sending", "sent"]
