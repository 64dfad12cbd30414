"""What GitHub says about the settings of a repository. Only reads; what the token may not read is unknown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import quote

from marronnier.forge import github_setup_steps as steps
from marronnier.forge.setup import SetupNeeds, SetupStep, StepState
from marronnier.messages import _

WORKFLOWS = ("check", "report", "comment", "publish", "site")
"""The team's workflows, each in `.github/workflows/`."""
_DENIED = (401, 403)


class Reading(NamedTuple):
    """An answer of GitHub's interface."""

    status: int
    """0 where no answer came."""
    body: Any


Read = Callable[[str], Reading]
"""Reads a path below the repository, like `/pages`."""


class Found(NamedTuple):
    """The state of one step, and what was found."""

    state: StepState
    status: str


def examine(read: Read, repository: str, address: str, needs: SetupNeeds) -> Sequence[SetupStep]:
    """Every step with its state, and what was found."""
    all_secrets = {name for names in needs.environments.values() for name in names}
    workflows, absent = _workflows(read)
    found = [_with(steps.push_step(address, needs.branch) if absent else steps.workflows_step(repository, address), workflows)]
    for environment, names in needs.environments.items():
        found.append(
            _with(steps.environment_step(repository, address, environment, needs.branch), _environment(read, environment, needs.branch))
        )
        found.append(_with(steps.secrets_step(repository, address, environment, needs), _secrets(read, environment, names, all_secrets)))
    found.append(_with(steps.ledger_rule_step(repository, address), _rules(read, steps.LEDGER_BRANCH, {"deletion", "non_fast_forward"})))
    rules = {"deletion", "non_fast_forward", "pull_request"}
    found.append(_with(steps.branch_rule_step(repository, address, needs), _rules(read, needs.branch, rules)))
    found.append(_with(steps.issues_step(repository, address), _issues(read)))
    found.append(_with(steps.pages_step(repository, address), _pages(read)))
    return found


def _with(step: SetupStep, found: Found) -> SetupStep:
    return replace(step, state=found.state, status=found.status)


def _unknown(what: str, reading: Reading) -> Found:
    if reading.status in _DENIED:
        return Found("unknown", _("{what}: unknown, this token may not read it", what=what))
    if not reading.status:
        return Found("unknown", _("{what}: unknown, GitHub did not answer", what=what))
    return Found("unknown", _("{what}: unknown, GitHub answered {status}", what=what, status=reading.status))


def _workflows(read: Read) -> tuple[Found, bool]:
    """Whether they are there and on; and whether some are not there at all."""
    reading = read("/actions/workflows?per_page=100")
    if reading.status != 200:
        return _unknown(_("the workflows"), reading), False
    states = {item.get("path"): item.get("state") for item in _items(reading.body, "workflows")}
    absent = [name for name in WORKFLOWS if f".github/workflows/{name}.yml" not in states]
    if absent:
        return Found("missing", _("not on the default branch yet: {names}", names=", ".join(absent))), True
    off = [name for name in WORKFLOWS if states[f".github/workflows/{name}.yml"] != "active"]
    if any(states[f".github/workflows/{name}.yml"] == "disabled_inactivity" for name in off):
        return Found("missing", _("GitHub switched off, after 60 days without a push: {names}", names=", ".join(off))), False
    if off:
        return Found("missing", _("switched off: {names}", names=", ".join(off))), False
    return Found("done", _("the workflows {names} are on", names=", ".join(WORKFLOWS))), False


def _environment(read: Read, environment: str, branch: str) -> Found:
    path = f"/environments/{quote(environment, safe='')}"
    reading = read(path)
    if reading.status == 404:
        return Found("missing", _("there is no environment {environment}", environment=environment) + _without_plan(read))
    if reading.status != 200 or not isinstance(reading.body, dict):
        return _unknown(_("the environment {environment}", environment=environment), reading)
    policy = reading.body.get("deployment_branch_policy")
    if not isinstance(policy, dict):
        said = _("every branch may use the environment {environment}, and read its tokens", environment=environment)
        return Found("missing", said + _without_plan(read))
    if policy.get("protected_branches"):
        return Found("done", _("only protected branches may use the environment {environment}", environment=environment))
    listed = read(f"{path}/deployment-branch-policies?per_page=100")
    if listed.status != 200:
        return _unknown(_("the branches that may use the environment {environment}", environment=environment), listed)
    names = {str(item.get("name")) for item in _items(listed.body, "branch_policies")}
    if branch not in names:
        return Found("missing", _("the branch {branch} may not use the environment {environment}", branch=branch, environment=environment))
    if names != {branch}:
        others = ", ".join(sorted(names - {branch}))
        return Found("missing", _("{branches} may use the environment {environment} too", branches=others, environment=environment))
    return Found("done", _("only {branch} may use the environment {environment}", branch=branch, environment=environment))


def _without_plan(read: Read) -> str:
    """The way of a private repository whose plan may have no environments; empty for a public one."""
    reading = read("")
    is_private = isinstance(reading.body, dict) and reading.body.get("private") is True
    return f". {steps.risk_without_environments()}" if is_private else ""


def _secrets(read: Read, environment: str, names: Sequence[str], all_names: Collection[str]) -> Found:
    exposed = read("/actions/secrets?per_page=100")
    shared = sorted({str(item.get("name")) for item in _items(exposed.body, "secrets")} & set(all_names)) if exposed.status == 200 else []
    if shared:
        return Found(
            "missing",
            _(
                "workflows on any branch can read {names}: move them from the repository's secrets to the environment {environment}",
                names=", ".join(shared),
                environment=environment,
            ),
        )
    reading = read(f"/environments/{quote(environment, safe='')}/secrets?per_page=100")
    if reading.status == 404:
        return Found("missing", _("not there yet: {names}", names=", ".join(names)))
    if reading.status != 200:
        return _unknown(_("the secrets of the environment {environment}", environment=environment), reading)
    there = {str(item.get("name")) for item in _items(reading.body, "secrets")}
    absent = [name for name in names if name.upper() not in there]
    if absent:
        return Found("missing", _("not in the environment {environment}: {names}", environment=environment, names=", ".join(absent)))
    if exposed.status != 200:
        return _unknown(_("whether the repository itself has secrets"), exposed)
    return Found("done", _("the environment {environment} holds {names}", environment=environment, names=", ".join(names)))


def _rules(read: Read, branch: str, wanted: Collection[str]) -> Found:
    reading = read(f"/rules/branches/{quote(branch, safe='')}?per_page=100")
    if reading.status == 403 and "Upgrade" in str(_message(reading.body)):
        return Found("missing", _("your plan has no rulesets. {risk}", risk=steps.risk_without_rules()))
    if reading.status != 200 or not isinstance(reading.body, list):
        return _unknown(_("the rules for {branch}", branch=branch), reading)
    there = {str(rule.get("type")) for rule in reading.body if isinstance(rule, dict)}
    absent = sorted(set(wanted) - there)
    if not absent:
        return Found("done", _("a ruleset protects {branch}", branch=branch))
    classic = read(f"/branches/{quote(branch, safe='')}")
    if classic.status == 200 and isinstance(classic.body, dict) and classic.body.get("protected") is True:
        if (found := _protection(read, branch, absent)) is not None:
            return found
    elif classic.status not in (200, 404):
        return _unknown(_("the protection of {branch}", branch=branch), classic)
    if branch == steps.LEDGER_BRANCH:
        return Found("missing", _("anyone who can push can set {branch} back, and so stop all sending", branch=branch))
    if "pull_request" not in absent:
        return Found("missing", _("the rules of {branch} lack {rules}", branch=branch, rules=", ".join(absent)))
    return Found("missing", _("{branch} is open to pushes without a pull request. {risk}", branch=branch, risk=steps.risk_without_rules()))


def _protection(read: Read, branch: str, wanted: Collection[str]) -> Found | None:
    """What an older branch protection rule forbids, which only an administrator may read; None where there is no such rule."""
    reading = read(f"/branches/{quote(branch, safe='')}/protection")
    if reading.status == 404 and _is_administrator(read):
        return None
    if reading.status != 200 or not isinstance(reading.body, dict):
        return Found("unknown", _("{branch} has a branch protection rule that this token may not read", branch=branch))
    body = reading.body
    allowed = {
        "non_fast_forward": _is_on(body, "allow_force_pushes"),
        "deletion": _is_on(body, "allow_deletions"),
        "pull_request": "required_pull_request_reviews" not in body,
    }
    if any(allowed[rule] for rule in wanted):
        return Found("missing", _("the branch protection rule of {branch} allows too much", branch=branch))
    return Found("done", _("a branch protection rule protects {branch}", branch=branch))


def _is_administrator(read: Read) -> bool:
    """Whether the token sees all: only then does "not found" mean that there is none."""
    body = read("").body
    permissions = body.get("permissions") if isinstance(body, dict) else None
    return isinstance(permissions, dict) and permissions.get("admin") is True


def _issues(read: Read) -> Found:
    reading = read("")
    has_issues = reading.body.get("has_issues") if reading.status == 200 and isinstance(reading.body, dict) else None
    if not isinstance(has_issues, bool):
        return _unknown(_("whether the repository has issues"), reading)
    if not has_issues:
        return Found("missing", _("issues are switched off: nobody hears of a post that needs a person, and `/freeze` stops nothing"))
    return Found("done", _("issues are on, for `/freeze` and for what needs a person"))


def _pages(read: Read) -> Found:
    reading = read("/pages")
    if reading.status == 404:
        return Found("missing", _("there is no site on Pages yet"))
    if reading.status != 200 or not isinstance(reading.body, dict):
        return _unknown(_("Pages"), reading)
    if reading.body.get("build_type") != "workflow":
        return Found("missing", _("Pages takes the site from a branch, and not from the workflow"))
    return Found("done", _("Pages takes the site from the workflow"))


def _items(body: Any, name: str) -> list[Mapping[str, Any]]:
    listed = body.get(name) if isinstance(body, dict) else None
    return [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []


def _message(body: Any) -> Any:
    return body.get("message", "") if isinstance(body, dict) else ""


def _is_on(body: Mapping[str, Any], name: str) -> bool:
    value = body.get(name)
    return value.get("enabled") is not False if isinstance(value, dict) else True
