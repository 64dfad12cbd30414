"""Examines the repository: whether anything says who approves, how the ledger is protected, and which settings of the forge are done."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from marronnier import ledger
from marronnier.doctor.note import Note, NoteState
from marronnier.files import Tree
from marronnier.forge import Setup, SetupNeeds, StepState
from marronnier.git import Repo
from marronnier.messages import _

POLICY = "brand/approvals.yml"
PUBLISH_WORKFLOW = ".github/workflows/publish.yml"


def examine_policy(tree: Tree) -> tuple[Note, ...]:
    """Whether anything says who must approve what."""
    if tree.exists(POLICY):
        return ()
    message = _("there is no {file}, so nobody may approve, and nothing goes out", file=POLICY)
    return (Note("note", message, _("name people in it under `approvers:`, or write `quorum: 0`: then merging counts as approval")),)


MANY_CHECKPOINTS = 1000
"""From this many checkpoint tags on, every fetch lists a hundred kilobytes."""


def examine_ledger(repo: Repo, *, asks_forge: bool = False) -> tuple[Note, ...]:
    """Whether origin protects the ledger's branch from being set back, as far as it can be told, and whether it has too many checkpoints.

    `asks_forge`: the forge's own settings answer the first question.
    """
    protection = None if asks_forge else _protection_note(ledger.forced_pushes(repo))
    notes = [note for note in (protection,) if note is not None]
    if (count := ledger.count_checkpoints(repo)) >= MANY_CHECKPOINTS:
        notes.append(Note("note", _("the ledger has {count} checkpoints", count=count), _("run `marronnier ledger prune`")))
    return tuple(notes)


def _protection_note(protection: ledger.Protection) -> Note | None:
    match protection:
        case "local":
            return None
        case "refused":
            return Note("fine", _("origin refuses to set the branch `ledger` back"))
        case "allowed":
            return Note(
                "note",
                _("origin lets anyone who can push set the branch `ledger` back: every run would find that out and stop"),
                _("run `git config receive.denyNonFastForwards true` in origin's folder"),
            )
        case "untold":
            return Note(
                "note",
                _("whether origin refuses to set the branch `ledger` back cannot be told from here: where it does not, anyone who can push can stop all sending"),
                _("forbid forced pushes to `ledger`, and moving or deleting the tags `ledger-checkpoint/*`, in the settings of the server"),
            )  # fmt: skip


def ledger_not_begun() -> Note:
    """That a repository on a forge has no ledger yet, though all its settings may be fine."""
    return Note(
        "open", _("it has not begun, and nothing goes out without it"), _("type the line that `marronnier init --github` prints for it")
    )


def examine_settings(setup: Setup, needs: SetupNeeds, workflow: str | None) -> tuple[Note, ...]:
    """Which of the steps on the forge are done, and the click that mends each of the others.

    `workflow` is the text of the publishing workflow; None where there is none yet.
    """
    states: Mapping[StepState, NoteState] = {"done": "fine", "missing": "open", "unknown": "unknown"}
    notes = []
    for step in setup.examine(needs):
        mend = "" if step.state == "done" else f"{step.sentence} {step.address}"
        notes.append(Note(states[step.state], step.status, mend))
    if workflow is not None and (absent := absent_secrets(workflow, [name for names in needs.environments.values() for name in names])):
        notes.append(
            Note(
                "open",
                _("{file} does not give the job: {names}", file=PUBLISH_WORKFLOW, names=", ".join(absent)),
                _("run `marronnier init --github`: it shows the lines that are missing"),
            )
        )
    return tuple(notes)


def absent_secrets(workflow: str, names: Sequence[str]) -> list[str]:
    """The secrets that the text of a workflow does not hand to its job."""
    handed = set(re.findall(r"\bsecrets\.(\w+)", workflow))
    return [name for name in names if name not in handed]
