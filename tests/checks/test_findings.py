"""No input makes a rule fail, and every finding says where, what, what was expected and what to do."""

from __future__ import annotations

import re
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.rule_pages import Case, build, build_ledger, cases
from marronnier import checks, desk, timetable
from marronnier.checks import registry
from marronnier.files import WorkTree
from marronnier.model.finding import Finding
from marronnier.proofs.situation import Situation

NOW = datetime(2026, 12, 2, 8, tzinfo=UTC)
REFUSED = [(name, case) for name in registry.names() for case in cases(registry.get(name).page()[0]) if case.kind == "Refused"]


def run_checks(root: Path, ledger: str = "") -> list[Finding]:
    book = build_ledger(root, ledger) if ledger else None
    loaded = desk.load(WorkTree(root))
    histories = book.histories if book else {}
    payload = book.payload if book else lambda _sha256: None
    table = timetable.make(loaded, histories, NOW)
    return checks.run(Situation(desk=loaded, timetable=table, histories=histories, now=NOW, payload=payload))


def assert_whole(root: Path, findings: list[Finding]) -> None:
    """Each finding is whole, and its place is a place."""
    for finding in findings:
        for sentence in (finding.message, finding.expected, finding.next):
            assert sentence.strip(), finding
            assert not sentence.endswith("."), finding
            assert not re.search(r"{[a-z_]+}", sentence), finding
        assert finding.rule in registry.names(), finding
        lines = re.split(r"\r\n|\r|\n", (root / finding.place.path).read_bytes().decode("utf-8", "replace").removeprefix("\ufeff"))
        assert 1 <= finding.place.line <= len(lines) + 1, finding
        line = lines[finding.place.line - 1] if finding.place.line <= len(lines) else ""
        assert 1 <= finding.place.column <= len(line) + 1, finding


@pytest.mark.parametrize(("rule", "case"), REFUSED, ids=[f"{rule}:{case.line}" for rule, case in REFUSED])
def test_the_findings_of_the_pages_are_whole(rule: str, case: Case, tmp_path: Path) -> None:
    root = build(tmp_path, case.files)
    findings = run_checks(root, case.ledger)
    assert rule in {finding.rule for finding in findings}
    assert_whole(root, findings)


NAMES = st.sampled_from(
    ["journal", "mastodon", "reseaux", "feed", "mastodn", "x", "é", "a b", "portes-ouvertes", "jardin", "verger", "next"]
)
DATES = st.sampled_from(
    [
        "2026-12-05 10:00",
        "2026-12-05",
        "2027-03-28 02:30",
        "2027-10-31 02:30",
        "2025-01-01 09:00",
        "2026-12-05 10:10 +01:00",
        "2026-02-30",
        "hier",
    ]
)
MEDIA = st.sampled_from(
    ["jardin.jpg", "../../../etc/passwd", "/etc/passwd", "content/media/jardin.jpg", "", ".", "a\\b", "é.png", "x" * 300]
)
VALUES = {
    "title": st.sampled_from(["Le jardin", "# 1", "é : ü", "'"]),
    "date": DATES,
    "channels": st.lists(NAMES, max_size=3).map(lambda names: "[" + ", ".join(f'"{name}"' for name in names) + "]"),
    "campaign": NAMES,
    "pillar": NAMES,
    "slot": NAMES,
    "media": st.lists(MEDIA, max_size=2).map(lambda files: "[" + ", ".join("'" + file + "'" for file in files) + "]"),
    "tags": st.sampled_from(["[jardin]", "jardin", "[a b, 'c']"]),
    "id": st.sampled_from(["one", "two", "É"]),
    "draft": st.sampled_from(["true", "false", "oui"]),
    "allow": st.sampled_from(["{clash: why}", "{over-length: why}", "{nothing: x}", '{clash: ""}', "clash"]),
    "repeat": st.sampled_from(["FREQ=DAILY;COUNT=3", "FREQ=WEEKLY;COUNT=2", "often"]),
    "for": st.sampled_from(["{journal: {date: 2026-12-05 10:20}}", "{linkdin: {media: [a.jpg]}}", "{reseaux: {slot: mardi-conseil}}"]),
    "chanels": NAMES,
}
BODIES = st.sampled_from(
    ["", "Venez.", "## @mastodon\nOui.", "## @none\nNon.", "Un.\n\n---\n\nDeux.", "mot " * 200, "```\n## @x\n```", "\U0001f331" * 400]
)


@st.composite
def posts(draw: st.DrawFn) -> str:
    keys = draw(st.lists(st.sampled_from(sorted(VALUES)), unique=True, max_size=7))
    front = "".join(f"{key}: {draw(VALUES[key])}\n" for key in keys)
    return f"---\n{front}---\n{draw(BODIES)}\n"


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(posts() | st.text(max_size=40), min_size=1, max_size=4))
def test_no_rule_fails_on_any_input(written: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        folders = ("content/posts/2026/12", "content/ideas")
        files = {
            f"{folders[number % 3 == 2]}/p{number}.md": text.encode("utf-8", "replace").decode() for number, text in enumerate(written)
        }
        root = build(Path(folder), files)
        findings = run_checks(root)
        assert_whole(root, findings)
        assert findings == run_checks(root)
        assert findings == sorted(findings, key=lambda finding: finding.place)
