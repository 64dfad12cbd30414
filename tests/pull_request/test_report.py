"""The report of a pull request: what it tells, of which words, in which order."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from marronnier.messages import in_language
from marronnier.pull_request.contents import PullRequestContents
from marronnier.pull_request.report import ReportLinks, compose
from people import Town
from pull_request.conftest import contents_of
from pull_request.inert import acting, code_of
from teamwork import KEY, PATH, POST, TODAY, Team

LINKS = ReportLinks(line=lambda path, line: f"https://forge.example/7#{line}", preview="https://forge.example/runs/1", takes_reviews=True)
CHANNELS = "brand/channels.yml"


def told(contents: PullRequestContents, lang: str = "en") -> str:
    with in_language(lang):
        report = compose(contents, LINKS)
    assert not acting(report)
    return report


def section(report: str, heading: str) -> str:
    """What stands below a heading of the report."""
    match = re.search(rf"^### {re.escape(heading)}\n\n(.*?)(?=^### |^📱|^<sub>|\Z)", report, re.MULTILINE | re.DOTALL)
    return match[1].strip() if match else ""


def test_a_new_post_is_told_from_its_payload(team: Team) -> None:
    team.branch("portes")
    team.commit({PATH: POST.replace("[journal]", "[journal, krant, place]")})
    report = told(contents_of(team))
    assert "⏳ **3 publications are new or different. 3 must still be approved.**" in report
    assert section(report, "In the calendar") == "- 🆕 Sat 5 Dec 2026 10:00 · `Portes ouvertes` · `journal`, `krant`, `place`"
    assert code_of(report) == ["On ouvre le jardin dimanche.\n"] * 2
    assert "#### `Portes ouvertes` · `journal`, `krant`" in report
    assert section(report, "Approval").startswith(
        "- ⏳ `portes@journal`, `portes@krant`, `portes@place`: 1 must still approve it: Karim or Claire; Inès wrote `"
    )


def test_the_words_of_each_part_their_counts_and_everything_beside_them(team: Team) -> None:
    channels = (
        (team.folder / CHANNELS).read_text().replace("groups:", "  pouet: {network: mastodon, account: '@jardin@social.example'}\ngroups:")
    )
    team.commit({CHANNELS: channels})
    team.branch("portes")
    post = POST.replace("[journal]", "[pouet]").replace(
        "---\nOn",
        'sensitive: Des orties\nfirst_comment: Le plan est ici.\nmedia:\n  - {src: a.jpg, alt: "Un arbre, vu d\'en bas"}\n---\nOn',
    )
    team.commit({PATH: post + "\n---\n\nApportez une bêche.\n", "content/media/a.jpg": b"no picture"})
    report = told(contents_of(team))
    assert re.findall(r"^\*\*(.+?)\*\* · (\d+ of 500)$", report, re.MULTILINE) == [
        ("Part 1 of 3", "38 of 500"),
        ("Part 2 of 3", "29 of 500"),
        ("First comment", "26 of 500"),
    ]
    assert code_of(report) == ["On ouvre le jardin dimanche.\n", "Apportez une bêche.\n", "Le plan est ici.\n"]
    assert report.count("Content warning: `Des orties`") == 3
    assert "- 🖼 `a.jpg` · ALT (21 of 1500): `Un arbre, vu d'en bas`" in report


def test_a_moved_post_tells_from_and_to_with_the_holiday_and_the_clash(team: Team) -> None:
    other = POST.replace("id: portes", "id: noel").replace("2026-12-05 10:00", "2026-12-25 10:10").replace("dimanche", "à Noël")
    team.commit({PATH: POST, "content/posts/2026/12/noel.md": other})
    team.branch("later")
    team.commit({PATH: POST.replace("2026-12-05", "2026-12-25")})
    report = told(contents_of(team))
    assert section(report, "In the calendar") == (
        "- ↪️ from Sat 5 Dec 2026 10:00 to Fri 25 Dec 2026 10:00 · `Portes ouvertes` · `journal` · ⚠️ Noël, a holiday · ⚠️ close in time to noel"
    )
    assert "the words stay, the time changes" in report
    assert "1 other publication to come stays as it is." in report


def test_a_removed_post_and_one_that_cannot_be_read_are_two_things(team: Team) -> None:
    other = POST.replace("id: portes", "id: other").replace("dimanche", "samedi")
    team.commit({PATH: POST, "content/posts/2026/12/other.md": other})
    team.branch("away")
    team.commit({PATH: None, "content/posts/2026/12/other.md": other.replace("channels: [", "channels: [[")})
    report = told(contents_of(team))
    assert section(report, "In the calendar") == "- 🗑 Sat 5 Dec 2026 10:00 · `Portes ouvertes` · `journal` · removed"
    assert "❌ its file cannot be read: correct the errors first" in report
    assert "⛔ **1 publication is removed. 1 post cannot be read, so nothing of it is shown. 1 error must be corrected first.**" in report


def test_a_new_post_that_cannot_be_read_is_not_passed_over(team: Team) -> None:
    team.branch("portes")
    team.commit({PATH: POST.replace("2026-12-05 10:00", "2026-12-5 10h")})
    report = told(contents_of(team))
    assert "⛔ **1 post cannot be read, so nothing of it is shown. 1 error must be corrected first.**" in report
    assert "No publication changes" not in report


def test_findings_are_those_of_its_files_and_those_it_causes(team: Team) -> None:
    other = POST.replace("id: portes", "id: other").replace("dimanche", "samedi").replace("2026-12-05 10:00", "2026-12-06 10:05")
    broken = other.replace("id: other", "id: old").replace("2026-12-06 10:05", "2027-01-06 10:05") + "\n![](a.png)\n"
    team.commit({"content/posts/2026/12/other.md": other, "content/posts/2026/12/old.md": broken})
    team.branch("portes")
    typo = POST.replace("id: portes", "id: typo").replace("title:", "titel:")
    team.commit({PATH: POST.replace("2026-12-05 10:00", "2026-12-06 10:00"), "content/posts/2026/12/typo.md": typo})
    report = told(contents_of(team))
    findings = section(report, "To correct").split("\n- ")
    message, advice, place = findings[0].split("  \n  ")
    assert message.startswith("- ❌ the key titel is not known; ")
    assert advice.startswith("→ ")
    assert place == "[`content/posts/2026/12/typo.md:3`](https://forge.example/7#3) · `unknown-key`"
    assert [line for line in findings if "· `clash`" in line and "other" in line], findings
    assert not [line for line in findings if "old.md" in line]
    assert "findings of `main` have nothing to do with it." in report


def test_a14_a_policy_in_the_same_pull_request_is_told_and_judges_nothing(town: Town, tmp_path: Path) -> None:
    team = Team(town, town.newsroom(tmp_path / "newsroom"))
    team.branch("looser")
    policy = (team.folder / "brand/approvals.yml").read_text().replace("quorum: 1", "quorum: 0")
    channels = (team.folder / CHANNELS).read_text().replace("square.test/jardin", "square.test/else")
    team.commit({PATH: POST, "brand/approvals.yml": policy + "  eve: {name: Eve}\n", CHANNELS: channels})
    report = told(contents_of(team))
    assert "⚠️ **1 publication is new or different. 1 must still be approved.**" in report
    assert "> - `eve may approve`" not in report
    for line in ("> - `quorum` goes from 1 to 0", "> - eve may approve", "> - `place`: account `square.test/jardin` → `square.test/else`"):
        assert line in report, line
    assert "> It is in force once Karim or Claire approved it, by the policy in force" in report
    assert "1 must still approve it: Karim or Claire" in report


@pytest.mark.parametrize(
    "path",
    [".github/workflows/publish.yml", "scripts/marronnier/cli/__init__.py", "requirements.lock", ".gitattributes", "action.yml", "x.py"],
)
def test_a_change_of_what_runs_is_told_as_a_danger(team: Team, path: str) -> None:
    team.branch("run")
    team.commit({path: "x", "README.md": "words"})
    report = told(contents_of(team))
    assert report.startswith("## What this changes\n\n⚠️ **No publication changes.**\n\n> [!CAUTION]\n")
    assert f"> It changes what runs here, not only words: `{path}`.\n" in report
    assert "Other files it changes: `README.md`." in report


def test_a16_a_file_that_main_changed_too_is_told(team: Team) -> None:
    team.commit({PATH: POST})
    team.branch("one")
    team.commit({PATH: POST.replace("dimanche", "lundi")})
    team.go("main")
    team.commit({PATH: POST.replace("ouvre", "ferme")})
    assert f"`main` changed these files too since this branch began: `{PATH}`." in told(contents_of(team, "one"))
    team.branch("two", "one")
    team.git("merge", "-q", "-s", "ours", "-m", "Merge", "main")
    assert "changed these files too" not in told(contents_of(team, "two"))


def test_what_is_approved_already_and_what_merging_approves(team: Team) -> None:
    team.branch("portes")
    team.commit({PATH: POST})
    team.approve("karim", "portes")
    report = told(contents_of(team))
    assert "✅ **1 publication is new or different. All of it is approved as it stands.**" in report
    assert section(report, "Approval") == f"- ✅ `{KEY}`: approved by Karim"
    team.go("main")
    policy = (team.folder / "brand/approvals.yml").read_text()
    team.commit({"brand/approvals.yml": policy.replace("quorum: 1", "quorum: 0")})
    assert "Merging it approves it." in told(contents_of(team, "portes"))


def test_nobody_is_left_to_approve(team: Team) -> None:
    team.commit(
        {"brand/approvals.yml": "quorum: 2\napprovers:\n  ines: {name: Inès, emails: [ines@example.org]}\n  karim: {name: Karim}\n"}
    )
    team.branch("portes")
    team.commit({PATH: POST})
    assert "2 must still approve, and only Karim may: name more people in" in told(contents_of(team))


def test_a_commit_that_main_has_and_one_without_its_history(team: Team) -> None:
    assert "⚪ **main has this commit already: there is nothing to merge.**" in told(contents_of(team, "main"))
    team.git("switch", "-q", "--orphan", "other")
    team.commit({PATH: POST})
    assert "shares no history with main" in told(contents_of(team, "other"))


def test_a_sent_post_that_is_edited_is_told_as_such(town: Town, tmp_path: Path) -> None:
    team = Team(town, town.newsroom(tmp_path / "newsroom"))
    team.commit({PATH: POST.replace("2026-12-05 10:00", "2026-11-20 08:30")})
    team.approve("karim", KEY)
    env = team.town.surroundings("publisher", TODAY)
    subprocess.run([str(team.town.bin / "marronnier"), "publish"], cwd=team.folder, env=env, check=True, capture_output=True)
    team.branch("edit")
    team.commit({PATH: POST.replace("2026-12-05 10:00", "2026-11-20 08:30").replace("dimanche", "lundi")})
    report = told(contents_of(team))
    assert "must still be approved" not in report
    assert "⚠️ " in section(report, "As the networks will show it")
    assert section(report, "Approval") == ""


def test_c11_and_w05_nothing_of_the_head_is_checked_out_run_or_used_as_a_template(team: Team) -> None:
    team.branch("head")
    evil = "import pathlib; pathlib.Path('/tmp/marronnier-was-run').touch()\n"
    team.commit(
        {
            PATH: POST.replace("dimanche", "{{ 7 * 7 }} {% raise %}"),
            ".gitattributes": "* filter=evil\n",
            "scripts/marronnier/pull_request/report.py": evil,
            "scripts/marronnier/pages/templates/preview_file.html.jinja": "{{ 1 / 0 }}",
            "conftest.py": evil,
        }
    )
    team.git("config", "filter.evil.smudge", "touch /tmp/marronnier-was-run")
    team.go("main")
    before = team.git("status", "--porcelain", "--untracked-files=all")
    report = told(contents_of(team, "head"))
    assert code_of(report) == ["On ouvre le jardin {{ 7 * 7 }} {% \n↳ raise %}.\n"]
    assert team.git("status", "--porcelain", "--untracked-files=all") == before
    assert not Path("/tmp/marronnier-was-run").exists()


def test_the_report_is_in_the_brands_language(team: Team) -> None:
    team.branch("portes")
    team.commit({PATH: POST})
    report = told(contents_of(team, lang="fr"), "fr")
    assert "sam. 5 déc. 2026 10:00" in report
    assert "What" not in report


def test_arabic_words_stand_in_their_direction(team: Team) -> None:
    team.branch("ar")
    team.commit({PATH: POST.replace("---\nOn ouvre le jardin dimanche.", "lang: ar\n---\nنفتح الحديقة يوم الأحد.")})
    report = told(contents_of(team))
    assert '<div dir="rtl">\n\n```text\nنفتح الحديقة يوم الأحد.\n```\n\n</div>' in report
