"""`plan`, `status`, `approve` and `ask` as people and programs use them."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from marronnier.cli import marronnier
from marronnier.messages import Trouble
from marronnier.text.columns import display_width, pad, truncate, wrap
from people import write
from teamwork import KEY, PATH, POST, TODAY, Team


def run(team: Team, *arguments: str, who: str = "ines") -> Result:
    """The command as somebody."""
    with team.being(who):
        result = CliRunner().invoke(marronnier, ["-C", str(team.folder), "--now", TODAY, *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_the_plan_by_day(team: Team) -> None:
    team.commit({PATH: POST.replace("[journal]", "[partout]"), "content/ideas/x.md": POST.replace("id: portes", "id: x")})
    told = run(team, "plan").stdout
    assert told == (
        "⚠ There is no ledger yet: nothing goes out before `marronnier ledger init`.\n"
        "\n"
        "Saturday 5 December 2026\n"
        "  10:00  journal, krant  ! needs you  Portes ouvertes\n"
        "         not approved; Karim or Claire must approve it\n"
        "         → have it approved: `marronnier approve portes@journal portes@krant`,\n"
        "           by somebody who did not write it\n"
        "\n"
        "Not shown: 1 idea. `marronnier plan --all` shows them too.\n"
    )
    assert "Nothing is planned" not in told
    assert run(team, "plan", "--all").stdout.count("Portes ouvertes") == 2
    assert "1 more is not shown" in run(team, "plan", "--limit", "1").stdout
    assert "Nothing is planned." in run(team, "plan", "--from", "2026-12-06").stdout
    assert "Portes" in run(team, "plan", "--from", "2026-12-05", "--to", "2026-12-05").stdout
    assert run(team, "plan", "--from", "demain").exit_code == 2


def test_plan_and_status_count_the_same_drafts(team: Team) -> None:
    ideas = {f"content/ideas/{name}.md": POST.replace("id: portes", f"id: {name}") for name in "xy"}
    team.commit(ideas)
    team.branch("more")
    team.commit({PATH: POST})
    assert "Publications: ○ 3 draft (2 ideas)\n" in run(team, "status").stdout
    planned = run(team, "plan").stdout
    assert planned.count("○ draft") == 1
    assert "Not shown: 2 ideas." in planned
    assert run(team, "plan", "--all").stdout.count("○ draft") == 3


def test_a_correction_names_the_publications_that_wait_for_it(team: Team) -> None:
    """`status`, `who` and `settle` take keys: every row that needs somebody says its own."""
    team.commit({"brand/approvals.yml": "quorum: 0\n"}, who="karim")
    team.commit({PATH: POST.replace("[journal]", "[partout]\nmedia:\n  - {src: absent.jpg, alt: Un arbre}")})
    for verb in ("plan", "status"):
        assert "portes@journal, portes@krant: " in run(team, verb).stdout


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [""]),
        ("one two three", ["one two", "  three"]),
        ("a `marronnier approve x@y z@y` b", ["a", "  `marronnier approve x@y z@y`", "  b"]),
        ("an odd ` alone", ["an odd `", "  alone"]),
        ("été été é", ["été été é"]),
    ],
)
def test_a_command_is_never_broken_over_lines(text: str, expected: list[str]) -> None:
    assert [*wrap(text, 9, hanging=2)] == expected


def test_the_plan_as_json_is_for_programs(team: Team) -> None:
    team.commit({PATH: POST})
    read = json.loads(run(team, "plan", "--format", "json").stdout)
    assert read["lines"][0] | {"words": "", "when": ""} == {
        "key": KEY,
        "post": "portes",
        "channel": "journal",
        "network": "feed",
        "occurrence": None,
        "title": "Portes ouvertes",
        "path": PATH,
        "at": "2026-12-05T09:00:00+00:00",
        "local": "2026-12-05T10:00:00+01:00",
        "basis": "written",
        "note": "",
        "state": "held",
        "shown": "needs you",
        "why": "not approved; Karim or Claire must approve it",
        "next": "have it approved: `marronnier approve portes@journal`, by somebody who did not write it",
        "proposal": "",
        "words": "",
        "when": "",
        "url": "",
        "late": None,
    }


@pytest.mark.parametrize("verb", [("plan",), ("status",), ("status", "portes"), ("plan", "--since", "HEAD~1")])
@pytest.mark.parametrize("form", ["markdown", "github"])
def test_words_of_posts_ping_nobody_and_command_nothing(team: Team, verb: tuple[str, ...], form: str) -> None:
    title = '"@inconnu ![x](https://evil.test) `code` ::error::x ##[set-env]y | z"'
    team.commit({PATH: POST.replace("Portes ouvertes", title).replace("dimanche", "```\n@inconnu\n```")})
    told = run(team, *verb, "--format", form).stdout
    assert "inconnu" in told or (form == "github" and KEY in told)
    assert "\x1b" not in told
    assert "##[" not in told
    if form == "github":
        assert all(line.startswith(("::warning ", "::notice ")) for line in told.splitlines())
        return
    fenced = ""
    for line in told.splitlines():
        if line.strip("`") in ("", "text") and line.startswith("```"):
            fenced = "" if fenced == line else (fenced or line.removesuffix("text"))
        elif not fenced and "@inconnu" in line:
            before = line.split("@inconnu")[0]
            assert before.count("``") % 2 == 1, line
    assert fenced == ""


def test_what_changes_since(team: Team) -> None:
    team.commit({PATH: POST})
    team.commit({PATH: POST.replace("2026-12-05 10:00", "2026-12-25 11:00")})
    assert run(team, "plan", "--since", "HEAD~1").stdout == (
        "1 publication moves\n"
        "  → Portes ouvertes (journal): from Sat 5 Dec 2026 10:00 to Fri 25 Dec 2026 11:00 · Noël, a holiday\n"
        "\n"
        "1 publication must be approved\n"
        "  ! Portes ouvertes (journal): not approved; Karim or Claire must approve it\n"
        "\n"
    )
    read = json.loads(run(team, "plan", "--since", "HEAD~1", "--format", "json").stdout)
    assert [(one["key"], one["before"], one["after"]) for one in read["moved"]] == [
        (KEY, "2026-12-05T09:00:00+00:00", "2026-12-25T10:00:00+00:00")
    ]
    assert "Nothing changes since HEAD." in run(team, "plan", "--since", "HEAD").stdout
    with pytest.raises(Trouble, match="no commit nowhere"):
        run(team, "plan", "--since", "nowhere")


def test_an_idea_and_a_draft_are_told_what_makes_a_post_of_them(team: Team) -> None:
    team.commit({PATH: POST.replace("channels", "draft: true\nchannels"), "content/ideas/x.md": POST.replace("id: portes", "id: x")})
    assert "take out `draft: true`" in run(team, "status", "portes").stdout
    assert "move it to content/posts/" in run(team, "status", "x").stdout
    team.branch("more")
    team.commit({"content/posts/2026/12/y.md": POST.replace("id: portes", "id: y\ndraft: true")})
    assert "take out `draft: true`" in run(team, "status", "y").stdout


def test_status_names_what_goes_out_next_in_columns(team: Team) -> None:
    team.commit({"brand/approvals.yml": "quorum: 0\n"}, who="karim")
    team.commit(
        {
            PATH: POST.replace("[journal]", "[partout]"),
            "content/posts/2026/12/x.md": POST.replace("id: portes", "id: x")
            .replace("2026-12-05 10:00", "2026-12-06 08:00")
            .replace("dimanche", "lundi"),
        }
    )
    assert run(team, "status").stdout.splitlines()[-4:] == [
        "  Sat 5 Dec 2026 10:00  Portes ouvertes",
        "                        portes@journal, portes@krant",
        "  Sun 6 Dec 2026 08:00  Portes ouvertes",
        "                        x@journal",
    ]


def test_status_says_where_why_and_what_next(team: Team) -> None:
    team.commit({PATH: POST})
    told = run(team, "status").stdout
    assert "! 1 needs you" in told
    assert "→ have it approved" in told
    told = run(team, "status", "portes").stdout
    assert "not approved" in told
    assert "Saturday 5 December 2026 10:00 CET" in told
    (read,) = json.loads(run(team, "status", KEY, "--format", "json").stdout)
    assert (read["state"], read["approved"], read["events"]) == ("held", False, [])
    assert json.loads(run(team, "status", "--format", "json").stdout)["counts"]["needs-you"] == 1
    with pytest.raises(Trouble, match="no publication nothing"):
        run(team, "status", "nothing")


def test_approve_shows_the_words_and_asks_first(team: Team) -> None:
    team.branch("portes")
    team.commit({PATH: POST + "\n---\n\nApportez \u202eune bêche.\n"})
    run(team, "ask")
    with pytest.raises(Trouble, match="not an interactive terminal"):
        run(team, "approve", "portes", who="karim")
    told = run(team, "approve", "--all-in-review", "--yes", who="karim").stdout
    assert "portes@journal  Saturday 5 December 2026 10:00" in told
    assert "  │ On ouvre le jardin dimanche." in told
    assert "\\u202e" in told
    assert "`git switch main && git merge --no-ff portes`" in told
    body = team.git("log", "-1", "--format=%B")
    # The brand's language in the history of its repository, whatever the terminal speaks.
    assert body.startswith("Approuver portes@journal\n\nApproved-by: karim\nApproved-in: none\nApproved-at: ")
    assert "\nApproved-content: portes@journal words=sha256:" in body
    assert body.splitlines()[-1].startswith("Approval-signature: U1NIU0lH")


def test_approve_refuses_early_what_would_not_count(team: Team) -> None:
    team.branch("portes")
    team.commit({PATH: POST})
    head = team.git("rev-parse", "HEAD")
    for who, arguments, said in (
        ("ines", ("portes",), "Inès wrote"),
        ("karim", ("rien",), "no publication rien"),
        ("karim", ("portes", "--as", "publisher"), "not among the approvers"),
        ("publisher", ("portes",), "does not say which approver"),
        ("karim", ("portes", "--key", "/nowhere"), "no key"),
        ("karim", ("portes", "--key", str(team.town.keys / "claire")), "not by a key of karim that is in force"),
        ("claire", ("--all-in-review",), "Nothing on this branch is in review"),
    ):
        with pytest.raises(Trouble, match=said):
            run(team, "approve", "--yes", *arguments, who=who)
    write(team.folder, {PATH: POST.replace("dimanche", "lundi")})
    with pytest.raises(Trouble, match="not committed"):
        run(team, "approve", "--yes", "portes", who="karim")
    assert team.git("rev-parse", "HEAD") == head
    team.git("restore", PATH)
    team.git("switch", "-q", "--detach")
    with pytest.raises(Trouble, match="head is detached"):
        run(team, "approve", "--yes", "portes", who="karim")


def test_approve_leaves_what_is_staged_alone(team: Team) -> None:
    team.branch("portes")
    team.commit({PATH: POST})
    write(team.folder, {"content/posts/2026/12/neuf.md": POST.replace("id: portes", "id: neuf")})
    team.git("add", "-A")
    run(team, "approve", "--yes", "portes", who="karim")
    assert team.git("diff", "--name-only", "HEAD~1", "HEAD") == ""
    assert team.git("diff", "--cached", "--name-only") == "content/posts/2026/12/neuf.md"


def test_approve_without_a_key_says_how_to_have_one(team: Team) -> None:
    team.branch("portes")
    team.commit({PATH: POST})
    with team.being("karim"):
        import os

        os.environ["GIT_CONFIG_COUNT"] = "0"
        result = CliRunner().invoke(marronnier, ["-C", str(team.folder), "--now", TODAY, "approve", "portes", "--yes"])
        assert isinstance(result.exception, Trouble)
        assert "user.signingkey" in result.exception.next


@pytest.mark.parametrize(
    ("text", "cells"), [("abc", 3), ("été", 3), ("e\u0301", 1), ("🌳", 2), ("👩‍🌾", 2), ("❤️", 2), ("حديقة", 5), ("漢字", 4)]
)
def test_columns_hold_whatever_the_script(text: str, cells: int) -> None:
    assert display_width(text) == cells
    assert display_width(pad(text, 10)) == 10
    assert display_width(truncate(text * 9, 7)) <= 7
