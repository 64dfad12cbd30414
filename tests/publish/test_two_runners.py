"""Two runners with different commits of the default branch: a withdrawn post is not sent, and no slot place is given twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from people import write
from publish.living import Brand, Said, post

WORDS = "Bonjour du jardin."


def say(brand: Brand, name: str, when: str, words: str = WORDS) -> None:
    """Inès writes a post, Karim approves it, and it is pushed."""
    write(brand.desk, {f"content/posts/2026/12/{name}.md": post(name, Said(words, when, ("place",)), named=True)})
    brand.commit("ines", f"Write {name}")
    brand.approve("karim", name)
    brand.git("push", "-q", "origin", "main")


def seals(brand: Brand) -> dict[str, str]:
    """The instant of the last seal, by key."""
    found = {}
    for key, lines in brand.ledger().items():
        for line in lines:
            if line["event"] == "sealed":
                found[key] = line["data"]["instant"]
    return found


def while_it_records(brand: Brand, runner: str, main: str) -> None:
    """During the first push to the ledger, another runner publishes, with main at that commit."""
    hook = brand.origin / "hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    env = "\n".join(f"export '{name}={value}'" for name, value in brand.env("publisher").items())
    hook.write_text(
        f"""\
#!/bin/sh
rm '{hook}'
unset $(git rev-parse --local-env-vars) GIT_QUARANTINE_PATH
{env}
new=$(git -C '{brand.origin}' rev-parse main)
git -C '{brand.origin}' update-ref refs/heads/main {main}
cd '{brand.folder / runner}' && marronnier --now '{brand.hour}' publish
git -C '{brand.origin}' update-ref refs/heads/main "$new"
""",
        encoding="utf-8",
    )
    hook.chmod(0o755)


def test_a_runner_that_lags_behind_does_not_say_what_was_taken_back(brand: Brand) -> None:
    say(brand, "portes", "date: 2026-12-01 09:00")
    brand.pass_on("one")
    (brand.desk / "content/posts/2026/12/portes.md").unlink()
    brand.commit("ines", "Take it back")
    brand.git("push", "-q", "origin", "main")
    brand.now += timedelta(hours=1)
    said, status = brand.does("publish", folder=brand.folder / "one")
    assert (said, status) == ("Nothing to send now.\n", 0)
    assert brand.messages() == []


def test_a_place_that_another_run_has_just_given_away_is_not_given_again(brand: Brand) -> None:
    say(brand, "tisane", "slot: next")
    brand.pass_on("two")
    before = brand.git("rev-parse", "main")
    say(brand, "abeilles", "slot: next", "Les abeilles dorment.")
    while_it_records(brand, "two", before)
    said, status = brand.does("publish", folder=brand.folder / "one")
    assert status == 0, said
    found = seals(brand)
    assert found.keys() == {"abeilles@place", "tisane@place"}
    assert len(set(found.values())) == 2, found


@pytest.mark.parametrize("asked", [("publish",), ("publish", "--dry-run")])
def test_a_shallow_clone_stops_instead_of_letting_hours_pass(brand: Brand, asked: tuple[str, ...]) -> None:
    say(brand, "portes", "date: 2026-12-01 08:00")
    shallow = brand.folder / "shallow"
    brand.git("clone", "-q", "--depth", "1", "--no-single-branch", f"file://{brand.origin}", str(shallow))
    said, status = brand.does(*asked, folder=shallow)
    assert "git fetch --unshallow" in said
    assert status == 3 or asked[-1] == "--dry-run"
    brand.git("fetch", "-q", "--unshallow", folder=shallow)
    said, status = brand.does(*asked, folder=shallow)
    assert "portes@place" in said and status == 0
