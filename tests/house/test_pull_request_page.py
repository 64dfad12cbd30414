"""The page about pull requests: its session is run, and the report that it shows is the one that is printed."""

from __future__ import annotations

from pathlib import Path

from people import Town
from stories.telling import Command, Written, matches, place, run, steps

PAGE = Path(__file__).parents[2] / "scripts/handbook/pull-requests.md"


def test_the_session_of_the_page(town: Town, tmp_path: Path) -> None:
    text = PAGE.read_text(encoding="utf-8")
    repository = place(text, town, tmp_path / "repository")
    shown = 0
    for step in steps(text):
        if isinstance(step, Written):
            path = repository / step.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(step.text, encoding="utf-8")
        elif isinstance(step, Command):
            seen, status = run(step, repository, tmp_path, town)
            assert (status, matches(step.seen, seen)) == (step.status, True), f"line {step.line}: $ {step.typed}\n{seen}"
            shown += "What this changes" in seen
    assert shown == 1
