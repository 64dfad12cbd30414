"""What the workflows and the action may do, read from the files themselves: the rows W of the page of threats."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from marronnier import start
from workflows.files import ACTIONS, FILES, ROOT, TEAM, WORKFLOWS, code, jobs, steps, texts, tree, triggers

PINNED = {
    "actions/checkout": ("3d3c42e5aac5ba805825da76410c181273ba90b1", "v7.0.1"),
    "actions/setup-python": ("5fda3b95a4ea91299a34e894583c3862153e4b97", "v7.0.0"),
    "actions/upload-artifact": ("bbbca2ddaa5d8feaa63e36b76fdaad77386f024f", "v7.0.0"),
    "actions/upload-pages-artifact": ("fc324d3547104276b827a68afc52ff2a11cc49c9", "v5.0.0"),
    "actions/deploy-pages": ("cd2ce8fcbc39b97be8ca5fce6e763baed58fa128", "v5.0.0"),
}
"""Each action of others with its commit and version; read from their tags on 2026-11-27."""
UNTRUSTED = ("pull_request", "pull_request_review", "issues", "issue_comment", "pull_request_target", "fork", "discussion")
"""Events that anybody may cause."""
COMMENT_ID = "${{ github.event.comment.id }}"
"""The only thing of an event of others that reaches a step: a number of GitHub's own."""
SECRET = re.compile(r"\$\{\{[^}]*\bsecrets(?:\.(\w+)|\s*[\[)])")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_the_team_gets_the_workflows_of_this_root_byte_for_byte() -> None:
    written = start.workflow_files(start.WorkflowChoices())
    mine = {path: data for path, data in written.items() if "/workflows/" in path or "/actions/" in path or path.endswith("dependabot.yml")}
    assert sorted(mine) == sorted(
        [*(f".github/workflows/{name}.yml" for name in TEAM), ".github/actions/marronnier/action.yml", ".github/dependabot.yml"]
    )
    differing = [path for path, data in mine.items() if (ROOT / path).read_bytes() != data]
    assert not differing, "run `make example` after a change of the workflows"


def test_w01_what_anybody_may_start_has_no_secret_and_what_runs_a_pull_request_may_write_nothing() -> None:
    started = [workflow for workflow in WORKFLOWS if any(event in triggers(workflow) for event in UNTRUSTED)]
    assert started == ["check", "comment", "tests"]
    for workflow in started:
        assert not SECRET.search(code(WORKFLOWS[workflow]))
        assert "vars." not in code(WORKFLOWS[workflow])
    for job in jobs():
        if job.workflow in started:
            assert job.workflow == "comment" or job.tree["permissions"] == {"contents": "read"}
            assert "environment" not in job.tree and "uses" not in job.tree


def test_w01_the_branch_of_a_pull_request_is_checked_alike_when_a_job_asks_for_it() -> None:
    """`/reschedule` starts the check by `workflow_dispatch`, because the push of a job starts none."""
    assert triggers("check")["workflow_dispatch"] == {}
    assert tree(WORKFLOWS["check"])["concurrency"]["group"] == "check-${{ github.event.pull_request.number || github.ref }}"
    (report,) = (job for job in jobs() if job.workflow == "report")
    assert set(re.findall(r"[a-z_]+(?=\")", report.tree["if"])) == set(triggers("check"))


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_w02_no_privileged_workflow_runs_on_the_code_of_a_pull_request(path: Path) -> None:
    assert "pull_request_target" not in code(path)
    for step in steps(path):
        # Not the head of anything: the commit that the event is about, of this repository.
        if str(step.get("uses", "")).startswith("actions/checkout@"):
            assert not {"ref", "repository", "token", "ssh-key"} & set(step.get("with", {}))


def test_w03_each_secret_is_given_to_a_job_in_an_environment_and_to_no_other() -> None:
    holders = set()
    for job in jobs():
        named = {match[1] for text in texts(job.tree) for match in SECRET.finditer(text)}
        assert None not in named, "all secrets at once"
        if named:
            holders.add((job.workflow, job.name))
            assert job.tree["environment"] == start.ENVIRONMENT
            assert not {match[1] for step in job.steps for text in texts(step) for match in SECRET.finditer(text)}
    assert holders == {("publish", "publish")}
    for path in FILES:
        if path != WORKFLOWS["publish"]:
            assert not SECRET.search(code(path))
    # Outside of jobs, a secret would reach every one of them.
    assert not SECRET.search(code(WORKFLOWS["publish"]).partition("\njobs:")[0])


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_w04_no_expression_stands_in_a_shell_line(path: Path) -> None:
    scripts = [step["run"] for step in steps(path) if "run" in step]
    assert scripts or path.name != "action.yml" or path != ACTIONS[0]
    assert not [script for script in scripts if "${{" in script]
    for step in steps(path):
        # The words of others never reach a step either: a title, a branch, a label, a comment.
        reached = [text for text in texts({key: value for key, value in step.items() if key in ("env", "with")}) if "github.event" in text]
        assert not [text for text in reached if text != COMMENT_ID]


def test_w05_a_comment_starts_the_default_branch_only_with_no_secret_and_none_of_its_words() -> None:
    assert triggers("comment") == {"issue_comment": {"types": ["created"]}}
    (job,) = (job for job in jobs() if job.workflow == "comment")
    assert [step["uses"].partition("@")[0] for step in job.steps] == ["actions/checkout", "./.github/actions/marronnier"]
    assert job.tree["permissions"] == {"contents": "read", "issues": "write", "pull-requests": "write", "actions": "write"}
    assert job.steps[1]["with"] == {"command": "comment", "comment": COMMENT_ID, "dispatch": "true"}
    # Its words decide whether a job begins at all, in a condition that runs nothing, and reach no step.
    assert job.tree["if"] == "contains(github.event.comment.body, '/')"
    assert [text for text in texts(tree(WORKFLOWS["comment"])) if "github.event" in text and text != job.tree["if"]] == [
        "comment-" + COMMENT_ID,
        COMMENT_ID,
    ]


def test_w04_the_number_of_a_comment_comes_to_the_tool_by_the_environment_and_as_no_option() -> None:
    (step,) = (step for step in steps(ACTIONS[0]) if step.get("name") == "Comment")
    assert step["env"]["COMMENT"] == "${{ inputs.comment }}"
    assert step["run"].rstrip().endswith('comment "${arguments[@]}" -- "$COMMENT"')
    inputs = triggers("publish")["workflow_dispatch"]["inputs"]
    assert inputs["command"]["options"] == ["publish", "doctor", "comment"]
    assert inputs["comment"]["type"] == "string"


def test_the_publishing_jobs_may_answer_comments_in_every_environment() -> None:
    choices = start.WorkflowChoices(secrets={"toots": ("A",), "sky": ("B",)}, environments={"newsdesk": ("sky",)}, relay=True)
    written = yaml.safe_load(start.workflow_files(choices)[".github/workflows/publish.yml"].decode().replace("\non:", '\n"on":'))
    wanted = {"contents": "write", "pull-requests": "write", "issues": "write", "actions": "write"}
    found = {name: job["permissions"] for name, job in written["jobs"].items() if name != "site"}
    assert found == {"publish": wanted, "publish-newsdesk": wanted}
    for name in found:
        given = written["jobs"][name]["steps"][1]["with"]
        assert given["comment"] == "${{ inputs.comment }}" and given["relay"] == "true"


def test_w05_what_another_workflow_starts_reads_the_default_branch_only() -> None:
    started = [workflow for workflow in WORKFLOWS if "workflow_run" in triggers(workflow)]
    assert started == ["report"]
    for job in jobs():
        if job.workflow != "report":
            continue
        used = [step["uses"].partition("@")[0] for step in job.steps]
        assert used == ["actions/checkout", "./.github/actions/marronnier", "actions/upload-artifact"]
        assert job.tree["permissions"] == {"contents": "read", "pull-requests": "write"}
        assert "github.event.workflow_run.head" not in " ".join(texts({**job.tree, "if": ""}))


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_w06_no_job_reads_a_cache(path: Path) -> None:
    assert not re.search(r"\bcache(-[\w-]+)?:|actions/cache|buildjet|sccache", code(path))
    install = next((step for step in steps(path) if "pip install" in step.get("run", "")), None)
    if install is not None:
        assert install["env"]["PIP_NO_CACHE_DIR"] == "1"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_w07_no_token_stays_in_the_checkout_and_no_job_takes_files_from_another(path: Path) -> None:
    for step in steps(path):
        used = str(step.get("uses", "")).partition("@")[0]
        if used == "actions/checkout":
            assert step["with"]["persist-credentials"] is False
        assert used != "actions/download-artifact"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_w08_each_action_of_others_is_named_by_its_commit(path: Path) -> None:
    uses = re.findall(r"uses: (\S+)(?: # (\S+).*)?$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert uses or path.name == "nothing.yml"
    for reference, version in uses:
        if not reference.startswith("./"):
            name, _at, commit = reference.partition("@")
            assert (commit, version) == PINNED[name]


def test_w08_the_publishing_job_runs_no_action_but_checkout_and_python() -> None:
    (publishing,) = (job for job in jobs() if (job.workflow, job.name) == ("publish", "publish"))
    assert [step["uses"].partition("@")[0] for step in publishing.steps] == ["actions/checkout", "./.github/actions/marronnier"]
    assert [step["uses"].partition("@")[0] for path in ACTIONS for step in steps(path) if "uses" in step] == ["actions/setup-python", "./"]


def test_w09_the_tool_is_installed_by_hash_and_from_wheels_only() -> None:
    (install,) = (step["run"] for step in steps(ACTIONS[0]) if "pip install" in step.get("run", ""))
    lines = [line for line in install.splitlines() if "pip install" in line]
    by_hash, ours = lines
    assert {"--require-hashes", "--only-binary :all:", '--requirement "$1"'} <= set(
        re.findall(r"--only-binary \S+|--\S+(?: \"\$1\")?", by_hash)
    )
    # The tool itself is built from the commit that the workflow names, and fetches nothing.
    assert "--no-index" in ours and "--no-deps" in ours and "--no-build-isolation" in ours
    assert not re.search(r"\b(curl|wget|npm|npx|pipx|uvx|git clone)\b", code(ACTIONS[0]))
    assert "cooldown:" in (ROOT / ".github/dependabot.yml").read_text(encoding="utf-8")


def test_w10_every_job_runs_on_githubs_own_machines_and_the_page_says_why() -> None:
    assert {job.tree.get("runs-on", "ubuntu-24.04") for job in jobs()} == {"ubuntu-24.04"}
    page = (ROOT / "scripts/handbook/github.md").read_text(encoding="utf-8")
    assert "never use a runner of your own for a public repository" in page


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_w11_nothing_of_a_post_reaches_the_environment_of_later_steps(path: Path) -> None:
    text = code(path)
    assert "GITHUB_ENV" not in text and "GITHUB_PATH" not in text and "GITHUB_STATE" not in text
    assert re.findall(r".*GITHUB_OUTPUT.*", text) in ([], [line for line in text.splitlines() if "echo changed=true >>" in line])


def test_w14_the_runner_takes_no_commands_while_words_of_others_are_printed() -> None:
    guarded = 0
    for step in steps(ACTIONS[0]):
        script = step.get("run", "")
        if "marronnier -C" in script and " check " not in script:
            guarded += 1
            lines = [line for line in script.replace("\\\n", "").splitlines() if not line.lstrip().startswith("#")]
            # The word that would let commands in again is told to nobody, and the tool is the shell's last act.
            assert "secrets.token_hex(16)" in lines[-2] and lines[-2].startswith('echo "::stop-commands::$(')
            assert lines[-1].startswith("exec marronnier -C")
    assert guarded == 6


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_each_workflow_begins_with_no_permission_and_each_job_has_its_own_and_an_end(workflow: str) -> None:
    parsed = tree(WORKFLOWS[workflow])
    assert parsed["permissions"] == {}
    assert "env" not in parsed and "defaults" not in parsed
    for job in parsed["jobs"].values():
        assert job["permissions"]
        assert "uses" in job or 0 < job["timeout-minutes"] <= 360
        assert not [line for line in texts(job.get("permissions")) if line == "write-all"]


def test_each_permission_says_what_it_is_for() -> None:
    for path in WORKFLOWS.values():
        for line in re.findall(r"^      [\w-]+: (?:read|write)\b.*$", path.read_text(encoding="utf-8"), re.MULTILINE):
            assert re.search(r"# \w", line), line


def test_no_run_of_the_publisher_waits_for_another_or_cancels_it() -> None:
    concurrency = tree(WORKFLOWS["publish"])["concurrency"]
    assert concurrency == {"group": "publish-${{ github.run_id }}", "cancel-in-progress": False}


def test_the_schedule_is_off_the_hour_and_the_wait_ends_before_the_job() -> None:
    (line,) = triggers("publish")["schedule"]
    assert line == {"cron": "7,22,37,52 * * * *"}
    (publishing,) = (job for job in jobs() if (job.workflow, job.name) == ("publish", "publish"))
    assert publishing.steps[1]["with"]["hold"] == "5h30m"
    assert publishing.tree["timeout-minutes"] == 5 * 60 + 30 + 20


def test_a_private_repository_gets_a_thrifty_schedule_in_its_own_zone() -> None:
    choices = start.WorkflowChoices(private=True, zone="America/Lima")
    written = yaml.safe_load(start.workflow_files(choices)[".github/workflows/publish.yml"].decode().replace("\non:", '\n"on":'))
    assert written["on"]["schedule"] == [{"cron": "7,37 6-20 * * *", "timezone": "America/Lima"}]
    assert written["jobs"]["publish"]["timeout-minutes"] == 65 + 20
    assert written["jobs"]["publish"]["steps"][1]["with"]["hold"] == "65m"


@pytest.mark.parametrize(
    ("private", "cron"), [(False, {"cron": "3,18,33,48 * * * *"}), (True, {"cron": "3,33 5-20 * * *", "timezone": "America/Lima"})]
)
def test_a_site_that_a_network_fetches_media_from_is_built_within_each_hour(private: bool, cron: dict[str, str]) -> None:
    choices = start.WorkflowChoices(private=private, zone="America/Lima", public_media=True)
    written = yaml.safe_load(start.workflow_files(choices)[".github/workflows/site.yml"].decode().replace("\non:", '\n"on":'))
    assert written["on"]["schedule"] == [cron]
    assert "schedule" not in yaml.safe_load(start.workflow_files(start.WorkflowChoices())[".github/workflows/site.yml"])[True]


def test_a_job_of_the_team_is_a_checkout_and_a_line() -> None:
    for job in jobs():
        if job.workflow in TEAM and "steps" in job.tree:
            assert len(job.steps) <= 3
            assert not [step for step in job.steps if "run" in step]


def test_every_workflow_checks_the_whole_history_out() -> None:
    for job in jobs():
        for step in job.steps:
            if str(step.get("uses", "")).startswith("actions/checkout@"):
                assert step["with"]["fetch-depth"] == 0
