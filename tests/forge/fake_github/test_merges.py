"""The fake GitHub merges as GitHub does: real commits in bare repositories, with authors, committers and references like GitHub's own."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from marronnier.demo.github import FakeGitHub, FakePerson, FakeRefusal, HostedRepository
from servers.github import ask

POST = "content/posts/bois.md"
WEB = "noreply@github.com"


@pytest.fixture
def team(team: HostedRepository) -> HostedRepository:
    """With files on its branch."""
    team.seed({POST: "un\n", "README.md": "Arbres\n"})
    return team


def pull_json(github: FakeGitHub, number: int = 1) -> dict[str, Any]:
    """A pull request, as anybody reads it."""
    said: dict[str, Any] = ask(github, "GET", f"/repos/arbres/calendrier/pulls/{number}").json()
    return said


def numbers(github: FakeGitHub, sha: str) -> list[int]:
    """The pull requests of a commit."""
    return [pull["number"] for pull in ask(github, "GET", f"/repos/arbres/calendrier/commits/{sha}/pulls").json()]


def test_a_merge_commit_has_both_parents(github: FakeGitHub, team: HostedRepository, ines: FakePerson, sam: FakePerson) -> None:
    pull = ines.open_pull_request(team, "bois", {POST: "deux\n"}, title="Le bois")
    base = team.tip()
    assert numbers(github, pull.head_sha) == [1]
    landed = sam.merge(pull)
    made = team.record.git.read(landed)
    assert (made.parents, made.author.email, made.committer.email) == ((base, pull.head_sha), "sam@arbres.example", WEB)
    assert made.message == "Merge pull request #1 from arbres/bois\n\nLe bois"
    said = pull_json(github)
    assert (said["merged"], said["state"], said["merge_commit_sha"], said["merged_by"]["id"]) == (True, "closed", landed, 102)
    assert numbers(github, landed) == numbers(github, pull.head_sha) == [1]
    assert numbers(github, base or "") == []


def test_a_squash_is_its_openers_with_everybody_else_named(
    github: FakeGitHub, team: HostedRepository, ines: FakePerson, sam: FakePerson
) -> None:
    pull = ines.open_pull_request(team, "bois", {POST: "deux\n"}, title="Le bois", message="Write the post")
    sam.push(team, "bois", {POST: "trois\n"}, "Mend the post")
    landed = sam.merge(pull, "squash")
    made = team.record.git.read(landed)
    assert (made.author.email, made.committer.email, len(made.parents)) == ("ines@arbres.example", WEB, 1)
    assert made.message == ("Le bois (#1)\n\n* Write the post\n\n* Mend the post\n\n---------\n\nCo-authored-by: Sam <sam@arbres.example>")
    assert numbers(github, landed) == [1]
    # The commits themselves never came to the default branch: they are still found.
    assert numbers(github, pull.head_sha) == [1]


def test_a_squash_of_one_commit_takes_its_message(team: HostedRepository, ines: FakePerson, sam: FakePerson) -> None:
    pull = ines.open_pull_request(team, "bois", {POST: "deux\n"}, title="Autre titre", message="Write the post\n\nFor Sunday.")
    assert team.record.git.read(sam.merge(pull, "squash")).message == "Write the post (#1)\n\nFor Sunday."


def test_a_rebase_makes_new_commits_by_who_merged(github: FakeGitHub, team: HostedRepository, ines: FakePerson, sam: FakePerson) -> None:
    pull = ines.open_pull_request(team, "bois", {POST: "deux\n"}, title="Le bois")
    ines.push(team, "bois", {POST: "trois\n"})
    heads = list(pull.commits)
    landed = sam.merge(pull, "rebase")
    line = team.record.git.log(landed, limit=2)
    assert not set(line) & set(heads), "new ids, even where nothing was in between"
    assert {team.record.git.read(sha).author.email for sha in line} == {"ines@arbres.example"}
    assert {team.record.git.read(sha).committer.email for sha in line} == {"sam@arbres.example"}
    assert [numbers(github, sha) for sha in line] == [[1], [1]]


def test_the_queue_merges_each_upon_the_one_before(github: FakeGitHub, team: HostedRepository, ines: FakePerson, sam: FakePerson) -> None:
    one = ines.open_pull_request(team, "bois", {POST: "deux\n"}, title="Le bois")
    two = ines.open_pull_request(team, "pre", {"content/posts/pre.md": "pré\n"}, title="Le pré")
    tip = sam.queue(one, two, method="squash")
    assert team.tip() == tip == two.merge_commit_sha
    assert team.record.git.read(tip).parents == (one.merge_commit_sha,)
    assert team.record.activity[-1].kind == "merge_queue_merge"
    assert numbers(github, one.merge_commit_sha or "") == [1]


def test_update_branch_pushes_as_who_pressed_it(github: FakeGitHub, team: HostedRepository, ines: FakePerson, sam: FakePerson) -> None:
    pull = ines.open_pull_request(team, "bois", {POST: "deux\n"}, title="Le bois")
    team.seed({"README.md": "Autre\n"})
    before = pull.head_sha
    path = "/repos/arbres/calendrier/pulls/1/update-branch"
    assert ask(github, "PUT", path, token=sam.token, json={"expected_head_sha": "0" * 40}).status == 422
    assert ask(github, "PUT", path, token=sam.token, json={"expected_head_sha": before}).status == 202
    made = team.record.git.read(pull.head_sha)
    assert (made.parents[0], made.committer.email, made.title) == (before, WEB, "Merge branch 'main' into bois")
    (last, first) = ask(github, "GET", "/repos/arbres/calendrier/activity?ref=refs/heads/bois", token=sam.token).json()
    assert [(one["activity_type"], one["actor"]["id"]) for one in (first, last)] == [("branch_creation", 101), ("push", 102)]


def test_what_is_in_conflict_is_not_merged(github: FakeGitHub, team: HostedRepository, ines: FakePerson, sam: FakePerson) -> None:
    pull = ines.open_pull_request(team, "bois", {POST: "deux\n"}, title="Le bois")
    last_test = team.record.git.ref("refs/pull/1/merge")
    assert pull_json(github)["mergeable"] is True
    assert pull_json(github)["merge_commit_sha"] == last_test
    team.seed({POST: "autre\n"})
    assert pull_json(github)["mergeable"] is False
    assert team.record.git.ref("refs/pull/1/merge") == last_test
    answer = ask(github, "PUT", "/repos/arbres/calendrier/pulls/1/merge", token=sam.token, json={})
    assert (answer.status, answer.json()["message"]) == (405, "Pull Request is not mergeable")
    with pytest.raises(FakeRefusal, match="not mergeable"):
        sam.merge(pull, "squash")


def test_a_head_that_moved_meanwhile_is_not_merged(github: FakeGitHub, team: HostedRepository, ines: FakePerson, sam: FakePerson) -> None:
    pull = ines.open_pull_request(team, "bois", {POST: "deux\n"}, title="Le bois")
    seen = pull.head_sha
    ines.push(team, "bois", {POST: "trois\n"})
    path = "/repos/arbres/calendrier/pulls/1/merge"
    assert ask(github, "PUT", path, token=sam.token, json={"sha": seen}).status == 409
    assert ask(github, "GET", path, token=sam.token).status == 404
    assert ask(github, "PUT", path, token=sam.token, json={"sha": pull.head_sha, "merge_method": "rebase"}).status == 200
    assert ask(github, "GET", path, token=sam.token).status == 204


def test_a_fork_shows_its_head_and_outlives_itself(github: FakeGitHub, team: HostedRepository, ines: FakePerson) -> None:
    lou = github.person("lou", id=103)
    fork = github.fork(team, lou)
    pull = lou.open_pull_request(team, "essai", {POST: "fourche\n"}, title="Essai", head=fork)
    assert team.record.git.ref("refs/pull/1/head") == pull.head_sha == fork.tip("essai")
    assert team.tip("essai") is None
    lou.push(fork, "essai", {POST: "fourche encore\n"})
    assert team.record.git.ref("refs/pull/1/head") == fork.tip("essai")
    said = pull_json(github)
    assert (said["head"]["repo"]["id"], said["head"]["label"], said["author_association"]) == (fork.id, "lou:essai", "NONE")
    with pytest.raises(FakeRefusal):
        lou.merge(pull)
    team.delete_fork(fork)
    assert pull_json(github)["head"]["repo"] is None
    assert team.file(POST, "pull/1/head") == "fourche encore\n"
    ines.merge(pull)
    assert team.file(POST) == "fourche encore\n"


def test_commits_pushed_to_the_base_make_a_pull_request_merged(
    github: FakeGitHub, team: HostedRepository, ines: FakePerson, sam: FakePerson
) -> None:
    pull = ines.open_pull_request(team, "bois", {POST: "deux\n"}, title="Le bois")
    sam.push_commit(team, "main", pull.head_sha)
    said = pull_json(github)
    assert (said["merged"], said["merged_by"]["id"], said["merge_commit_sha"]) == (True, 102, pull.head_sha)


def test_a_push_straight_to_the_folder_is_nobodys(github: FakeGitHub, team: HostedRepository, ines: FakePerson, tmp_path: Path) -> None:
    pull = ines.open_pull_request(team, "bois", {POST: "deux\n"}, title="Le bois")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "-b", "bois", str(team.path), str(clone))
    commit(clone, "trois\n")
    git(clone, "push", "-q")
    path = "/repos/arbres/calendrier/activity?ref=bois"
    said = ask(github, "GET", path, token=ines.token).json()
    assert [one["actor"] and one["actor"]["id"] for one in said] == [None, 101]
    assert pull.head_sha == team.tip("bois")
    commit(clone, "quatre\n")
    git(clone, "push", "-q")
    ines.pushed(team)
    assert ask(github, "GET", path, token=ines.token).json()[0]["actor"]["id"] == 101


def test_git_pushes_over_http_as_whose_token_it_is(
    github: FakeGitHub, team: HostedRepository, ines: FakePerson, sam: FakePerson, tmp_path: Path
) -> None:
    team.protect("main", "non_fast_forward", "deletion", "update")
    pull = ines.open_pull_request(team, "bois", {POST: "deux\n"}, title="Le bois")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "-b", "bois", sam.url(team), str(clone))
    commit(clone, "trois\n")
    git(clone, "push", "-q")
    assert (pull.head_sha, team.record.activity[-1].actor) == (git(clone, "rev-parse", "HEAD"), sam.account)
    assert git(clone, "ls-remote", "origin", "refs/pull/1/*").split()[1::2] == ["refs/pull/1/head", "refs/pull/1/merge"]
    git(clone, "push", "-q", "origin", "HEAD:main", fails=True)
    git(clone, "push", "-q", "origin", "HEAD:refs/pull/1/head", fails=True)
    git(clone, "commit", "-q", "--amend", "-m", "Again")
    git(clone, "push", "-q", fails=True)
    git(clone, "push", "-q", "--force")
    assert [one.kind for one in team.record.activity[-2:]] == ["push", "force_push"]
    job = f"http://x:{team.job({'contents': 'read'})}@{github.server_url.partition('//')[2]}/arbres/calendrier.git"
    git(clone, "push", "-q", job, "HEAD:refs/heads/essai", fails=True)
    git(clone, "ls-remote", job)
    stranger = github.person("lou").url(team)
    git(clone, "push", "-q", stranger, "HEAD:refs/heads/essai", fails=True)


def test_a_clone_loses_the_answer_of_a_push(github: FakeGitHub, team: HostedRepository, sam: FakePerson, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", sam.url(team), str(clone))
    commit(clone, "trois\n")
    github.lose_answer(path="/git-receive-pack")
    git(clone, "push", "-q", fails=True)
    assert team.tip() == git(clone, "rev-parse", "HEAD")
    commit(clone, "quatre\n")
    github.fail_next(503, path="/git-receive-pack")
    git(clone, "push", "-q", fails=True)
    assert team.tip() == git(clone, "rev-parse", "HEAD~1")


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_a_revert_is_another_pull_request(team: HostedRepository, ines: FakePerson, sam: FakePerson, method: Any) -> None:
    pull = ines.open_pull_request(team, "bois", {POST: "deux\n"}, title="Le bois")
    ines.push(team, "bois", {"b.md": "b\n", "README.md": None})
    sam.merge(pull, method)
    team.seed({"c.md": "c\n"})
    back = sam.revert(pull)
    assert (back.issue.title, back.issue.body, back.head_branch) == ('Revert "Le bois"', "Reverts arbres/calendrier#1", "revert-1-bois")
    ines.merge(back, method)
    assert [team.file(path) for path in (POST, "b.md", "README.md", "c.md")] == ["un\n", None, "Arbres\n", "c\n"]
    ines.merge(ines.revert(back), method)
    assert [team.file(path) for path in (POST, "b.md", "README.md", "c.md")] == ["deux\n", "b\n", None, "c\n"]


def test_conflicts_are_resolved_on_the_page(github: FakeGitHub, team: HostedRepository, ines: FakePerson, sam: FakePerson) -> None:
    pull = ines.open_pull_request(team, "bois", {POST: "deux\n"}, title="Le bois")
    before = pull.head_sha
    base = team.seed({POST: "autre\n", "c.md": "c\n"})
    assert pull_json(github)["mergeable"] is False
    made = team.record.git.read(sam.resolve_conflicts(pull, {POST: "tout autre\n"}))
    assert (made.parents, made.author.email, made.committer.email) == ((before, base), "sam@arbres.example", WEB)
    assert pull_json(github)["mergeable"] is True
    ines.merge(pull, "squash")
    assert (team.file(POST), team.file("c.md")) == ("tout autre\n", "c\n")
    assert team.record.activity[-2].actor is sam.account


def test_a_merge_by_hand_may_hold_what_no_branch_held(
    github: FakeGitHub, team: HostedRepository, ines: FakePerson, sam: FakePerson
) -> None:
    pull = ines.open_pull_request(team, "bois", {POST: "deux\n"}, title="Le bois")
    team.seed({"c.md": "c\n"})
    made = sam.merge_by_hand(team, "bois", "main", {POST: "glissé\n"})
    assert (team.file(POST), team.file("c.md"), team.tip()) == ("glissé\n", "c\n", made)
    assert (pull_json(github)["merged"], pull.merge_commit_sha) == (True, made)


def test_git_finds_no_fault_in_what_is_written(team: HostedRepository, ines: FakePerson, sam: FakePerson) -> None:
    files = {"a": "1\n", "a.b": "2\n", "a-b/c": "3\n", "d/e/f g/é.md": "4\n", "d/e/h": b"\0\xff", "vide": ""}
    pull = ines.open_pull_request(team, "bois", files, title="Le bois")
    ines.push(team, "bois", {"a": None, "a/z": "5\n", "d/e/f g/é.md": None, "d/e/h": None, "a-b": "6\n", "README.md": None})
    sam.merge(pull, "rebase")
    listed = git(team.path, "-c", "core.quotePath=false", "ls-tree", "-r", "--name-only", "main").splitlines()
    assert listed == ["a-b", "a.b", "a/z", POST, "vide"]
    assert git(team.path, "fsck", "--strict", "--full", "--no-dangling") == ""


def test_closing_and_opening_again(github: FakeGitHub, team: HostedRepository, ines: FakePerson) -> None:
    pull = ines.open_pull_request(team, "bois", {POST: "deux\n"}, title="Le bois")
    ines.close(pull)
    assert numbers(github, pull.head_sha) == []
    ines.push(team, "bois", {POST: "trois\n"}, start="main", force=True)
    with pytest.raises(FakeRefusal, match="force-pushed"):
        ines.reopen(pull)
    again = ines.open_pull_request(team, "bois", title="Encore")
    ines.push_commit(team, "bois", None)
    assert (again.issue.state, again.merged_at) == ("closed", None)
    ines.push(team, "pre", {"content/posts/pre.md": "pré\n"})
    third = ines.open_pull_request(team, "pre", title="Le pré")
    with pytest.raises(FakeRefusal, match="already exists"):
        ines.open_pull_request(team, "pre", title="Le pré")
    ines.close(third)
    ines.reopen(third)
    assert third.is_open


def git(folder: Path, *arguments: str, fails: bool = False) -> str:
    """Run git as Claire, who has no account."""
    who = {"GIT_AUTHOR_NAME": "C", "GIT_AUTHOR_EMAIL": "c@example.org", "GIT_COMMITTER_NAME": "C", "GIT_COMMITTER_EMAIL": "c@example.org"}
    env = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_NOSYSTEM": "1", **who}
    done = subprocess.run(["git", *arguments], cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert bool(done.returncode) == fails, done.stderr
    return done.stdout.strip()


def commit(clone: Path, text: str) -> None:
    """Write the post and commit."""
    (clone / POST).write_text(text)
    git(clone, "commit", "-q", "-a", "-m", "By hand")
