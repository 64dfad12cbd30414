"""Ways in which teams on GitHub rightly work, each played to its end: the post goes out, and nothing is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from command_line import run_marronnier
from people import Town
from reviewing import OTHER, OTHER_PATH, PATH, POLICY, POST, TODAY, Hub, make_template

DUE = POST.replace("2026-12-05 10:00", "2026-11-20 08:30")
BAD = DUE.replace("dimanche", "jamais")
Flow = Callable[[Hub], object]
FLOWS: dict[str, tuple[Flow, str]] = {}
ALONE = POLICY.replace("  karim: {name: Karim, github: 102, emails: [karim@example.org]}\n", "").replace(
    "  claire: {name: Claire, github: 103, emails: [claire@example.org]}\n", ""
)


def flow(policy: str = POLICY) -> Callable[[Flow], Flow]:
    def keep(tell: Flow) -> Flow:
        FLOWS[tell.__name__.replace("_", " ")] = tell, policy
        return tell

    return keep


def reviewed(hub: Hub, text: str = DUE, method: str = "squash") -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: text})
    hub.karim.approve(pull)
    hub.karim.merge(pull, method)  # type: ignore[arg-type]


@flow(ALONE)
def a_freelancer_merges_and_approves_what_the_client_wrote(hub: Hub) -> None:
    pull = hub.omar.open_pull_request(hub.team, "portes", {PATH: DUE})
    hub.ines.approve(pull)
    hub.ines.merge(pull)


@flow(POLICY.replace("quorum: 1", "quorum: 0"))
def a_team_of_two_merges_without_reviews(hub: Hub) -> None:
    hub.ines.merge(hub.ines.open_pull_request(hub.team, "portes", {PATH: DUE}), "squash")


@flow()
def a_client_edits_on_the_page_of_somebody_elses_pull_request(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: BAD})
    hub.omar.edit(hub.team, "portes", {PATH: DUE})
    hub.karim.approve(pull)
    hub.ines.merge(pull, "squash")


@flow()
def the_author_takes_a_suggestion_and_another_approves(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: BAD})
    hub.ines.commit_suggestion(pull, hub.omar.suggest(pull, PATH, 7, "On ouvre le jardin dimanche."))
    hub.karim.approve(pull)
    hub.ines.merge(pull, "rebase")


@flow()
def a_bot_that_is_not_listed_squashes(hub: Hub) -> None:
    bot = hub.team.invite(hub.github.bot("mergify[bot]", id=901))
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: DUE})
    hub.karim.approve(pull)
    bot.merge(pull, "squash")


@flow()
def a_bot_that_is_not_listed_rebases(hub: Hub) -> None:
    bot = hub.team.invite(hub.github.bot("mergify[bot]", id=901))
    hub.ines.push(hub.team, "portes", {PATH: BAD})
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: DUE})
    hub.karim.approve(pull)
    bot.merge(pull, "rebase")


@flow()
def the_approver_rebases_at_the_merge_upon_what_came_meanwhile(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: DUE})
    hub.karim.approve(pull)
    hub.claire.push(hub.team, "main", {"content/ideas/banc.md": "Un banc\n"})
    hub.karim.merge(pull, "rebase")


@flow()
def a_bad_edit_is_reverted_without_another_review(hub: Hub) -> None:
    reviewed(hub)
    bad = hub.ines.open_pull_request(hub.team, "bad", {PATH: BAD})
    hub.ines.merge(bad)
    hub.omar.merge(hub.omar.revert(bad), "squash")


@flow()
def a_bad_edit_is_reverted_by_the_approver(hub: Hub) -> None:
    reviewed(hub)
    bad = hub.ines.open_pull_request(hub.team, "bad", {PATH: BAD})
    hub.ines.merge(bad, "squash")
    hub.karim.merge(hub.karim.revert(bad), "squash")


@flow()
def a_revert_is_reverted(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: DUE})
    hub.karim.approve(pull)
    hub.ines.merge(pull)
    back = hub.ines.revert(pull)
    hub.ines.merge(back)
    hub.claire.merge(hub.claire.revert(back), "squash")


@flow()
def two_pull_requests_one_after_the_other_change_one_post(hub: Hub) -> None:
    reviewed(hub, BAD)
    pull = hub.claire.open_pull_request(hub.team, "again", {PATH: DUE})
    hub.karim.approve(pull)
    hub.claire.merge(pull, "squash")


@flow()
def who_approved_the_first_text_writes_the_second_and_another_approves(hub: Hub) -> None:
    reviewed(hub, BAD)
    pull = hub.karim.open_pull_request(hub.team, "again", {PATH: DUE})
    hub.ines.approve(pull)
    hub.karim.merge(pull, "squash")


@flow()
def the_file_moves_in_a_pull_request_that_nobody_reviews(hub: Hub) -> None:
    reviewed(hub)
    hub.omar.merge(hub.omar.open_pull_request(hub.team, "move", {PATH: None, "content/posts/portes.md": DUE}), "squash")


@flow()
def the_same_person_approves_twice(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: DUE})
    hub.karim.approve(pull)
    hub.karim.approve(pull)
    hub.ines.merge(pull)


@flow(POLICY + "requirements:\n  - {channels: [krant], quorum: 2}\n")
def one_review_is_enough_for_this_channel_while_another_waits(hub: Hub) -> None:
    reviewed(hub, DUE.replace("[journal]", "[journal, krant]"))


@flow()
def a_bot_brings_new_versions_of_its_own_meanwhile(hub: Hub) -> None:
    bot = hub.team.invite(hub.github.bot("dependabot[bot]", id=902))
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: DUE})
    hub.karim.approve(pull)
    bot.merge(bot.open_pull_request(hub.team, "bump", {"requirements.txt": "mkdocs==1.6.1\n"}), "squash")
    hub.karim.update_branch(pull)
    hub.ines.merge(pull, "squash")


@flow()
def a_post_that_was_pushed_is_asked_for_and_released(hub: Hub) -> None:
    hub.ines.push(hub.team, "main", {PATH: DUE})
    hub.town.git(hub.folder, "fetch", "-q", "origin")
    hub.town.git(hub.folder, "switch", "-q", "-C", "main", "origin/main")
    job, hub.surroundings["GITHUB_TOKEN"] = hub.surroundings["GITHUB_TOKEN"], hub.ines.token
    hub.marronnier("ask", "portes")
    hub.team.notice_pushes(hub.ines)
    hub.karim.approve(hub.team.pull(1))
    hub.ines.merge(hub.team.pull(1), "rebase")
    hub.surroundings["GITHUB_TOKEN"] = job


@flow()
def the_repository_was_renamed_after_the_review(hub: Hub) -> None:
    reviewed(hub)
    hub.team.rename("agenda")
    hub.surroundings["GITHUB_REPOSITORY"] = hub.team.full_name


@flow()
def changes_are_asked_for_made_and_approved(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: BAD})
    hub.karim.request_changes(pull)
    hub.ines.push(hub.team, "portes", {PATH: DUE})
    hub.karim.approve(pull)
    hub.karim.remark(pull, "Merci")
    hub.ines.merge(pull, "squash")


@flow()
def two_posts_in_the_merge_queue(hub: Hub) -> None:
    first = hub.ines.open_pull_request(hub.team, "portes", {PATH: DUE})
    second = hub.claire.open_pull_request(hub.team, "bois", {OTHER_PATH: OTHER})
    hub.karim.approve(first)
    hub.ines.approve(second)
    hub.omar.queue(second, first, method="rebase")


@pytest.fixture(scope="module")
def templates() -> dict[str, Path]:
    return {}


@pytest.mark.parametrize("name", FLOWS)
def test_it_goes_out(town: Town, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, templates: dict[str, Path], name: str) -> None:
    tell, policy = FLOWS[name]
    if policy not in templates:
        templates[policy] = make_template(town, tmp_path_factory.mktemp("flows") / "template", {"brand/approvals.yml": policy})
    hub = Hub(town, tmp_path, templates[policy])
    tell(hub)
    hub.town.git(hub.folder, "fetch", "-q", "--prune", "origin")
    env = {**town.surroundings("publisher", TODAY), **hub.surroundings}
    said, status = run_marronnier(["--now", TODAY, "publish", "--dry-run"], hub.folder, env)
    assert status == 0 and "• portes@journal" in said, f"{said}\n{hub.marronnier('status', 'portes@journal')}"
    hub.github.close()


def test_there_are_twenty() -> None:
    assert len(FLOWS) == 20
