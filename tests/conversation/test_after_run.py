"""After a run: the pull request hears where its posts landed, and what needs a person has one issue a post."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from conversing import TalkingHub, active_pieces, template_with_workflows
from marronnier.demo.github.records import FakePullRequest
from people import Town
from reviewing import BRAND_ON_GITHUB, KEY, OTHER, OTHER_PATH, PATH, POLICY, POST

LATE = datetime(2026, 12, 5, 14, 5, tzinfo=UTC)
TWO = POST.replace("channels: [journal]", "channels: [journal, krant]").replace("date:", "owner: ines\ndate:")
LATER = TWO.replace("---\nOn ouvre", "for:\n  krant: {date: 2026-12-05 10:30}\n---\nOn ouvre")


def landed(pull: FakePullRequest) -> list[str]:
    """What the pull request was told, without the hidden line."""
    return [each.body.partition("\n")[2] for each in pull.issue.comments if each.body.startswith("<!-- marronnier:sent ")]


# The comment after sending


def test_a_pull_request_hears_where_its_posts_landed_in_one_comment(hub: TalkingHub) -> None:
    pull = hub.merged_post(LATER)
    hub.publish()
    assert landed(pull) == []
    hub.publish("2026-12-05 10:01")
    [told] = landed(pull)
    assert told.splitlines()[:4] == ["Where it landed:", "", "`Portes ouvertes`", ""]
    assert "- `journal`: on the brand's own site, at `/posts/portes/` · 2026-12-05 10:01" in told
    assert "- `krant`: still to come, 2026-12-05 10:30" in told
    hub.publish("2026-12-05 10:31")
    [told] = landed(pull)
    assert "still to come" not in told and told.count("\n- ") == 2
    writes = len([one for one in hub.github.exchanges if one.method != "GET"])
    hub.publish("2026-12-05 10:40")
    assert len([one for one in hub.github.exchanges if one.method != "GET"]) == writes


def test_a_feed_whose_site_has_an_address_is_linked(town: Town, tmp_path: Path) -> None:
    brand = BRAND_ON_GITHUB["brand/brand.yml"].replace("lang: fr", "lang: en\nsite_url: https://jardin.example/agenda/")
    hub = TalkingHub(town, tmp_path, template_with_workflows(town, tmp_path / "site", {"brand/brand.yml": brand}))
    pull = hub.merged_post()
    hub.publish()
    hub.publish("2026-12-05 10:01")
    [told] = landed(pull)
    hub.github.close()
    assert "- `journal`: <https://jardin.example/agenda/posts/portes/> · 2026-12-05 10:01" in told


@pytest.mark.proof
def test_a_marker_that_somebody_copied_is_never_touched(hub: TalkingHub) -> None:
    pull = hub.merged_post()
    copied = hub.omar.comment(pull, "<!-- marronnier:sent posts=portes -->\nHa.")
    hub.publish()
    hub.publish("2026-12-05 10:01")
    assert copied.body.endswith("Ha.") and len(landed(pull)) == 2


def test_a_run_that_stays_tells_as_it_goes(hub: TalkingHub) -> None:
    pull = hub.merged_post()
    hub.publish()
    assert "1 publication sent" in hub.publish("2026-12-05 10:01", "--hold", "5m")
    assert len(landed(pull)) == 1


def test_what_one_run_could_not_tell_the_next_one_does(hub: TalkingHub) -> None:
    pull = hub.merged_post()
    hub.publish()
    hub.github.fail_next(502, method="POST", path="/comments")
    said = hub.publish("2026-12-05 10:01")
    assert "1 publication sent." in said and "The pull requests were not told what went out: GitHub failed" in said
    assert landed(pull) == [] and hub.history(KEY).receipt is not None
    hub.publish("2026-12-05 10:10")
    assert len(landed(pull)) == 1


def test_a_comment_whose_answer_was_lost_stands_there_once(hub: TalkingHub) -> None:
    pull = hub.merged_post()
    hub.publish()
    hub.github.lose_answer(method="POST", path="/comments")
    hub.publish("2026-12-05 10:01")
    hub.publish("2026-12-05 10:10")
    assert len(landed(pull)) == 1


def test_a_forge_that_is_down_changes_nothing_of_what_is_sent(hub: TalkingHub) -> None:
    hub.merged_post()
    hub.publish()
    hub.github.fail_next(500, path="/issues", times=50)
    said = hub.publish("2026-12-05 10:01")
    # What cannot be proved is held, as it must; what cannot be told afterwards is one line.
    assert "its reviews cannot be read" in said and "Nothing was told on the forge: GitHub failed" in said


# Issues about what needs a person


def missed(hub: TalkingHub, text: str = TWO) -> FakePullRequest:
    """A post that missed its hour on two channels."""
    pull = hub.merged_post(text)
    hub.publish()
    hub.publish("2026-12-05 15:00")
    return pull


def test_a_post_that_needs_a_person_has_one_issue_given_to_its_owner(hub: TalkingHub) -> None:
    missed(hub)
    [issue] = hub.issues_of("person")
    assert issue.title == "portes needs you"
    assert [label.name for label in issue.labels] == ["marronnier: needs you"]
    assert [account.login for account in issue.assignees] == ["ines"]
    body = (issue.body or "").partition("\n")[2]
    assert body.count("it missed its time") == 2 and "Its owner: Inès" in body
    here, _in_a_terminal, there = body.partition("In a terminal it is:")
    commands = "/retry portes@journal\n/settle portes@journal never\n/retry portes@krant\n/settle portes@krant never"
    assert f"Somebody who may approve copies one line into a comment below:\n\n```text\n{commands}\n```" in here
    assert "marronnier" not in here and "- `portes@journal`: run `marronnier settle portes@journal --send-now" in there
    before = issue.body
    hub.publish("2026-12-05 15:10")
    assert len(hub.issues_of("person")) == 1 and issue.body == before


def test_an_issue_follows_its_post_and_closes_by_itself(hub: TalkingHub) -> None:
    missed(hub)
    [issue] = hub.issues_of("person")
    assert "✓ Recorded." in hub.tell(hub.claire.comment(issue, "/settle portes@krant never"), LATE)
    hub.publish("2026-12-05 15:10")
    assert "krant" not in (issue.body or "") and issue.state == "open"
    assert "✓ Recorded." in hub.tell(hub.claire.comment(issue, f"/retry {KEY}"), LATE)
    hub.publish("2026-12-05 15:20")
    assert issue.state == "closed" and hub.history(KEY).receipt is not None


def test_an_owner_is_a_number_and_may_have_left(hub: TalkingHub) -> None:
    hub.ines.rename("ines-morel")
    hub.github.person("ines", id=951)
    missed(hub)
    [issue] = hub.issues_of("person")
    assert [account.id for account in issue.assignees] == [101]
    hub.team.expel(hub.karim)
    other = TWO.replace("id: portes", "id: bois").replace("owner: ines", "owner: karim").replace("On ouvre", "On coupe")
    hub.merged_post(other.replace("2026-12-05", "2026-12-06"), OTHER_PATH, "bois", by=hub.claire)
    hub.publish("2026-12-05 15:10")
    hub.publish("2026-12-06 15:00")
    [gone] = [issue for issue in hub.issues_of("person") if issue.title == "bois needs you"]
    # GitHub gives nothing to who is no collaborator: that is said, and tried three times in all.
    assert gone.assignees == [] and "Its owner: Karim. GitHub did not give them this issue: whoever reads it tells them." in (
        gone.body or ""
    )
    for minute in (20, 30, 40, 50):
        hub.publish(f"2026-12-06 15:{minute}")
    assert len([one for one in hub.github.exchanges if one.path.endswith(f"/issues/{gone.number}/assignees")]) == 3


@pytest.mark.parametrize("fault", ["refused", "lost"])
def test_an_issue_that_did_not_come_to_its_owner_comes_with_the_next_run(hub: TalkingHub, fault: str) -> None:
    hub.merged_post(TWO)
    hub.publish()
    if fault == "refused":
        hub.github.fail_next(422, method="POST", path="/assignees", message="Validation Failed")
    else:
        hub.github.fail_next(502, method="POST", path="/assignees")
    hub.publish("2026-12-05 15:00")
    [issue] = hub.issues_of("person")
    assert issue.assignees == []
    hub.publish("2026-12-05 15:10")
    assert [account.login for account in issue.assignees] == ["ines"] and "did not give" not in (issue.body or "")
    before = len([one for one in hub.github.exchanges if one.method != "GET"])
    hub.publish("2026-12-05 15:20")
    assert len([one for one in hub.github.exchanges if one.method != "GET"]) == before


def test_who_gave_an_issue_back_does_not_get_it_again(hub: TalkingHub) -> None:
    missed(hub)
    [issue] = hub.issues_of("person")
    issue.assignees.clear()
    hub.publish("2026-12-05 15:10")
    assert issue.assignees == []


def test_an_issue_without_an_owner_says_who_decides(hub: TalkingHub) -> None:
    missed(hub, TWO.replace("owner: ines\n", ""))
    [issue] = hub.issues_of("person")
    assert "The post names no `owner`. These may decide: Inès, Karim, Claire." in (issue.body or "") and issue.assignees == []


def test_an_issue_that_somebody_closed_stays_closed_while_nothing_changes(hub: TalkingHub) -> None:
    missed(hub)
    [issue] = hub.issues_of("person")
    hub.claire.close_issue(issue)
    hub.publish("2026-12-05 15:10")
    assert [each.state for each in hub.issues_of("person")] == ["closed"]


def test_an_issue_whose_answer_was_lost_is_there_once(hub: TalkingHub) -> None:
    hub.merged_post(TWO)
    hub.publish()
    hub.github.lose_answer(method="POST", path="/issues")
    hub.publish("2026-12-05 15:00")
    hub.publish("2026-12-05 15:10")
    assert len(hub.issues_of("person")) == 1


@pytest.mark.proof
def test_of_two_issues_of_one_post_the_older_stays(hub: TalkingHub) -> None:
    missed(hub)
    [issue] = hub.issues_of("person")
    hub.github.actions(hub.team, {"issues": "write"}).open_issue(hub.team, issue.title, issue.body, ["marronnier: needs you"])
    hub.publish("2026-12-05 15:10")
    assert [each.state for each in hub.issues_of("person")] == ["open", "closed"]


def test_what_is_held_is_told_a_day_before_and_not_while_everything_is_frozen(hub: TalkingHub) -> None:
    pull = hub.merged_post()
    hub.tell(hub.omar.comment(pull, "/hold"))
    hub.publish("2026-12-01 09:00")
    assert hub.issues_of("person") == []
    hub.claire.open_issue(hub.team, "Stop", labels=["marronnier: freeze"])
    hub.publish("2026-12-04 18:00")
    assert hub.issues_of("person") == []
    hub.tell(hub.claire.comment(pull, "/thaw"))
    hub.publish("2026-12-04 18:10")
    [issue] = hub.issues_of("person")
    assert f"/retry {KEY}" in (issue.body or "")


def test_w04_the_words_of_a_post_stand_in_code(hub: TalkingHub) -> None:
    title = "@karim fixes #1 <b>gras</b> ](https://evil.example) ::error::x"
    missed(hub, TWO.replace("Portes ouvertes", f'"{title}"'))
    [issue] = hub.issues_of("person")
    assert active_pieces((issue.body or "").partition("\n")[2]) == [] and title in (issue.body or "")


@pytest.mark.proof
def test_at_most_ten_issues_are_opened_in_one_run(town: Town, tmp_path: Path) -> None:
    posts = {
        f"content/posts/2026/12/p{number}.md": POST.replace("id: portes", f"id: p{number}")
        .replace("dimanche", f"le {number}")
        .replace("10:00", f"10:{number:02d}")
        for number in range(1, 13)
    }
    hub = TalkingHub(town, tmp_path, template_with_workflows(town, tmp_path / "many", {"brand/approvals.yml": POLICY.replace("quorum: 1", "quorum: 0")}))  # fmt: skip
    hub.claire.push(hub.team, "main", posts)
    hub.publish()
    hub.publish("2026-12-05 15:00")
    assert len(hub.issues_of("person")) == 10
    hub.publish("2026-12-05 15:10")
    assert len(hub.issues_of("person")) == 12
    hub.github.close()


def test_without_a_token_nothing_is_told_and_nothing_fails(hub: TalkingHub) -> None:
    pull = hub.merged_post()
    hub.publish()
    hub.surroundings = {name: value for name, value in hub.surroundings.items() if name != "GITHUB_TOKEN"}
    said = hub.marronnier("--now", "2026-12-05 10:01", "publish", who="publisher")
    assert "reviews on GitHub cannot be read without a token" in said and "The next run tries" not in said and landed(pull) == []


def test_other_posts_of_the_pull_request_stay_in_its_comment(hub: TalkingHub) -> None:
    late = OTHER.replace("2026-12-05 10:00", "2026-12-05 18:00")
    pull = hub.ines.open_pull_request(hub.team, "deux", {PATH: POST, OTHER_PATH: late})
    hub.karim.approve(pull)
    hub.claire.merge(pull)
    hub.publish()
    hub.publish("2026-12-05 10:01")
    hub.publish("2026-12-05 18:01")
    [told] = landed(pull)
    assert told.count("- `journal`:") == 2
