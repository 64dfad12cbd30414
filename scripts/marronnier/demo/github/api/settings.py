"""What a repository's settings hold: variables, names of secrets, environments, rulesets, Pages. https://docs.github.com/en/rest/actions/variables …"""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

from marronnier.demo.github.acts.rules import rules_for
from marronnier.demo.github.api.call import FakeAnswer, FakeCall, route
from marronnier.demo.github.api.repositories import REPO
from marronnier.demo.github.records import FakeEnvironment, FakeRuleset, FakeVariable
from marronnier.demo.github.shapes import repositories as shapes
from marronnier.demo.github.shapes.view import node_id
from marronnier.demo.github.state import FakeRefusal, not_found

VARIABLES, SECRETS = REPO + "/actions/variables", REPO + "/actions/secrets"
ENVIRONMENTS = REPO + "/environments"
ENVIRONMENT = ENVIRONMENTS + "/{environment_name}"
RULESETS = REPO + "/rulesets"
_NAME = re.compile(r"(?!GITHUB_)[A-Za-z_][A-Za-z0-9_]*")


# Variables. A job's token has no permission that covers them: it is told 403.


def _store(call: FakeCall) -> dict[str, FakeVariable]:
    return _environment(call).variables if "environment_name" in call.parameters else call.repository.variables


def _variable(call: FakeCall) -> FakeVariable:
    variable = _store(call).get(call.parameters["name"].upper())
    if variable is None:
        raise not_found()
    return variable


def list_variables(call: FakeCall) -> FakeAnswer:
    """The variables, by name; ten on a page unless asked otherwise."""
    call.query = {"per_page": "10", **call.query}
    call.largest_page = min(call.largest_page, 30)
    found = sorted(_store(call).values(), key=lambda one: one.name)
    return call.page(found, lambda one: shapes.variable(call.view, one), wrapped="variables")


def get_variable(call: FakeCall) -> FakeAnswer:
    """One variable."""
    return FakeAnswer(200, shapes.variable(call.view, _variable(call)))


def create_variable(call: FakeCall) -> FakeAnswer:
    """Make a variable."""
    name, now = call.required("name", str).upper(), call.state.now()
    if not _NAME.fullmatch(name):
        raise FakeRefusal(422, "Variable names can only contain alphanumeric characters ([a-z], [A-Z], [0-9]) or underscores (_). Spaces are not allowed. Must start with a letter ([a-z], [A-Z]) or underscores (_).")  # fmt: skip
    if name in _store(call):
        raise FakeRefusal(409, "Already exists - Variable already exists")
    _store(call)[name] = FakeVariable(name, call.required("value", str), now, now)
    return FakeAnswer(201, {})


def update_variable(call: FakeCall) -> FakeAnswer:
    """Change a variable, or its name."""
    variable = _variable(call)
    del _store(call)[variable.name]
    variable.name = (call.given("name", str, variable.name) or variable.name).upper()
    variable.value = call.given("value", str, variable.value) or ""
    variable.updated_at = call.state.now()
    _store(call)[variable.name] = variable
    return FakeAnswer(204)


def delete_variable(call: FakeCall) -> FakeAnswer:
    """Delete a variable."""
    del _store(call)[_variable(call).name]
    return FakeAnswer(204)


for _base, _scope in ((VARIABLES, "variables"), (ENVIRONMENT + "/variables", "environments")):
    route("GET", _base, _scope, "write", public=False)(list_variables)
    route("POST", _base, _scope, "write", public=False)(create_variable)
    route("GET", _base + "/{name}", _scope, "write", public=False)(get_variable)
    route("PATCH", _base + "/{name}", _scope, "write", public=False)(update_variable)
    route("DELETE", _base + "/{name}", _scope, "write", public=False)(delete_variable)


# Secrets: their names


def list_secrets(call: FakeCall) -> FakeAnswer:
    """The names of the secrets: no value is ever told."""
    held = _environment(call).secrets if "environment_name" in call.parameters else call.repository.secrets
    return call.page(sorted(held.items()), lambda pair: shapes.secret(*pair), wrapped="secrets")


route("GET", SECRETS, "secrets", "admin", public=False)(list_secrets)
route("GET", ENVIRONMENT + "/secrets", "environments", "admin", public=False)(list_secrets)


def public_key(call: FakeCall) -> FakeAnswer:
    """The key to seal secrets with. This GitHub cannot open what is sealed."""
    if "environment_name" in call.parameters:
        _environment(call)
    key = call.repository.secrets_key or hashlib.sha256(str(call.repository.id).encode()).digest()
    return FakeAnswer(200, {"key_id": str(call.repository.id), "key": base64.b64encode(key).decode()})


route("GET", SECRETS + "/public-key", "secrets", "admin", public=False)(public_key)
route("GET", ENVIRONMENT + "/secrets/public-key", "environments", "admin", public=False)(public_key)


@route("GET", ENVIRONMENT + "/secrets/{secret_name}", "environments", "admin", public=False)
def get_secret(call: FakeCall) -> FakeAnswer:
    """The name of a secret, and when it was set."""
    name = call.parameters["secret_name"].upper()
    at = _environment(call).secrets.get(name)
    if at is None:
        raise not_found()
    return FakeAnswer(200, shapes.secret(name, at))


@route("PUT", ENVIRONMENT + "/secrets/{secret_name}", "environments", "admin", public=False)
def put_secret(call: FakeCall) -> FakeAnswer:
    """Set a secret, which arrives sealed."""
    environment, name = _environment(call), call.parameters["secret_name"].upper()
    sealed, key_id = call.required("encrypted_value", str), call.required("key_id", str)
    if not _NAME.fullmatch(name) or key_id != str(call.repository.id):
        raise FakeRefusal(422, "Validation Failed")
    status = 204 if name in environment.secrets else 201
    environment.secrets[name] = call.state.now()
    environment.sealed[name] = sealed
    return FakeAnswer(status, {} if status == 201 else None)


# Environments


def _environment(call: FakeCall) -> FakeEnvironment:
    environment = call.repository.environments.get(call.parameters["environment_name"].casefold())
    if environment is None:
        raise not_found()
    return environment


@route("GET", ENVIRONMENTS, "actions")
def list_environments(call: FakeCall) -> FakeAnswer:
    """The environments."""
    found = list(call.repository.environments.values())
    return call.page(found, lambda one: shapes.environment(call.view, call.repository, one), wrapped="environments")


@route("GET", ENVIRONMENT, "actions")
def get_environment(call: FakeCall) -> FakeAnswer:
    """One environment."""
    return FakeAnswer(200, shapes.environment(call.view, call.repository, _environment(call)))


@route("PUT", ENVIRONMENT, "administration", "admin", public=False)
def put_environment(call: FakeCall) -> FakeAnswer:
    """Make an environment, or say anew what it asks: what is left out is asked no longer."""
    name, now, one = call.parameters["environment_name"], call.state.now(), call.repository
    asked = [reviewer.get("id") for reviewer in call.given("reviewers", list, []) or () if reviewer.get("type") == "User"]
    policy = call.given("deployment_branch_policy", dict)
    if one.private and not one.settings.has_rulesets and (asked or policy):
        raise FakeRefusal(422, "Failed to create the environment protection rule. Please ensure the billing plan supports the required reviewers protection rule.")  # fmt: skip
    environment = one.environments.get(name.casefold())
    if environment is None:
        environment = FakeEnvironment(call.state.new_id("environment"), name, now, now)
        one.environments[name.casefold()] = environment
    environment.wait_timer = call.given("wait_timer", int, 0) or 0
    environment.prevent_self_review = bool(call.given("prevent_self_review", bool))
    environment.reviewers = [call.state.accounts[id] for id in asked if id in call.state.accounts]
    environment.branch_policy = "all" if policy is None else "protected" if policy.get("protected_branches") else "custom"
    environment.updated_at = now
    return FakeAnswer(200, shapes.environment(call.view, one, environment))


@route("DELETE", ENVIRONMENT, "administration", "admin", public=False)
def delete_environment(call: FakeCall) -> FakeAnswer:
    """Delete an environment."""
    del call.repository.environments[_environment(call).name.casefold()]
    return FakeAnswer(204)


def _branch_policy(pair: tuple[int, str]) -> dict[str, Any]:
    id, name = pair
    return {"id": id, "node_id": node_id("GateBranchPolicy", id), "name": name, "type": "branch"}


@route("GET", ENVIRONMENT + "/deployment-branch-policies", "actions")
def list_branch_policies(call: FakeCall) -> FakeAnswer:
    """The branches that may use an environment."""
    return call.page(_environment(call).branch_names, _branch_policy, wrapped="branch_policies")


@route("POST", ENVIRONMENT + "/deployment-branch-policies", "administration", "admin", public=False)
def create_branch_policy(call: FakeCall) -> FakeAnswer:
    """Let a branch use an environment."""
    environment, name = _environment(call), call.required("name", str)
    if environment.branch_policy != "custom":
        raise not_found()
    pair = (call.state.new_id("policy"), name)
    environment.branch_names.append(pair)
    return FakeAnswer(200, _branch_policy(pair))


# Rulesets


def _check_plan(call: FakeCall) -> None:
    if not call.repository.settings.has_rulesets:
        raise FakeRefusal(403, "Upgrade to GitHub Pro or make this repository public to enable this feature.")


def _ruleset(call: FakeCall) -> FakeRuleset:
    _check_plan(call)
    ruleset = call.repository.rulesets.get(call.number("ruleset_id"))
    if ruleset is None:
        raise not_found()
    return ruleset


@route("GET", RULESETS)
def list_rulesets(call: FakeCall) -> FakeAnswer:
    """The rulesets, in short."""
    _check_plan(call)
    found = list(call.repository.rulesets.values())
    return call.page(found, lambda one: shapes.repository_ruleset(call.view, call.repository, one))


@route("GET", RULESETS + "/{ruleset_id}")
def get_ruleset(call: FakeCall) -> FakeAnswer:
    """One ruleset. Who may pass it by is shown to administrators only."""
    return FakeAnswer(200, shapes.repository_ruleset(call.view, call.repository, _ruleset(call), whole=True))


def _fill(call: FakeCall, ruleset: FakeRuleset) -> FakeAnswer:
    ruleset.name = call.given("name", str, ruleset.name) or ruleset.name
    ruleset.target = call.given("target", str, ruleset.target) or "branch"
    ruleset.enforcement = call.given("enforcement", str, ruleset.enforcement) or "active"
    ruleset.conditions = call.given("conditions", dict, ruleset.conditions) or {}
    ruleset.rules = call.given("rules", list, ruleset.rules) or []
    ruleset.bypass_actors = call.given("bypass_actors", list, ruleset.bypass_actors) or []
    ruleset.updated_at = call.state.now()
    return FakeAnswer(200, shapes.repository_ruleset(call.view, call.repository, ruleset, whole=True))


@route("POST", RULESETS, "administration", "admin", public=False)
def create_ruleset(call: FakeCall) -> FakeAnswer:
    """Make a ruleset."""
    _check_plan(call)
    now, name = call.state.now(), call.required("name", str)
    ruleset = FakeRuleset(call.state.new_id("ruleset"), name, "branch", call.required("enforcement", str), now, now)
    answer = _fill(call, ruleset)
    call.repository.rulesets[ruleset.id] = ruleset
    return FakeAnswer(201, answer.body)


@route("PUT", RULESETS + "/{ruleset_id}", "administration", "admin", public=False)
def update_ruleset(call: FakeCall) -> FakeAnswer:
    """Change a ruleset."""
    return _fill(call, _ruleset(call))


@route("DELETE", RULESETS + "/{ruleset_id}", "administration", "admin", public=False)
def delete_ruleset(call: FakeCall) -> FakeAnswer:
    """Delete a ruleset."""
    del call.repository.rulesets[_ruleset(call).id]
    return FakeAnswer(204)


@route("GET", REPO + "/rules/branches/{branch}")
def rules_of_branch(call: FakeCall) -> FakeAnswer:
    """The rules in force for a branch, whether it is there or not."""
    _check_plan(call)
    pairs = list(rules_for(call.repository, f"refs/heads/{call.parameters['branch']}"))
    where = {"ruleset_source_type": "Repository", "ruleset_source": call.repository.full_name}
    return call.page(pairs, lambda pair: {**pair[1], **where, "ruleset_id": pair[0].id})


# Pages, and what Actions may do


@route("GET", REPO + "/pages", "pages", public=False)
def get_pages(call: FakeCall) -> FakeAnswer:
    """The site."""
    if not call.repository.settings.has_pages:
        raise not_found()
    return FakeAnswer(200, shapes.page(call.view, call.repository))


@route("POST", REPO + "/pages", "administration", "admin", public=False)
def create_pages(call: FakeCall) -> FakeAnswer:
    """Make a site."""
    settings = call.repository.settings
    if settings.has_pages:
        raise FakeRefusal(409, "GitHub Pages is already enabled.")
    settings.has_pages, settings.pages_source = True, call.given("build_type", str, "legacy") or "legacy"
    return FakeAnswer(201, shapes.page(call.view, call.repository))


@route("PUT", REPO + "/pages", "administration", "admin", public=False)
def update_pages(call: FakeCall) -> FakeAnswer:
    """Say anew how the site is built."""
    get_pages(call)
    settings = call.repository.settings
    settings.pages_source = call.given("build_type", str, settings.pages_source) or settings.pages_source
    return FakeAnswer(204)


@route("GET", REPO + "/actions/permissions", "administration", "admin", public=False)
def get_actions_permissions(call: FakeCall) -> FakeAnswer:
    """Whether Actions run here."""
    url = f"{call.view.repository_url(call.repository)}/actions/permissions/selected-actions"
    return FakeAnswer(200, {"enabled": True, "allowed_actions": "all", "selected_actions_url": url, "sha_pinning_required": False})


@route("GET", REPO + "/actions/permissions/workflow", "administration", "admin", public=False)
def get_workflow_permissions(call: FakeCall) -> FakeAnswer:
    """What jobs may do that do not say."""
    settings = call.repository.settings
    shape = {
        "default_workflow_permissions": settings.workflow_permissions,
        "can_approve_pull_request_reviews": settings.actions_may_approve,
    }
    return FakeAnswer(200, shape)


@route("PUT", REPO + "/actions/permissions/workflow", "administration", "admin", public=False)
def put_workflow_permissions(call: FakeCall) -> FakeAnswer:
    """Say what jobs may do that do not say."""
    settings = call.repository.settings
    told = call.given("default_workflow_permissions", str)
    settings.workflow_permissions = "write" if told == "write" else "read" if told == "read" else settings.workflow_permissions
    if (may := call.given("can_approve_pull_request_reviews", bool)) is not None:
        settings.actions_may_approve = may
    return FakeAnswer(204)
