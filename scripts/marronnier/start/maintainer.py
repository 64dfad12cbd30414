"""Whoever begins a brand, named in `brand/approvals.yml` by the number of their account; and who is asked to review."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from marronnier.desk.post_parser import slugify
from marronnier.files import yaml_edit
from marronnier.files.atomic_write import write
from marronnier.messages import Trouble, _
from marronnier.model.approval_policy import Policy
from marronnier.model.brand import Brand

APPROVALS = "brand/approvals.yml"
BRAND = "brand/brand.yml"


@dataclass(frozen=True, slots=True)
class Maintainer:
    """A person who begins a brand."""

    number: int
    """The number of their account on the forge."""
    name: str
    login: str = ""
    email: str = ""
    """The address in their commits, by which their own changes are recognised."""

    @property
    def key(self) -> str:
        """Their name in `brand/approvals.yml`."""
        return slugify(self.login or self.name or "maintainer")


def name_maintainer(root: Path, policy: Policy, maintainer: Maintainer) -> str:
    """Name them as the first approver, and return their name there; empty where the file already names somebody and not them.

    Raises Trouble when the file cannot be read.
    """
    known = next((key for key, approver in policy.approvers.items() if approver.github == maintainer.number), "")
    if known or policy.approvers:
        return known
    path = root / APPROVALS
    entry: dict[str, object] = {"name": maintainer.name or maintainer.login or maintainer.key, "github": maintainer.number}
    if maintainer.email:
        entry["emails"] = [maintainer.email]
    try:
        text = path.read_bytes().decode("utf-8") if path.exists() else ""
        write(path, yaml_edit.set_key(text, ("approvers", maintainer.key), entry))
    except ValueError as error:
        raise Trouble(_("{path} cannot be read", path=APPROVALS), _("See `marronnier check {path}`.", path=APPROVALS)) from error
    return maintainer.key


def note_private(root: Path, brand: Brand) -> bool:
    """Say in `brand/brand.yml` that the repository is private, and return whether that is new. Raises Trouble where it cannot be read."""
    if brand.private:
        return False
    path = root / BRAND
    try:
        write(path, yaml_edit.set_key(path.read_bytes().decode("utf-8"), ("private",), True))
    except ValueError as error:
        raise Trouble(_("{path} cannot be read", path=BRAND), _("See `marronnier check {path}`.", path=BRAND)) from error
    return True


def owners(policy: Policy, login_of: Callable[[int], str]) -> Sequence[str]:
    """Everyone who may approve, as CODEOWNERS names them: by login where it can be told, else by an address."""
    found = []
    for approver in policy.approvers.values():
        login = login_of(approver.github) if approver.github is not None else ""
        if login:
            found.append(f"@{login}")
        elif approver.emails:
            found.append(approver.emails[0])
    return tuple(dict.fromkeys(found))
