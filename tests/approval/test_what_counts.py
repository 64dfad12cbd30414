"""What counts as approved on the default branch, and what does not: one story an attack."""

from __future__ import annotations

from pathlib import Path

import pytest

from marronnier.messages import Trouble
from people import BRAND, PEOPLE, Town, write
from teamwork import KEY, PATH, POST, Team

POLICY = "brand/approvals.yml"
INES = "{} <{}>".format(*PEOPLE["ines"])


def written(team: Team, text: str = POST, *, name: str = "portes", who: str = "ines") -> None:
    team.branch(name)
    team.commit({PATH: text}, who=who)


def test_an_approved_and_merged_post_is_ready(team: Team) -> None:
    written(team)
    team.approve("karim", "portes")
    team.merge("portes")
    approval = team.approval()
    assert (approval.granted, approval.by, approval.unsigned) == (True, ("karim",), False)
    line = team.line()
    assert (line.state, line.why) == ("ready", "approved by Karim")


def test_a01_a_push_to_the_default_branch_is_held(team: Team) -> None:
    team.commit({PATH: POST})
    line = team.line()
    assert line.state == "held"
    assert line.why == "not approved; Karim or Claire must approve it"
    assert "marronnier approve portes@journal" in line.next


def test_a02_an_edit_after_the_approval_voids_the_approval(team: Team) -> None:
    written(team)
    team.approve("karim", "portes")
    team.commit({PATH: POST.replace("dimanche", "lundi")})
    team.merge("portes")
    line = team.line()
    assert line.state == "held"
    assert line.why.startswith("its text changed after its approval")


def test_a03_an_approval_of_other_words_of_the_same_branch_does_not_count(team: Team) -> None:
    written(team, POST.replace("dimanche", "lundi"))
    old = team.digests()
    team.commit({PATH: POST})
    team.claim("karim", KEY, *old, signer="karim")
    team.merge("portes")
    assert not team.approval().granted


@pytest.mark.parametrize("hand", ["author", "committer", "co-author"])
def test_a06_nobody_approves_their_own_words(team: Team, hand: str) -> None:
    team.branch("portes")
    if hand == "author":
        team.commit({PATH: POST}, who="ines", author="{} <{}>".format(*PEOPLE["karim"]))
    elif hand == "committer":
        team.commit({PATH: POST}, who="karim", author=INES)
    else:
        team.commit({PATH: POST}, message="Write\n\nCo-authored-by: Karim <KARIM@example.org>")
    with pytest.raises(Trouble, match="cannot approve it"):
        team.approve("karim", "portes")
    team.claim("karim", KEY, *team.digests(), signer="karim")
    team.merge("portes")
    approval = team.approval()
    assert not approval.granted
    assert "cannot approve it" in approval.why
    team.approve("claire", "portes")
    assert team.approval().granted


def test_a06_the_signing_key_identifies_an_author_under_any_address(team: Team) -> None:
    team.branch("portes")
    write(team.folder, {PATH: POST})
    team.git("add", "-A")
    team.git("-c", f"user.signingkey={team.town.keys / 'karim'}", "commit", "-q", "-S", "-m", "Write", who="publisher")
    team.claim("karim", KEY, *team.digests(), signer="karim")
    team.merge("portes")
    approval = team.approval()
    assert not approval.granted
    assert approval.why.startswith("Karim signed")


def test_a06_co_authors_may_approve_where_the_policy_says_so(team: Team) -> None:
    policy = (team.folder / POLICY).read_text()
    team.commit({POLICY: f"{policy}co_authors: allow-if-another-committed\n"})
    team.branch("portes")
    team.commit({PATH: POST}, message="Write\n\nCo-authored-by: Karim <karim@example.org>")
    team.approve("karim", "portes")
    team.merge("portes")
    assert team.approval().by == ("karim",)


def test_a07_an_approver_whom_the_policy_does_not_name_does_not_count(team: Team) -> None:
    written(team)
    team.claim("publisher", KEY, *team.digests(), signer="publisher")
    team.merge("portes")
    approval = team.approval()
    assert not approval.granted
    assert approval.why == "publisher is not among the approvers of the policy in force"


def test_a08_the_publisher_never_approves_even_when_listed(team: Team) -> None:
    policy = (team.folder / POLICY).read_text()
    team.commit({POLICY: policy.replace("  karim:", "  publisher: {name: Robot}\n  karim:")})
    written(team)
    team.claim("publisher", KEY, *team.digests(), signer="publisher")
    team.merge("portes")
    assert not team.approval().granted


def test_a09_the_key_identifies_an_approver_the_name_does_not(team: Team) -> None:
    written(team)
    team.claim("karim", KEY, *team.digests(), signer="claire")
    team.merge("portes")
    approval = team.approval()
    assert not approval.granted
    assert "is not signed by their key" in approval.why


def test_a10_the_approval_of_somebody_who_left_does_not_count(team: Team) -> None:
    written(team)
    team.approve("karim", "portes")
    team.merge("portes")
    policy = (team.folder / POLICY).read_text()
    team.commit({POLICY: "\n".join(line for line in policy.splitlines() if "karim" not in line)})
    approval = team.approval()
    assert not approval.granted
    assert approval.why == "karim is not among the approvers of the policy in force"


@pytest.mark.parametrize("how", ["merge", "fast-forward", "update-branch", "approved-on-main", "squash-then-approve"])
def test_a11_an_approval_survives_every_merge_that_keeps_words_and_signature(team: Team, how: str) -> None:
    written(team)
    if how not in ("approved-on-main", "squash-then-approve"):
        team.approve("karim", "portes")
    team.go("main")
    team.commit({"content/posts/2026/12/other.md": POST.replace("id: portes", "id: other").replace("dimanche", "vendredi")})
    if how == "update-branch":
        team.go("portes")
        team.git("merge", "-q", "--no-ff", "-m", "Update", "main")
    if how == "squash-then-approve":
        team.git("merge", "-q", "--squash", "portes")
        team.commit(message="Squashed")
    elif how == "fast-forward":
        team.git("reset", "-q", "--hard", "HEAD~1")
        team.git("merge", "-q", "--ff-only", "portes")
    else:
        team.merge("portes")
    if how in ("approved-on-main", "squash-then-approve"):
        team.approve("karim", "portes")
    assert team.approval().by == ("karim",)


def test_a11_a_squash_that_loses_the_signature_is_held(team: Team) -> None:
    written(team)
    team.approve("karim", "portes")
    lines = team.git("log", "-1", "--format=%B").splitlines()
    message = "\n".join(line for line in lines if not line.startswith("Approval-signature"))
    team.go("main")
    team.git("merge", "-q", "--squash", "portes")
    team.commit(message=message)
    approval = team.approval()
    assert not approval.granted


def test_a12_a_merge_that_changes_the_text_is_held_and_its_author_cannot_approve_it(team: Team) -> None:
    written(team)
    team.approve("karim", "portes")
    team.go("main")
    team.git("merge", "-q", "--no-ff", "--no-commit", "portes", who="claire")
    team.commit({PATH: POST.replace("dimanche", "jamais")}, who="claire", message="Merge portes")
    assert not team.approval().granted
    with pytest.raises(Trouble, match="Claire wrote"):
        team.approve("claire", "portes")
    team.approve("karim", "portes")
    assert team.approval().by == ("karim",)


def test_a13_an_approval_binds_what_the_post_depends_on(team: Team) -> None:
    channels = "brand/channels.yml"
    before = (team.folder / channels).read_text()
    written(team, POST.replace("---\nOn", "media:\n  - {src: jardin.jpg, alt: Un arbre}\n---\nOn"))
    team.commit({"content/posts/2026/12/jardin.jpg": b"first"})
    team.approve("karim", "portes")
    team.merge("portes")
    assert team.approval().granted
    team.commit({"content/posts/2026/12/jardin.jpg": b"second"})
    assert not team.approval().granted
    team.commit({"content/posts/2026/12/jardin.jpg": b"first"})
    assert team.approval().granted
    team.commit({channels: before.replace("journal: {network: feed", "journal: {account: elsewhere, network: feed")})
    assert not team.approval().granted


def test_a14_a_branch_cannot_change_the_policy_that_judges_it(team: Team) -> None:
    policy = (team.folder / POLICY).read_text()
    team.branch("portes")
    team.commit({POLICY: policy.replace("quorum: 1", "quorum: 0") + "  publisher2: {name: X}\n", PATH: POST})
    team.merge("portes")
    assert not team.approval().granted


def test_a14_a_branch_cannot_bring_the_key_that_signs_it(team: Team) -> None:
    team.branch("portes")
    signers = (team.folder / "brand/allowed_signers").read_text()
    key = (team.town.keys / "ines.pub").read_text()
    team.commit(
        {PATH: POST, "brand/allowed_signers": f"{signers}karim {key}"}, author="{} <{}>".format("Somebody", "s@example.org"), who="claire"
    )
    team.claim("karim", KEY, *team.digests(), signer="ines")
    team.merge("portes")
    assert not team.approval().granted


def test_a14_a_looser_policy_counts_only_for_what_comes_after_it(team: Team) -> None:
    policy = (team.folder / POLICY).read_text()
    team.commit({PATH: POST})
    team.commit({POLICY: policy.replace("quorum: 1", "quorum: 0")})
    assert not team.approval().granted
    team.branch("other")
    team.commit({PATH: POST.replace("dimanche", "samedi")})
    team.merge("other")
    assert team.line().why == "merging counts as approval here (quorum: 0)"


def test_a15_an_approval_that_never_reached_the_default_branch_does_not_count(team: Team) -> None:
    team.commit({PATH: POST})
    team.branch("elsewhere")
    team.approve("karim", "portes")
    assert not team.approval().granted
    team.merge("elsewhere")
    assert team.approval().granted


def test_a16_two_approved_branches_merged_into_one_text_need_an_approval_of_it(team: Team) -> None:
    long = POST + "\n".join(f"\nLigne {number}.\n" for number in range(12))
    team.commit({PATH: long})
    for name, old, new in (("one", "dimanche", "samedi"), ("two", "Ligne 11", "Ligne onze")):
        team.branch(name)
        team.commit({PATH: long.replace(old, new)})
        team.approve("karim", "portes")
    team.merge("one")
    assert team.approval().granted
    team.merge("two")
    assert not team.approval().granted


def test_a18_approved_words_do_not_come_back_under_another_date(team: Team) -> None:
    written(team)
    team.approve("karim", "portes")
    team.merge("portes")
    team.commit({PATH: POST.replace("12-05", "12-12")})
    line = team.line()
    assert line.state == "held"
    assert "date changed" in line.why


def test_a31_an_unrelated_approval_does_not_approve_an_unapproved_push(team: Team) -> None:
    team.commit({PATH: POST})
    team.branch("other")
    team.commit({"content/posts/2026/12/other.md": POST.replace("id: portes", "id: other").replace("dimanche", "vendredi")})
    team.approve("karim", "other")
    team.merge("other")
    assert team.approval("other@journal").granted
    assert not team.approval().granted


def test_merging_is_approving_from_the_very_first_commit(town: Town, tmp_path: Path) -> None:
    policy = BRAND["brand/approvals.yml"].replace("quorum: 1", "quorum: 0")
    for folder, granted in (("free", True), ("strict", False)):
        made = tmp_path / folder
        write(made, {**BRAND, **({POLICY: policy} if granted else {}), PATH: POST})
        town.git(made.parent, "init", "-q", str(made))
        team = Team(town, made)
        team.commit()
        assert team.approval().granted is granted


def test_a_policy_that_names_nobody_says_what_is_missing(town: Town, tmp_path: Path) -> None:
    made = tmp_path / "alone"
    write(made, {**BRAND, POLICY: "quorum: 1\n", PATH: POST})
    town.git(made.parent, "init", "-q", str(made))
    team = Team(town, made)
    team.commit()
    line = team.line()
    assert line.why == "nobody in brand/approvals.yml may approve it"
    assert line.next.startswith("name who may approve in brand/approvals.yml, under `approvers:`")


@pytest.mark.parametrize(
    "settings",
    [
        '[gpg "ssh"]\n program = /bin/false\n allowedSignersFile = /nowhere\n revocationFile = /nowhere\n[gpg]\n minTrustLevel = ultimate\n',
        '[trailer]\n separators = "#"\n ifexists = replace\n',
        "[i18n]\n commitEncoding = ISO-8859-1\n logOutputEncoding = UTF-16\n[log]\n follow = true\n showSignature = true\n showRoot = false\n[format]\n pretty = oneline\n",
        "[core]\n autocrlf = true\n safecrlf = false\n abbrev = 4\n quotePath = true\n[diff]\n renames = copies\n noprefix = true\n",
    ],
    ids=["gpg", "trailer", "log", "core"],
)
def test_what_counts_does_not_depend_on_the_settings_of_who_looks(team: Team, settings: str) -> None:
    team.commit({PATH: POST})
    team.approve("karim", "portes")
    (team.town.folder / ".gitconfig").write_text(settings)
    try:
        assert team.approval().by == ("karim",)
    finally:
        (team.town.folder / ".gitconfig").unlink()
