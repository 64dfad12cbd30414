"""`marronnier init --github`: workflows, forms and reviewers in a clone, and the few clicks that remain."""

from __future__ import annotations

import itertools
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from command_line import run_marronnier
from house.newcomer import Newcomer, printed_commands
from marronnier import start
from marronnier.demo.github import FakeGitHub, HostedRepository
from marronnier.web import Web

TOOL = "essai/marronnier@0123456789abcdef0123456789abcdef01234567"
HOME = "https://github.com/le-feuillage/jardin"
WITHOUT_TOKEN = {"GITHUB_TOKEN": "", "GH_TOKEN": ""}


def run(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """`marronnier …` in that folder, in this process."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "GITHUB_", "GH_", "MARRONNIER_", "PYTHON"))}
    env = {
        **kept,
        "LC_ALL": "C.UTF-8",
        "MARRONNIER_LANG": "en",
        "GIT_CEILING_DIRECTORIES": str(folder.parent),
        "GIT_CONFIG_GLOBAL": os.devnull,
        **more,
    }
    said, status = run_marronnier(list(arguments), folder, env)
    return subprocess.CompletedProcess(arguments, status, said, said)


def clone(folder: Path, url: str = "git@github.com:le-feuillage/jardin.git", branch: str = "main") -> Path:
    """A fresh clone of an empty repository."""
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    for command in (["symbolic-ref", "HEAD", f"refs/heads/{branch}"], ["remote", "add", "origin", url]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    for name, value in (("user.name", "Ana"), ("user.email", "ana@example.org")):
        subprocess.run(["git", "config", name, value], cwd=folder, check=True)
    return folder


def github(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return run(folder, "init", "--github", "--tool", TOOL, *arguments, **{**WITHOUT_TOKEN, **more})


@pytest.fixture
def there(tmp_path: Path) -> Iterator[FakeGitHub]:
    with FakeGitHub(tmp_path / "github") as running:
        yield running


def told(github: FakeGitHub, token: str) -> dict[str, str]:
    return {"GITHUB_API_URL": github.api_url, "GITHUB_SERVER_URL": github.server_url, "GITHUB_TOKEN": token}


def maintained(folder: Path, github: FakeGitHub) -> tuple[Path, HostedRepository, dict[str, str]]:
    """A clone of a repository on GitHub with the example in it, the repository, and what a maintainer's terminal has set."""
    ines = github.person("ines", id=4711)
    team = github.repository("le-feuillage/jardin")
    team.invite(ines, "admin")
    clone(folder, f"{github.server_url}/le-feuillage/jardin.git")
    run(folder, "init", "--example")
    return folder, team, told(github, ines.token)


@pytest.mark.parametrize(
    "url",
    [
        "git@github.com:le-feuillage/jardin.git",
        "https://github.com/le-feuillage/jardin",
        "https://token@github.com/le-feuillage/jardin.git",
        "ssh://git@github.com/le-feuillage/jardin.git",
    ],
)
def test_a_clone_gets_brand_workflows_and_clicks_in_one_command(tmp_path: Path, url: str) -> None:
    folder = clone(tmp_path / "jardin", url)
    done = github(folder, "--github-id", "4711")
    assert done.returncode == 0, done.stderr
    for path in ("brand/brand.yml", ".github/workflows/publish.yml", ".github/ISSUE_TEMPLATE/idea.yml", ".github/pull_request_template.md"):
        assert (folder / path).is_file()
    for page in ("settings/environments/new", "settings/rules/new?target=branch", "settings/pages"):
        assert f"\n       {HOME}/{page}\n" in done.stdout
    assert "token@" not in done.stdout
    assert run(folder, "check").returncode == 0


def test_an_origin_on_github_is_enough(tmp_path: Path) -> None:
    folder = clone(tmp_path / "jardin")
    done = run(folder, "init", "--tool", TOOL, **WITHOUT_TOKEN)
    assert (folder / ".github/workflows/publish.yml").is_file(), done.stderr


@pytest.mark.parametrize(
    "url", ["https://codeberg.org/a/b.git", "git@gitlab.com:a/b.git", "https://github.com.evil.example/a/b", "../b.git"]
)
def test_another_origin_gets_no_workflows_and_the_option_says_why(tmp_path: Path, url: str) -> None:
    folder = clone(tmp_path / "jardin", url)
    refused = github(folder)
    assert (refused.returncode, "is not on GitHub" in refused.stderr) == (2, True)
    assert sorted(path.name for path in folder.iterdir()) == [".git"]
    assert run(folder, "init").returncode == 0
    assert not (folder / ".github").exists()


def test_what_a_person_wrote_stays_and_the_difference_is_shown(tmp_path: Path) -> None:
    folder = clone(tmp_path / "jardin")
    (folder / ".github").mkdir()
    mine = "<!-- ours -->\n"
    (folder / ".github/PULL_REQUEST_TEMPLATE.md").write_text(mine)
    done = github(folder)
    assert done.returncode == 0, done.stderr
    assert (folder / ".github/PULL_REQUEST_TEMPLATE.md").read_text() == mine
    assert not (folder / ".github/pull_request_template.md").exists()
    assert "Left as it is, and different: .github/pull_request_template.md" in done.stdout
    assert "  -<!-- ours -->" in done.stdout


def test_run_again_it_writes_what_is_new_and_nothing_else(tmp_path: Path) -> None:
    folder = clone(tmp_path / "jardin")
    github(folder, "--github-id", "4711")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and ".git/" not in path.as_posix()}
    again = github(folder)
    assert "No file to write for GitHub" in again.stdout
    assert {path: path.read_bytes() for path in before} == before
    channels = folder / "brand/channels.yml"
    channels.write_text(
        channels.read_text().replace("\ngroups:", "\n  toots: {network: mastodon, account: '@a@b.example', env: {token: TOOTS}}\ngroups:")
    )
    said = github(folder).stdout
    assert "  +      TOOTS: ${{ secrets.TOOTS }}" in said
    assert "gh secret set TOOTS --env publishing" in said
    assert (folder / ".github/workflows/publish.yml").read_bytes() == before[folder / ".github/workflows/publish.yml"]


def test_run_again_it_takes_the_commit_that_the_workflows_name(tmp_path: Path) -> None:
    folder = clone(tmp_path / "jardin")
    github(folder, "--github-id", "4711")
    again = run(folder, "init", "--github", **WITHOUT_TOKEN)
    assert again.returncode == 0, again.stdout
    assert "No file to write for GitHub: all are there." in again.stdout


def test_run_again_it_prints_only_what_remains(tmp_path: Path, there: FakeGitHub) -> None:
    folder, team, surroundings = maintained(tmp_path / "jardin", there)
    done = github(folder, **surroundings)
    assert "Settings › Pages" in done.stdout
    for line in lines_of_gh(done.stdout):
        carry_out(line, there, team, surroundings["GITHUB_TOKEN"])
    again = github(folder, **surroundings).stdout
    assert not re.search(r"^  \d+\. Settings", again, re.MULTILINE)
    # The default branch takes pull requests only by now.
    assert "git push -u origin workflows" in again and "git push -u origin main" not in again


def test_a_key_and_a_number_are_explained_to_who_only_clicks(tmp_path: Path) -> None:
    said = github(clone(tmp_path / "jardin")).stdout
    assert "Add environment secret: MARRONNIER_SIGNING_KEY, the whole text of" in said
    assert "it is the `id` at\n     https://api.github.com/repos/le-feuillage/jardin" in said
    assert f"{HOME}/settings/rules/new?target=tag" in said


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_one_click_is_one_line_and_typed_lines_come_at_the_end(tmp_path: Path, lang: str) -> None:
    folder = clone(tmp_path / "jardin")
    done = github(folder, "--lang", lang, MARRONNIER_LANG=lang)
    # How long the folder is called is not its doing.
    said = done.stdout.replace(str(folder), "jardin").splitlines()
    too_long = [line for line in said if len(line) > 100 and "/bin/python" not in line]
    assert too_long == []
    first_gh = next(number for number, line in enumerate(said) if line.startswith("       gh "))
    assert max(number for number, line in enumerate(said) if line.startswith("       › ")) < first_gh
    assert "{" not in "".join(said[:first_gh])
    for line in said[:first_gh]:
        if "https://github.com" in line and "target=tag" not in line:
            assert line.startswith("       https://github.com/le-feuillage/jardin/"), line


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_guide_of_the_team_shows_a_post_that_checks(tmp_path: Path, lang: str) -> None:
    folder = clone(tmp_path / "jardin")
    said = github(folder, "--lang", lang).stdout
    assert ".github/CONTRIBUTING.md" in said
    guide = (folder / ".github/CONTRIBUTING.md").read_text(encoding="utf-8")
    name = re.search(r"`(content/posts/\S+\.md)`", guide)
    block = re.search(r"^   ```markdown\n(.*?)^   ```$", guide, re.MULTILINE | re.DOTALL)
    assert name is not None and block is not None
    (folder / name[1]).parent.mkdir(parents=True)
    (folder / name[1]).write_text(re.sub(r"^   ", "", block[1], flags=re.MULTILINE), encoding="utf-8")
    checked = run(folder, "--now", "2026-11-28", "check")
    assert checked.returncode == 0 and "No problems found" in checked.stdout, checked.stdout


def test_in_french_what_people_read_on_github_is_french(tmp_path: Path) -> None:
    folder = clone(tmp_path / "jardin")
    said = github(folder, "--lang", "fr", "--github-id", "4711", MARRONNIER_LANG="fr").stdout
    assert "# Qui est sollicité pour relire." in (folder / ".github/CODEOWNERS").read_text(encoding="utf-8")
    workflow = yaml.safe_load((folder / ".github/workflows/publish.yml").read_text(encoding="utf-8"))
    inputs = workflow[True]["workflow_dispatch"]["inputs"]
    assert inputs["command"]["description"].startswith("Publier ce qui est dû")
    assert inputs["comment"]["description"].startswith("Pour comment")
    assert "Commencer le registre" in said
    unknown = github(clone(tmp_path / "autre"), "--lang", "fr", MARRONNIER_LANG="fr").stdout
    assert "https://api.github.com/users/VOTRE-IDENTIFIANT" in unknown


def test_the_token_says_who_you_are_and_whether_minutes_cost_something(tmp_path: Path, there: FakeGitHub) -> None:
    ines = there.person("Ines-Morel", id=4711, name="Inès Morel")
    team = there.repository("le-feuillage/jardin")
    folder = clone(tmp_path / "jardin", f"{there.server_url}/le-feuillage/jardin.git")
    run(folder, "init", "--example")
    (folder / "brand/approvals.yml").write_text("quorum: 0\n")
    done = github(folder, **told(there, ines.token))
    assert done.returncode == 0, done.stderr
    assert "In brand/approvals.yml you are ines-morel, number 4711 on GitHub." in done.stdout
    approvals = yaml.safe_load((folder / "brand/approvals.yml").read_text())
    assert approvals == {"quorum": 0, "approvers": {"ines-morel": {"name": "Inès Morel", "github": 4711, "emails": ["ana@example.org"]}}}
    assert (folder / ".github/CODEOWNERS").read_text().splitlines()[-1] == "* @Ines-Morel"
    assert "7,22,37,52 * * * *" in (folder / ".github/workflows/publish.yml").read_text()
    assert f"GITHUB_REPOSITORY_ID={team.id} " in done.stdout
    assert ines.token not in done.stdout + done.stderr
    assert {exchange.method for exchange in there.exchanges} == {"GET"}
    assert there.unknown == []


def test_the_token_of_a_job_is_nobodys(tmp_path: Path, there: FakeGitHub) -> None:
    team = there.repository("le-feuillage/jardin")
    folder = clone(tmp_path / "jardin", f"{there.server_url}/le-feuillage/jardin.git")
    run(folder, "init", "--example")
    (folder / "brand/approvals.yml").write_text("quorum: 0\n")
    done = github(folder, **told(there, team.job()))
    assert "Your number on GitHub is not known" in done.stdout
    assert (folder / "brand/approvals.yml").read_text() == "quorum: 0\n"


def test_a_private_repository_gets_the_thrifty_schedule(tmp_path: Path, there: FakeGitHub) -> None:
    ines = there.person("Ines-Morel", id=4711)
    there.repository("le-feuillage/jardin", private=True).invite(ines, "admin")
    folder = clone(tmp_path / "jardin", f"{there.server_url}/le-feuillage/jardin.git")
    run(folder, "init", "--example")
    said = github(folder, **told(there, ines.token)).stdout
    assert "brand/brand.yml says so now" in said
    assert yaml.safe_load((folder / "brand/brand.yml").read_text())["private"] is True
    assert "7,37 6-20 * * *" in (folder / ".github/workflows/publish.yml").read_text()


def test_without_a_token_it_says_how_the_number_is_found(tmp_path: Path) -> None:
    folder = clone(tmp_path / "jardin")
    done = github(folder)
    assert "https://api.github.com/users/YOUR-LOGIN" in done.stdout
    assert "--github-id NUMBER" in done.stdout
    assert "Whether the repository is private is not known." in done.stdout
    assert "approvers: {}" in (folder / "brand/approvals.yml").read_text()


def test_a_number_is_enough_and_the_policy_is_read_back(tmp_path: Path) -> None:
    folder = clone(tmp_path / "jardin")
    github(folder, "--github-id", "4711", "--public")
    text = (folder / "brand/approvals.yml").read_text()
    assert yaml.safe_load(text)["approvers"] == {"ana": {"name": "Ana", "github": 4711, "emails": ["ana@example.org"]}}
    assert "# Who must approve what." in text
    assert (folder / ".github/CODEOWNERS").read_text().splitlines()[-1] == "* ana@example.org"


def test_approvers_whom_a_person_named_stay_alone(tmp_path: Path) -> None:
    folder = clone(tmp_path / "jardin")
    run(folder, "init", "--example")
    policy = "quorum: 1\napprovers:\n  tom: {github: 77, emails: [tom@example.org]}\n"
    (folder / "brand/approvals.yml").write_text(policy)
    done = github(folder, "--github-id", "4711")
    assert (folder / "brand/approvals.yml").read_text() == policy
    assert "names others and not you" in done.stdout
    assert '"required_approving_review_count":1' in done.stdout
    assert "› Require a pull request before merging › Required approvals: 1\n" in done.stdout


def test_the_branch_the_zone_and_the_language_are_the_brands(tmp_path: Path) -> None:
    folder = clone(tmp_path / "jardin", branch="trunk")
    github(folder, "--lang", "fr", "--private")
    publish = (folder / ".github/workflows/publish.yml").read_text()
    assert "branches: [trunk]" in publish and "timezone: Europe/Brussels" in publish
    action = yaml.safe_load((folder / ".github/actions/marronnier/action.yml").read_text())
    (step,) = action["runs"]["steps"]
    assert (step["uses"], step["with"]["language"]) == (TOOL, "fr")
    assert "Que dit-on" in (folder / ".github/pull_request_template.md").read_text()


def test_a_channel_whose_network_fetches_media_has_the_site_built_by_the_clock(tmp_path: Path) -> None:
    folder = clone(tmp_path / "jardin")
    run(folder, "init", "--example")
    channels = folder / "brand/channels.yml"
    channels.write_text(
        channels.read_text().replace("channels:\n", 'channels:\n  photos: {network: instagram, account: "@jardin", public_media: true}\n')
    )
    github(folder, "--public")
    assert '    - cron: "3,18,33,48 * * * *"\n' in (folder / ".github/workflows/site.yml").read_text()


def test_a_fork_of_the_tool_runs_its_own(tmp_path: Path) -> None:
    folder = clone(tmp_path / "marronnier")
    (folder / "scripts/marronnier").mkdir(parents=True)
    (folder / "scripts/marronnier/__init__.py").touch()
    (folder / "action.yml").write_text("name: Marronnier\n")
    (folder / "brand").mkdir()
    (folder / "brand/brand.yml").write_text("name: Le jardin\n")
    done = run(folder, "init", "--github", **WITHOUT_TOKEN)
    assert done.returncode == 0, done.stderr
    assert "uses: ./ #" in (folder / ".github/actions/marronnier/action.yml").read_text()


def test_where_the_tool_comes_from_is_asked_and_a_tag_is_no_answer(tmp_path: Path) -> None:
    folder = clone(tmp_path / "jardin")
    for reference in ("essai/marronnier@v1", "essai/marronnier", "essai/marronnier@0123456", "a b/c@" + "0" * 40):
        refused = run(folder, "init", "--github", "--tool", reference, **WITHOUT_TOKEN)
        assert (refused.returncode, "40 digits" in refused.stderr) == (2, True)
    assert sorted(path.name for path in folder.iterdir()) == [".git"]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (
            {"url": "https://github.com/essai/marronnier.git", "vcs_info": {"vcs": "git", "commit_id": "a" * 40}},
            f"essai/marronnier@{'a' * 40}",
        ),
        ({"url": "https://codeberg.org/essai/marronnier.git", "vcs_info": {"vcs": "git", "commit_id": "a" * 40}}, ""),
        ({"url": "https://github.com/essai/marronnier/archive/main.zip", "archive_info": {}}, ""),
        (None, ""),
    ],
)
def test_pip_says_which_commit_it_installed(tmp_path: Path, told: object, expected: str) -> None:
    """PEP 610."""
    about = tmp_path / "marronnier-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: marronnier\nVersion: 1.0\n")
    if told is not None:
        (about / "direct_url.json").write_text(json.dumps(told))
    script = (
        "from pathlib import Path\nfrom marronnier import start\nfrom marronnier.forge.github_repository import GitHubRepository\nfrom marronnier.forge.github_setup import GitHubSetup\n"
        "setup = GitHubSetup(GitHubRepository('a/b', 'https://api.github.com', 'https://github.com', '', None), loopback=False)\n"
        f"print(start.tool_reference(Path({str(tmp_path)!r}), setup.repository_at))"
    )
    package = Path(start.__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", script], env={"PYTHONPATH": f"{tmp_path}:{package}", "PATH": ""}, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == expected


def test_a_clone_of_the_tool_says_its_commit_where_its_origin_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from marronnier.start import tool_source

    tool = clone(tmp_path / "tool", "https://github.com/essai/marronnier.git")
    subprocess.run(["git", "commit", "-q", "--allow-empty", "-m", "One"], cwd=tool, check=True)
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=tool, check=True, capture_output=True, text=True).stdout.strip()
    assert tool_source._clone(tool) == ("", "")
    subprocess.run(["git", "update-ref", "refs/remotes/origin/main", head], cwd=tool, check=True)
    assert tool_source._clone(tool) == ("https://github.com/essai/marronnier.git", head)


def test_a_link_in_the_place_of_a_folder_is_not_followed(tmp_path: Path) -> None:
    folder, elsewhere = clone(tmp_path / "jardin"), tmp_path / "elsewhere"
    elsewhere.mkdir()
    (folder / ".github").symlink_to(elsewhere)
    done = github(folder)
    assert (done.returncode, "is a link" in done.stderr) == (3, True)
    assert list(elsewhere.iterdir()) == []


def test_the_printed_steps_run_as_printed(tmp_path: Path) -> None:
    """All but those of `gh`, which are commands that a shell reads."""
    newcomer = Newcomer.at(tmp_path)
    bare = tmp_path / "jardin.git"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(bare)], check=True)
    (tmp_path / "home/.ssh").mkdir()
    (tmp_path / "bin/gh").write_text(
        '#!/bin/sh\nif [ "$3" = --jq ]; then echo 4242; else cat > /dev/null; printf "%s\\n" "$*" >> "$HOME/gh"; fi\n'
    )
    (tmp_path / "bin/gh").chmod(0o755)
    newcomer.type("git init --quiet", "git symbolic-ref HEAD refs/heads/main", f"git remote add origin {HOME}.git")
    ((_, said, status),) = newcomer.type(f"GITHUB_TOKEN= GH_TOKEN= marronnier init --github --github-id 4711 --tool {TOOL}")
    assert status == 0, said
    commands = [command for command in printed_commands(said, 7) if not command.startswith("https://")]
    newcomer.type(f"git config url.{bare}.insteadOf {HOME}.git")
    done = newcomer.type(*commands, "marronnier publish", "git show origin/ledger:ledger.json")
    assert [(command, said) for command, said, status in done if status != 0] == []
    assert '"repository":"github:4242"' in done[-1][1]
    asked = (tmp_path / "home/gh").read_text().splitlines()
    assert len(asked) == 7
    assert any("secret set MARRONNIER_SIGNING_KEY --env publishing" in line for line in asked)


def test_each_ruleset_that_is_printed_is_json(tmp_path: Path) -> None:
    done = github(clone(tmp_path / "jardin"))
    rulesets = [json.loads(shlex.split(line)[1]) for line in printed_commands(done.stdout, 7) if line.startswith("echo '{")]
    assert [ruleset["conditions"]["ref_name"]["include"] for ruleset in rulesets] == [
        ["refs/heads/ledger"],
        ["refs/tags/ledger-checkpoint/*"],
        ["~DEFAULT_BRANCH"],
    ]
    assert all(ruleset["enforcement"] == "active" for ruleset in rulesets)


def test_what_gh_is_told_to_do_is_all_that_doctor_asks_for(tmp_path: Path, there: FakeGitHub) -> None:
    """Every printed line is carried out on a GitHub of this machine: by its own interface, as `gh` would ask it."""
    folder, team, surroundings = maintained(tmp_path / "jardin", there)
    done = github(folder, **surroundings)
    team.seed({path.relative_to(folder).as_posix(): path.read_text() for path in (folder / ".github/workflows").iterdir()})
    for line in lines_of_gh(done.stdout):
        carry_out(line, there, team, surroundings["GITHUB_TOKEN"])
    examined = json.loads(run(folder, "doctor", "--format", "json", **surroundings).stdout)
    assert {note["state"] for note in examined["forge"]} == {"fine"}, examined["forge"]


def lines_of_gh(said: str) -> list[str]:
    """The printed commands of `gh`, as a shell reads them."""
    return [command.replace("\\\n", "") for command in printed_commands(said, 7) if re.search(r"\bgh (api|secret) ", command)]


def carry_out(line: str, there: FakeGitHub, team: HostedRepository, token: str) -> None:
    """What `gh api` and `gh secret set` ask of GitHub (https://cli.github.com/manual/gh_api, seen 2026-11-28)."""
    typed, _pipe, gh = line.rpartition(" | ")
    words = shlex.split(gh.partition(" < ")[0])
    if words[:3] == ["gh", "secret", "set"]:
        team.secret(words[3], words[words.index("--env") + 1])
        return
    if "--jq" in line:
        return
    body: dict[str, object] = json.loads(shlex.split(typed)[1]) if typed else {}
    for kind, pair in itertools.pairwise(words):
        name, _equals, value = pair.partition("=")
        if kind in ("-f", "-F"):
            read = json.loads(value) if kind == "-F" and value in ("true", "false") else value
            outer, _bracket, inner = name.partition("[")
            if inner:
                body.setdefault(outer, {})[inner.rstrip("]")] = read  # type: ignore[index]
            else:
                body[outer] = read
    (path,) = (word for word in words if word.startswith("repos/"))
    answer = Web(loopback=True).request(
        words[words.index("--method") + 1], f"{there.api_url}/{path}", headers={"Authorization": f"Bearer {token}"}, json=body
    )
    assert answer.status in (200, 201), (line, answer.body)


def test_channels_with_an_environment_of_their_own_get_a_job_that_sees_their_tokens_only(tmp_path: Path) -> None:
    folder = clone(tmp_path / "jardin")
    run(folder, "init", "--example")
    channels = "".join(f"  {name}: {{network: mastodon, account: '@a@{name}.example', env: {{token: {name.upper()}}}}}\n" for name in "abc")
    (folder / "brand/channels.yml").write_text(f"channels:\n{channels}groups: {{press: [b, c]}}\n")
    done = github(folder, "--environment", "newsdesk=press", "--relay")
    assert done.returncode == 0, done.stdout
    assert "gh secret set B --env newsdesk" in done.stdout and "gh secret set A --env publishing" in done.stdout
    assert "settings/environments/new" in done.stdout
    workflow = yaml.safe_load((folder / ".github/workflows/publish.yml").read_text().replace("\non:", '\n"on":'))
    jobs = workflow["jobs"]
    assert jobs["publish"]["environment"] == "publishing" and jobs["publish-newsdesk"]["environment"] == "newsdesk"
    handed = {name: sorted(re.findall(r"secrets\.(\w+)", str(job["env"]))) for name, job in jobs.items() if "env" in job}
    assert handed == {"publish": ["A", "MARRONNIER_SIGNING_KEY"], "publish-newsdesk": ["B", "C", "MARRONNIER_SIGNING_KEY"]}
    assert jobs["publish"]["env"]["MARRONNIER_OTHER_CHANNELS"] == jobs["publish-newsdesk"]["env"]["MARRONNIER_CHANNELS"] == "b c"
    assert jobs["site"]["needs"] == ["publish", "publish-newsdesk"]
    assert jobs["publish"]["permissions"]["actions"] == "write" and jobs["publish"]["steps"][1]["with"]["relay"] == "true"
    # What was chosen once is not asked again.
    again = github(folder)
    assert "No file to write for GitHub" in again.stdout and "different" not in again.stdout
    assert "gh secret set B --env newsdesk" in again.stdout


@pytest.mark.parametrize("written", ["newsdesk", "newsdesk=z", "publishing=journal", "News=journal", "x=journal,journal2"])
def test_an_environment_that_is_none_is_refused(tmp_path: Path, written: str) -> None:
    folder = clone(tmp_path / "jardin")
    refused = github(folder, "--environment", written)
    assert (refused.returncode, "--environment" in refused.stdout) == (2, True)


def test_a_local_ledger_is_signed_by_one_of_the_steps(tmp_path: Path) -> None:
    folder = clone(tmp_path / "jardin")
    github(folder, "--github-id", "4711")
    brand = folder / "brand/brand.yml"
    brand.write_text(brand.read_text() + f"ledger:\n  first: {'a' * 40}\n  unsigned: true\n")
    said = github(folder).stdout
    assert said.index("nothing goes out twice") < said.index("marronnier ledger init\n")
    assert "git branch -D" not in said
    brand.write_text(brand.read_text().replace("  unsigned: true\n", ""))
    assert "ledger init" not in github(folder).stdout


def test_nothing_is_written_before_the_tool_is_known(tmp_path: Path) -> None:
    folder = clone(tmp_path / "jardin")
    asked = run(folder, "init", "--github", **WITHOUT_TOKEN)
    if asked.returncode == 0:
        pytest.skip("this Marronnier was installed from a commit that its origin has")
    assert (asked.returncode, "--tool OWNER/NAME@COMMIT" in asked.stderr) == (2, True), asked.stderr
    assert [path.name for path in folder.iterdir()] == [".git"]
