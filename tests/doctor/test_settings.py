"""`marronnier doctor` on GitHub: which steps are done, which click mends the others, and what the token may not read is unknown."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from command_line import run_marronnier
from marronnier.demo.github import FakeGitHub, FakePerson, HostedRepository
from marronnier.forge.github_settings import Reading, examine
from marronnier.forge.setup import SetupNeeds
from people import Town, write

RULES = ("deletion", "non_fast_forward")
WORKFLOWS = {f".github/workflows/{name}.yml": f"name: {name}\non: push\n" for name in ("check", "report", "comment", "publish", "site")}
KEY = "MARRONNIER_SIGNING_KEY"


class Desk:
    """A brand whose origin is on a GitHub of this machine, and its maintainer."""

    def __init__(self, town: Town, folder: Path, github: FakeGitHub) -> None:
        self.town, self.folder, self.github = town, folder, github
        self.ines: FakePerson = github.person("ines-morel", id=4711, name="Inès Morel")
        self.there: HostedRepository = github.repository("le-feuillage/jardin")
        self.there.invite(self.ines, "admin")
        self.home = f"{github.server_url}/le-feuillage/jardin"
        self.token = self.ines.token
        town.found(folder)
        brand = folder / "brand/brand.yml"
        brand.write_text(brand.read_text() + "clock: 2026-12-02\n")
        write(folder, {"brand/channels.yml": "channels:\n  journal: {network: feed}\n", "brand/approvals.yml": "quorum: 0\n"})
        town.git(folder, "remote", "add", "origin", f"{self.home}.git")

    def finish(self) -> None:
        """Do every step."""
        self.there.seed(WORKFLOWS)
        self.there.environment("publishing", branches=["main"])
        self.there.secret(KEY, "publishing")
        self.there.protect("ledger", *RULES)
        self.there.protect("~DEFAULT_BRANCH", *RULES)
        self.there.require_reviews(0)
        self.there.settings.has_pages = True
        brand = self.folder / "brand/brand.yml"
        brand.write_text(f"{brand.read_text()}ledger: {{first: {'a' * 40}}}\n")

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        told = {"GITHUB_API_URL": self.github.api_url, "GITHUB_SERVER_URL": self.github.server_url, "GITHUB_TOKEN": self.token}
        env = {**self.town.surroundings("ines", "2026-12-02 09:00"), **told, **more}
        said, status = run_marronnier(["doctor", *arguments], self.folder, env)
        assert "Traceback" not in said and self.token not in said
        assert self.github.unknown == []
        return subprocess.CompletedProcess(arguments, status, said, said)

    def lines(self) -> list[str]:
        """The lines about GitHub, without the advice."""
        said = self.run().stdout.partition(f"GitHub  {self.home}\n")[2]
        return [line.strip() for line in said.splitlines() if "→" not in line]

    def advice(self, start: str) -> str:
        """The advice below the line that begins so."""
        lines = self.run().stdout.splitlines()
        (number,) = (number for number, line in enumerate(lines) if line.strip().startswith(start))
        return lines[number + 1].strip()


@pytest.fixture
def begun(town: Town, tmp_path: Path) -> Iterator[Desk]:
    """Nothing is done."""
    with FakeGitHub(tmp_path / "github") as github:
        yield Desk(town, tmp_path / "desk", github)


@pytest.fixture
def desk(begun: Desk) -> Desk:
    """Everything is done."""
    begun.finish()
    return begun


def test_everything_done_is_said_in_plain_words_and_is_green(desk: Desk) -> None:
    assert desk.lines() == [
        "✓ the workflows check, report, comment, publish, site are on",
        "✓ only main may use the environment publishing",
        "✓ the environment publishing holds MARRONNIER_SIGNING_KEY",
        "✓ a ruleset protects ledger",
        "✓ a ruleset protects main",
        "✓ issues are on, for `/freeze` and for what needs a person",
        "✓ Pages takes the site from the workflow",
    ]
    assert desk.run().returncode == 0
    assert {exchange.method for exchange in desk.github.exchanges} == {"GET"}


def test_nothing_done_names_each_click_with_its_page(begun: Desk) -> None:
    done = begun.run()
    assert done.returncode == 1
    assert begun.lines() == [
        "! not on the default branch yet: check, report, comment, publish, site",
        "! there is no environment publishing",
        "! not there yet: MARRONNIER_SIGNING_KEY",
        "! anyone who can push can set ledger back, and so stop all sending",
        "! main is open to pushes without a pull request. Whoever may push workflows, `scripts/` or the locks to the default branch holds the "
        "tokens. Only a ruleset on that branch stops it; where your plan has none, give write access to nobody else.",
        "✓ issues are on, for `/freeze` and for what needs a person",
        "! there is no site on Pages yet",
    ]
    for page in ("actions", "settings/environments/new", "settings/environments", "settings/rules/new?target=branch", "settings/pages"):
        assert f" {begun.home}/{page}\n" in done.stdout


def test_a_ledger_that_has_not_begun_is_told_where_the_forge_is(begun: Desk) -> None:
    said = begun.run().stdout
    assert "The ledger\n  ! it has not begun, and nothing goes out without it\n" in said


def test_workflows_that_are_not_there_are_to_be_pushed_and_not_switched_on(begun: Desk) -> None:
    assert begun.advice("! not on the default branch yet").startswith("→ Commit the files of .github/ and push them to main; ")
    begun.finish()
    assert "Commit the files" not in begun.run().stdout


def test_issues_that_are_off_are_told_with_what_they_are_for(desk: Desk) -> None:
    desk.there.settings.has_issues = False
    assert "! issues are switched off: nobody hears of a post that needs a person, and `/freeze` stops nothing" in desk.lines()
    assert desk.advice("! issues are switched off") == f"→ Settings › General › Features › Issues. {desk.home}/settings"


def environment(desk: Desk, *branches: str) -> None:
    desk.there.environment("publishing", branches=branches)
    desk.there.secret(KEY, "publishing")


def test_w03_an_environment_that_every_branch_may_use_is_not_done(desk: Desk) -> None:
    environment(desk)
    assert "! every branch may use the environment publishing, and read its tokens" in desk.lines()
    assert "Selected branches and tags" in desk.advice("! every branch may use")
    environment(desk, "main", "release/*")
    assert "! release/* may use the environment publishing too" in desk.lines()
    environment(desk, "trunk")
    assert "! the branch main may not use the environment publishing" in desk.lines()
    desk.there.record.environments["publishing"].branch_policy = "protected"
    assert "✓ only protected branches may use the environment publishing" in desk.lines()


def test_w03_a_secret_of_the_whole_repository_is_not_done(desk: Desk) -> None:
    desk.there.secret(KEY)
    desk.there.secret("OTHER")
    (line,) = (line for line in desk.lines() if "any branch can read" in line)
    assert line == (
        "! workflows on any branch can read MARRONNIER_SIGNING_KEY: move them from the repository's secrets to the environment publishing"
    )


def test_each_secret_that_a_channel_needs_is_named(desk: Desk) -> None:
    channel = '  toots: {network: mastodon, account: "@jardin@example.social", env: {token: TOOTS_TOKEN}}\n'
    write(desk.folder, {"brand/channels.yml": f"channels:\n  journal: {{network: feed}}\n{channel}"})
    assert "! not in the environment publishing: TOOTS_TOKEN" in desk.lines()


def test_a_secret_that_the_workflow_does_not_hand_over_is_named(desk: Desk) -> None:
    write(desk.folder, {".github/workflows/publish.yml": "env:\n  OTHER: ${{ secrets.OTHER }}\n"})
    assert "! .github/workflows/publish.yml does not give the job: MARRONNIER_SIGNING_KEY" in desk.lines()
    write(desk.folder, {".github/workflows/publish.yml": f"env:\n  {KEY}: ${{{{ secrets.{KEY} }}}}\n"})
    assert not [line for line in desk.lines() if "does not give" in line]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/actions/workflows$", "the workflows"),
        ("/environments/publishing$", "the environment publishing"),
        ("/deployment-branch-policies$", "the branches that may use the environment publishing"),
        ("/environments/publishing/secrets$", "the secrets of the environment publishing"),
        ("/actions/secrets$", "whether the repository itself has secrets"),
        ("/rules/branches/ledger$", "the rules for ledger"),
        ("/rules/branches/main$", "the rules for main"),
        ("/pages$", "Pages"),
    ],
)
@pytest.mark.parametrize("status", [403, 500])
def test_what_the_token_may_not_read_is_unknown_and_never_fine(desk: Desk, path: str, said: str, status: int) -> None:
    desk.github.fail_next(status, path=path, message="Resource not accessible by personal access token")
    why = "this token may not read it" if status == 403 else f"GitHub answered {status}"
    lines = desk.lines()
    assert f"? {said}: unknown, {why}" in lines
    assert len([line for line in lines if line.startswith("✓")]) == 6


def test_the_token_of_a_job_knows_little_and_says_so(desk: Desk) -> None:
    desk.token = desk.there.job({"contents": "write", "pull_requests": "read", "issues": "read"})
    lines = desk.lines()
    assert "? the secrets of the environment publishing: unknown, this token may not read it" in lines
    assert "? Pages: unknown, this token may not read it" in lines
    assert desk.run().returncode == 0


def test_without_a_token_nothing_is_said_to_be_fine(desk: Desk) -> None:
    done = desk.run(GITHUB_TOKEN="")
    assert "? unknown: without a token nothing can be read here" in done.stdout
    assert "gh auth token" in done.stdout
    assert desk.github.exchanges == []
    assert done.stdout.count("✓") == 1


def test_a_bad_token_makes_everything_unknown(desk: Desk) -> None:
    said = desk.run(GITHUB_TOKEN="", GH_TOKEN="wrong").stdout
    assert "? unknown: GitHub does not know the token: GitHub answered 401 (Bad credentials)" in said
    assert "→ Make a new one, and set it as GITHUB_TOKEN" in said
    assert said.count("  ? ") == 1
    assert said.count("✓") == 1


def test_a_repository_that_the_token_does_not_see_is_not_said_to_lack_anything(desk: Desk) -> None:
    desk.there.record.private = True
    zoe = desk.github.person("zoe", id=900)
    said = desk.run(GITHUB_TOKEN=zoe.token).stdout
    assert "? unknown: GitHub has no repos/le-feuillage/jardin, or the token may not see it" in said
    assert "  ! " not in said


def test_a_repository_that_moved_is_told_with_what_to_do(desk: Desk) -> None:
    desk.there.rename("verger")
    said = desk.run().stdout
    assert "? unknown: repos/le-feuillage/jardin has another address on GitHub now" in said
    assert "git remote set-url origin NEW" in said


def test_a_lost_answer_is_unknown(desk: Desk) -> None:
    desk.github.lose_answer(path="/pages$")
    assert "? Pages: unknown, GitHub did not answer" in desk.lines()


def test_a_plan_without_rulesets_is_told_with_its_risk(desk: Desk) -> None:
    desk.there.settings.has_rulesets = False
    lines = [line for line in desk.lines() if "plan has no rulesets" in line]
    assert len(lines) == 2
    assert "Whoever may push workflows, `scripts/` or the locks to the default branch holds the tokens." in lines[1]


def test_a_private_repository_without_environments_is_told_the_way_and_its_risk(begun: Desk) -> None:
    begun.there.record.private, begun.there.settings.has_rulesets = True, False
    (line,) = (line for line in begun.lines() if "there is no environment publishing" in line)
    assert "Secrets and variables › Actions instead: then whoever may push any branch can read them" in line
    # The plan lets an environment be made and no branch be chosen.
    begun.there.environment("publishing")
    (line,) = (line for line in begun.lines() if "every branch may use the environment publishing" in line)
    assert "Give write access to nobody else, or make the repository public." in line


def test_a_schedule_that_is_switched_off_is_told(desk: Desk) -> None:
    desk.there.record.disabled_workflows.add(".github/workflows/publish.yml")
    assert "! switched off: publish" in desk.lines()
    assert "Enable workflow" in desk.advice("! switched off")


def test_programs_get_the_same(desk: Desk) -> None:
    desk.there.settings.pages_source = "legacy"
    told = json.loads(desk.run("--format", "json").stdout)
    assert told["forge"][-1] == {
        "state": "open",
        "said": "Pages takes the site from a branch, and not from the workflow",
        "next": f"Settings › Pages › Build and deployment › Source: GitHub Actions. {desk.home}/settings/pages",
    }


def test_a_brand_without_a_clock_asks_no_server_on_this_machine(desk: Desk) -> None:
    brand = desk.folder / "brand/brand.yml"
    brand.write_text(brand.read_text().replace("clock: 2026-12-02\n", ""))
    lines = desk.lines()
    assert len(lines) == 1 and lines[0].startswith("? unknown: ")
    assert desk.github.exchanges == []


def test_another_origin_is_asked_nothing(desk: Desk) -> None:
    desk.town.git(desk.folder, "remote", "set-url", "origin", "https://codeberg.org/le-feuillage/jardin.git")
    assert "GitHub" not in desk.run().stdout
    assert desk.github.exchanges == []


# What this GitHub does not have: branch protection rules of the older kind, and a schedule that was switched off by itself.

NEEDS = SetupNeeds("main", {"publishing": (KEY,)}, reviewed=False)
STRICT = {"allow_force_pushes": {"enabled": False}, "allow_deletions": {"enabled": False}, "required_pull_request_reviews": {}}


def statuses(answers: dict[str, Reading]) -> list[tuple[str, str]]:
    """State and status of each step, for these answers; every other address is not found."""
    steps = examine(
        lambda path: answers.get(path.partition("?")[0], Reading(404, {"message": "Not Found"})), "a/b", "https://github.com/a/b", NEEDS
    )
    return [(step.state, step.status) for step in steps]


def test_an_older_branch_protection_rule_counts_where_it_forbids_as_much() -> None:
    answers = {f"/rules/branches/{branch}": Reading(200, []) for branch in ("main", "ledger")}
    answers |= {f"/branches/{branch}": Reading(200, {"protected": True}) for branch in ("main", "ledger")}
    answers["/branches/main/protection"] = Reading(200, STRICT)
    answers["/branches/ledger/protection"] = Reading(200, {**STRICT, "allow_force_pushes": {"enabled": True}})
    told = statuses(answers)
    assert ("done", "a branch protection rule protects main") in told
    assert ("missing", "the branch protection rule of ledger allows too much") in told
    answers["/branches/main/protection"] = Reading(403, {"message": "Resource not accessible"})
    assert ("unknown", "main has a branch protection rule that this token may not read") in statuses(answers)


def test_a_schedule_that_github_switched_off_is_told() -> None:
    listed = [{"path": path, "state": "disabled_inactivity" if "publish" in path else "active"} for path in WORKFLOWS]
    told = statuses({"/actions/workflows": Reading(200, {"workflows": listed})})
    assert ("missing", "GitHub switched off, after 60 days without a push: publish") in told


@pytest.mark.parametrize("body", [None, [], {}, {"workflows": None}, {"workflows": ["x"]}, "x"])
def test_an_answer_of_another_form_is_never_fine(body: object) -> None:
    paths = ("/actions/workflows", "/environments/publishing", "/environments/publishing/secrets", "/actions/secrets", "/rules/branches/main", "/rules/branches/ledger", "", "/pages")  # fmt: skip
    assert "done" not in [state for state, _status in statuses({path: Reading(200, body) for path in paths})]
