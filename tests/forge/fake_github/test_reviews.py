"""The fake GitHub's reviews do what GitHub's documentation says of them."""

from __future__ import annotations

from typing import Any

import pytest

from marronnier.demo.github import FakeGitHub, FakePerson, FakeRefusal, HostedRepository
from servers.github import ask

POST = "content/posts/bois.md"


@pytest.fixture
def team(team: HostedRepository) -> HostedRepository:
    """With files on its branch."""
    team.seed({POST: "un\ndeux\ntrois\n"})
    return team


def reviews(github: FakeGitHub, number: int = 1) -> list[dict[str, Any]]:
    """The reviews of a pull request, as Sam reads them."""
    found: list[dict[str, Any]] = ask(
        github, "GET", f"/repos/arbres/calendrier/pulls/{number}/reviews", token=github.person("sam").token
    ).json()
    return found


def test_a_review_keeps_the_commit_it_was_given_for(github: FakeGitHub, team: HostedRepository, ines: FakePerson, sam: FakePerson) -> None:
    pull = ines.open_pull_request(team, "bois", {POST: "quatre\n"}, title="Le bois")
    seen = pull.head_sha
    sam.approve(pull)
    ines.push(team, "bois", {POST: "cinq\n"})
    assert pull.head_sha != seen
    (review,) = reviews(github)
    assert (review["state"], review["commit_id"], review["user"]["id"]) == ("APPROVED", seen, 102)


def test_stale_approvals_are_dismissed_where_a_ruleset_says_so(
    github: FakeGitHub, team: HostedRepository, ines: FakePerson, sam: FakePerson
) -> None:
    team.require_reviews(1, dismiss_stale=True)
    pull = ines.open_pull_request(team, "bois", {POST: "quatre\n"}, title="Le bois")
    with pytest.raises(FakeRefusal, match="At least 1 approving review is required"):
        ines.merge(pull)
    sam.approve(pull)
    seen = pull.head_sha
    ines.push(team, "bois", {POST: "cinq\n"})
    (review,) = reviews(github)
    assert (review["state"], review["commit_id"]) == ("DISMISSED", seen)
    with pytest.raises(FakeRefusal, match="approving review"):
        ines.merge(pull)


def test_nobody_approves_or_refuses_their_own(github: FakeGitHub, team: HostedRepository, ines: FakePerson) -> None:
    ines.open_pull_request(team, "bois", {POST: "quatre\n"}, title="Le bois")
    path = "/repos/arbres/calendrier/pulls/1/reviews"
    answer = ask(github, "POST", path, token=ines.token, json={"event": "APPROVE"})
    assert (answer.status, answer.json()["errors"]) == (422, ["Review Can not approve your own pull request"])
    answer = ask(github, "POST", path, token=ines.token, json={"event": "REQUEST_CHANGES", "body": "non"})
    assert (answer.status, answer.json()["errors"]) == (422, ["Review Can not request changes on your own pull request"])
    assert ask(github, "POST", path, token=ines.token, json={"event": "COMMENT", "body": "Je relis"}).status == 200
    assert [review["state"] for review in reviews(github)] == ["COMMENTED"]


def test_a_remark_stands_beside_an_approval(github: FakeGitHub, team: HostedRepository, ines: FakePerson, sam: FakePerson) -> None:
    pull = ines.open_pull_request(team, "bois", {POST: "quatre\n"}, title="Le bois")
    sam.approve(pull)
    sam.remark(pull, "Merci")
    assert [review["state"] for review in reviews(github)] == ["APPROVED", "COMMENTED"]


def test_dismissing_takes_the_verdict_and_nothing_else(
    github: FakeGitHub, team: HostedRepository, ines: FakePerson, sam: FakePerson
) -> None:
    pull = ines.open_pull_request(team, "bois", {POST: "quatre\n"}, title="Le bois")
    review, remark = sam.approve(pull), sam.remark(pull, "Merci")
    before = reviews(github)[0]
    path = f"/repos/arbres/calendrier/pulls/1/reviews/{review.id}/dismissals"
    assert ask(github, "PUT", path, token=ines.token, json={"message": "Trop tôt"}).json()["state"] == "DISMISSED"
    assert {**reviews(github)[0], "state": "APPROVED"} == before
    assert ask(github, "PUT", path, token=ines.token, json={"message": "Trop tôt"}).status == 422
    path = f"/repos/arbres/calendrier/pulls/1/reviews/{remark.id}/dismissals"
    assert ask(github, "PUT", path, token=ines.token, json={"message": "Trop tôt"}).status == 422
    assert ask(github, "PUT", path, token=github.person("lou").token, json={"message": "Trop tôt"}).status == 403


def test_a_pending_review_is_seen_by_its_author_alone(
    github: FakeGitHub, team: HostedRepository, ines: FakePerson, sam: FakePerson
) -> None:
    ines.open_pull_request(team, "bois", {POST: "quatre\n"}, title="Le bois")
    path = "/repos/arbres/calendrier/pulls/1/reviews"
    begun = ask(github, "POST", path, token=sam.token, json={"body": "Je regarde"}).json()
    assert begun["state"] == "PENDING"
    assert "submitted_at" not in begun
    assert ask(github, "GET", path, token=ines.token).json() == []
    assert ask(github, "POST", path, token=sam.token, json={"body": "Encore"}).status == 422
    assert ask(github, "POST", f"{path}/{begun['id']}/events", token=sam.token, json={"event": "APPROVE"}).json()["state"] == "APPROVED"
    assert [review["state"] for review in ask(github, "GET", path, token=ines.token).json()] == ["APPROVED"]


def test_anybody_who_reads_may_approve_and_the_permission_tells_whether_it_counts(
    github: FakeGitHub, team: HostedRepository, ines: FakePerson, sam: FakePerson
) -> None:
    team.require_reviews(1)
    pull = ines.open_pull_request(team, "bois", {POST: "quatre\n"}, title="Le bois")
    lou = github.person("lou")
    lou.approve(pull)
    assert reviews(github)[0]["author_association"] == "NONE"
    said = ask(github, "GET", "/repos/arbres/calendrier/collaborators/lou/permission", token=sam.token).json()
    assert (said["permission"], said["role_name"]) == ("read", "read")
    with pytest.raises(FakeRefusal, match="approving review"):
        ines.merge(pull)


def test_a_login_is_anybodys_and_a_number_is_not(github: FakeGitHub, team: HostedRepository, ines: FakePerson, sam: FakePerson) -> None:
    pull = ines.open_pull_request(team, "bois", {POST: "quatre\n"}, title="Le bois")
    sam.approve(pull)
    sam.rename("samira")
    stranger = github.person("sam", id=666)
    stranger.approve(pull)
    path = "/repos/arbres/calendrier/pulls/1/reviews"
    said = ask(github, "GET", path, token=ines.token).json()
    assert [(review["user"]["login"], review["user"]["id"]) for review in said] == [("samira", 102), ("sam", 666)]
    assert ask(github, "GET", "/user/102", token=ines.token).json()["login"] == "samira"
    assert ask(github, "GET", "/users/sam", token=ines.token).json()["id"] == 666


def test_a_ghost_has_no_name_and_no_right(github: FakeGitHub, team: HostedRepository, ines: FakePerson, sam: FakePerson) -> None:
    pull = ines.open_pull_request(team, "bois", {POST: "quatre\n"}, title="Le bois")
    sam.approve(pull)
    sam.delete_account()
    (review,) = ask(github, "GET", "/repos/arbres/calendrier/pulls/1/reviews", token=ines.token).json()
    assert (review["user"], review["state"]) == (None, "APPROVED")
    assert ask(github, "GET", "/repos/arbres/calendrier/collaborators/sam/permission", token=ines.token).status == 404
    assert ask(github, "GET", "/user", token=sam.token).status == 401


def test_actions_approve_only_where_the_settings_let_them(github: FakeGitHub, team: HostedRepository, ines: FakePerson) -> None:
    ines.open_pull_request(team, "bois", {POST: "quatre\n"}, title="Le bois")
    token, path = team.job({"pull-requests": "write"}), "/repos/arbres/calendrier/pulls/1/reviews"
    assert ask(github, "POST", path, token=token, json={"event": "APPROVE"}).status == 422
    team.settings.actions_may_approve = True
    said = ask(github, "POST", path, token=token, json={"event": "APPROVE"}).json()
    assert (said["user"]["login"], said["user"]["type"], said["user"]["id"]) == ("github-actions[bot]", "Bot", 41898282)


def test_a_suggestion_is_committed_by_who_presses_the_button(
    github: FakeGitHub, team: HostedRepository, ines: FakePerson, sam: FakePerson
) -> None:
    # Whoever keeps name and address to themselves is named by the account.
    sam.account.name = sam.account.email = ""
    pull = ines.open_pull_request(team, "bois", {POST: "un\ndeux !\ntrois\n"}, title="Le bois")
    comment = sam.suggest(pull, POST, 2, "deux\u202f!", words="Une espace fine")
    with pytest.raises(FakeRefusal):
        github.person("lou").commit_suggestion(pull, comment)
    ines.commit_suggestion(pull, comment)
    assert team.file(POST, "bois") == "un\ndeux\u202f!\ntrois\n"
    made = team.record.git.read(pull.head_sha)
    assert made.author == ines.account.ident
    assert made.committer.email == "noreply@github.com"
    assert made.message == f"Update {POST}\n\nCo-authored-by: sam <102+sam@users.noreply.github.com>"
    (said,) = ask(github, "GET", "/repos/arbres/calendrier/pulls/1/comments", token=ines.token).json()
    assert (said["line"], said["original_line"], said["original_commit_id"] == said["commit_id"]) == (None, 2, True)
    assert team.record.activity[-1].actor is ines.account


def test_a_line_outside_the_diff_takes_no_comment(github: FakeGitHub, team: HostedRepository, ines: FakePerson, sam: FakePerson) -> None:
    pull = ines.open_pull_request(team, "bois", {POST: "un\ndeux\ntrois\nquatre\n"}, title="Le bois")
    path = "/repos/arbres/calendrier/pulls/1/comments"
    body = {"body": "Ici ?", "commit_id": pull.head_sha, "path": POST, "line": 40, "side": "RIGHT"}
    refused = ask(github, "POST", path, token=sam.token, json=body)
    assert (refused.status, refused.json()["errors"][0]["field"]) == (422, "pull_request_review_thread.line")
    comments = [{"body": "Ici ?", "path": POST, "line": 40}]
    refused = ask(github, "POST", path.replace("comments", "reviews"), token=sam.token, json={"event": "COMMENT", "comments": comments})
    assert (refused.status, refused.json()["errors"]) == (422, ["Line could not be resolved"])
    assert reviews(github) == []
    refused = ask(github, "POST", path, token=sam.token, json={**body, "line": 4, "start_line": 4})
    assert refused.json()["errors"][0]["message"] == "pull_request_review_thread.start_line must precede the end line."
    said = ask(github, "POST", path, token=sam.token, json={**body, "line": 4}).json()
    assert (said["position"], said["line"]) == (4, 4)
    assert said["diff_hunk"].endswith("+quatre")
    answer = ask(github, "POST", f"{path}/{said['id']}/replies", token=ines.token, json={"body": "Oui"})
    assert answer.json()["in_reply_to_id"] == said["id"]


def test_a_comment_follows_its_line_until_it_is_another(
    github: FakeGitHub, team: HostedRepository, ines: FakePerson, sam: FakePerson
) -> None:
    pull = ines.open_pull_request(team, "bois", {POST: "un\ndeux !\ntrois\n"}, title="Le bois")
    comment, first = sam.comment_on_line(pull, POST, 2, "Ici"), pull.head_sha
    ines.push(team, "bois", {POST: "un\ndeux !\ntrois !\n"})
    assert (comment.line, comment.commit_id, comment.original_commit_id) == (2, pull.head_sha, first)
    kept = pull.head_sha
    ines.push(team, "bois", {POST: "un\ndeux ?\ntrois !\n"})
    assert (comment.line, comment.position, comment.commit_id) == (None, None, kept)
