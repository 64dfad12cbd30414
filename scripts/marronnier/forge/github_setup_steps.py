"""The steps that make a repository on GitHub ready: the labels of GitHub's own pages, their addresses, and the same as `gh` commands.

The labels were read in GitHub's documentation on 2026-11-28 (https://docs.github.com/actions/how-tos/deploy/configure-and-manage-deployments/manage-environments,
https://docs.github.com/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets).
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from marronnier.forge.setup import SetupNeeds, SetupStep
from marronnier.messages import N_, _

LEDGER_BRANCH = "ledger"
CHECKPOINTS = "ledger-checkpoint/*"
CHECK = "check"
"""The name of the job that checks a pull request, as rulesets know it."""
_ACTIVE = "Enforcement status: Active"
_INDENTED = "\n  "
_NEXT_LINE = f" \\{_INDENTED}"
"""Where a command goes on in the next line."""
_JSON_COLUMNS = 84
_ADMIN_ROLE = {"actor_id": 5, "actor_type": "RepositoryRole", "bypass_mode": "always"}
"""The role Admin in a ruleset's list of those who may pass (https://docs.github.com/rest/repos/rules, seen 2026-11-28)."""


def environment_step(repository: str, address: str, environment: str, branch: str) -> SetupStep:
    """The environment that keeps the tokens from every branch but the default one."""
    policy = "deployment_branch_policy"
    return SetupStep(
        (
            _("Settings › Environments › New environment: {environment}", environment=environment),
            "Deployment branches and tags › Selected branches and tags",
            f"Add deployment branch or tag rule: {branch}",
        ),
        f"{address}/settings/environments/new",
        (
            f"gh api --method PUT repos/{repository}/environments/{environment}"
            f"{_NEXT_LINE}-F '{policy}[protected_branches]=false'{_NEXT_LINE}-F '{policy}[custom_branch_policies]=true'",
            f"gh api --method POST{_NEXT_LINE}repos/{repository}/environments/{environment}/deployment-branch-policies"
            f"{_NEXT_LINE}-f {shlex.quote(f'name={branch}')}",
        ),
    )


def secrets_step(repository: str, address: str, environment: str, needs: SetupNeeds) -> SetupStep:
    """The secrets of one environment, by name."""
    clicks = [_("Settings › Environments › {environment} › Environment secrets", environment=environment)]
    commands = []
    for name in needs.environments[environment]:
        is_key = bool(needs.key_file) and name == needs.key_secret
        clicks.append(
            _("Add environment secret: {secret}, the whole text of {file}", secret=name, file=needs.key_file)
            if is_key
            else _("Add environment secret: {secret}", secret=name)
        )
        value = f"{_NEXT_LINE}< {needs.key_file}" if is_key else ""
        commands.append(f"gh secret set {name} --env {environment} --repo {repository}{value}")
    return SetupStep(tuple(clicks), f"{address}/settings/environments", tuple(commands))


def ledger_rule_step(repository: str, address: str) -> SetupStep:
    """The ruleset by which nobody sets the ledger back."""
    rules = ruleset("ledger", "branch", [f"refs/heads/{LEDGER_BRANCH}"], [{"type": "deletion"}, {"type": "non_fast_forward"}])
    tags = ruleset(
        "ledger checkpoints",
        "tag",
        [f"refs/tags/{CHECKPOINTS}"],
        [{"type": "deletion"}, {"type": "update"}, {"type": "non_fast_forward"}],
        bypass=True,
    )
    pattern = N_("Add target › Include by pattern: {pattern}")
    return SetupStep(
        (
            *_new_ruleset_clicks(),
            _(pattern, pattern=LEDGER_BRANCH),
            "Restrict deletions",
            "Block force pushes",
            "Create",
            _("Then New ruleset › New tag ruleset, at {page}", page=f"{address}/settings/rules/new?target=tag"),
            _ACTIVE,
            _(pattern, pattern=CHECKPOINTS),
            "Restrict updates",
            "Restrict deletions",
            "Block force pushes",
            _("Bypass list › Repository admin, because `marronnier ledger prune` deletes old ones"),
            "Create",
        ),
        f"{address}/settings/rules/new?target=branch",
        (_ruleset_command(repository, rules), _ruleset_command(repository, tags)),
    )


def branch_rule_step(repository: str, address: str, needs: SetupNeeds) -> SetupStep:
    """The ruleset by which workflows, the tool and the locks change by pull request only."""
    pull_request = {
        "required_approving_review_count": int(needs.reviewed),
        "require_code_owner_review": needs.reviewed,
        "dismiss_stale_reviews_on_push": False,
        "require_last_push_approval": False,
        "required_review_thread_resolution": False,
    }
    checks = {"required_status_checks": [{"context": CHECK}], "strict_required_status_checks_policy": False}
    rules: list[Mapping[str, Any]] = [
        {"type": "deletion"},
        {"type": "non_fast_forward"},
        {"type": "pull_request", "parameters": pull_request},
        {"type": "required_status_checks", "parameters": checks},
    ]
    command = _ruleset_command(repository, ruleset("default branch", "branch", ["~DEFAULT_BRANCH"], rules))
    clicks = (
        *_new_ruleset_clicks(),
        "Add target › Include default branch",
        "Restrict deletions",
        "Block force pushes",
        f"Require a pull request before merging › Required approvals: {int(needs.reviewed)}",
        *(("Require a pull request before merging › Require review from Code Owners",) if needs.reviewed else ()),
        f"Require status checks to pass › Add checks: {CHECK}",
        "Create",
    )
    return SetupStep(clicks, f"{address}/settings/rules/new?target=branch", (command,))


def _new_ruleset_clicks() -> tuple[str, ...]:
    return _("Settings › Rules › Rulesets › New ruleset › New branch ruleset"), _ACTIVE


def pages_step(repository: str, address: str) -> SetupStep:
    """The site. Pages of a private repository are public on most plans; the site holds what was published only."""
    return SetupStep(
        (_("Settings › Pages › Build and deployment › Source: GitHub Actions."),),
        f"{address}/settings/pages",
        (f"gh api --method POST repos/{repository}/pages -f build_type=workflow",),
    )


def issues_step(repository: str, address: str) -> SetupStep:
    """Issues, which are off in a fork: they freeze, and tell of what needs a person."""
    return SetupStep(
        (_("Settings › General › Features › Issues."),), f"{address}/settings", (f"gh repo edit {repository} --enable-issues",)
    )


def workflows_step(repository: str, address: str) -> SetupStep:
    """The workflows themselves: on the default branch, and switched on."""
    return SetupStep(
        (_("Actions: where GitHub asks, I understand my workflows, go ahead and enable them; a workflow that is off: Enable workflow."),),
        f"{address}/actions",
        (f"gh workflow enable publish.yml --repo {repository}",),
    )


def push_step(address: str, branch: str) -> SetupStep:
    """The workflows, where the default branch lacks some."""
    return SetupStep(
        (
            _(
                "Commit the files of .github/ and push them to {branch}; where it takes pull requests only, push a branch and merge it.",
                branch=branch,
            ),
        ),
        f"{address}/actions",
        ("git add --all .github", 'git commit -m "Workflows"', f"git push origin HEAD:{shlex.quote(branch)}"),
    )


def ruleset(name: str, target: str, include: Sequence[str], rules: Sequence[Mapping[str, Any]], *, bypass: bool = False) -> dict[str, Any]:
    """A ruleset as GitHub's interface takes it."""
    return {
        "name": name,
        "target": target,
        "enforcement": "active",
        "bypass_actors": [_ADMIN_ROLE] if bypass else [],
        "conditions": {"ref_name": {"include": list(include), "exclude": []}},
        "rules": list(rules),
    }


def _ruleset_command(repository: str, wanted: Mapping[str, Any]) -> str:
    """The command that makes a ruleset. A shell reads JSON in quotes over several lines."""
    lines = [""]
    for piece in re.split(r"(?<=,)", json.dumps(wanted, separators=(",", ":"))):
        if len(lines[-1]) + len(piece) > _JSON_COLUMNS:
            lines.append("")
        lines[-1] += piece
    return f"echo {shlex.quote(_INDENTED.join(lines))}{_NEXT_LINE}| gh api --method POST repos/{repository}/rulesets --input -"


def risk_without_rules() -> str:
    """What stays open where nothing protects the default branch."""
    return _(
        "Whoever may push workflows, `scripts/` or the locks to the default branch holds the tokens. "
        "Only a ruleset on that branch stops it; where your plan has none, give write access to nobody else."
    )


def risk_without_environments() -> str:
    """What stays open where the plan has no environments."""
    return _(
        "Where your plan has no environments (a private repository on the plan Free), add the secrets under Settings › Secrets and "
        "variables › Actions instead: then whoever may push any branch can read them. Give write access to nobody else, or make the "
        "repository public."
    )
