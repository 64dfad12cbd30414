"""What rules share through the view: a file known to be clean is not searched again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from checks.rule_pages import build
from marronnier import desk, timetable
from marronnier.cache import Cache
from marronnier.checks.view import View
from marronnier.files import WorkTree
from marronnier.proofs.situation import Situation

NOW = datetime(2026, 12, 2, 8, tzinfo=UTC)
POST = "content/posts/2026/12/a.md"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return build(tmp_path / "brand", {POST: "---\ntitle: A\ndate: 2026-12-05 10:00\nchannels: [journal]\n---\nBonjour.\n"})


def searches(root: Path, cache: Cache, word: str, only: str | None = None) -> int:
    """How often a rule searches the post for a word, when it asks twice."""
    loaded = desk.load(WorkTree(root), only=only)
    view = View(Situation(desk=loaded, timetable=timetable.make(loaded, {}, NOW), now=NOW), cache)
    texts: list[str] = []

    def search(text: str) -> bool:
        texts.append(text)
        return word in text

    for _time in range(2):
        view.is_known_clean("a-rule", view.posts[0], search)
    cache.save()
    return len(texts)


def test_a_clean_file_is_searched_once_until_its_bytes_change(root: Path) -> None:
    assert [searches(root, Cache(root), "Bonsoir"), searches(root, Cache(root), "Bonsoir")] == [1, 0]
    with (root / POST).open("a", encoding="utf-8") as file:
        file.write("Encore.\n")
    assert searches(root, Cache(root), "Bonsoir") == 1


def test_a_file_with_findings_is_searched_each_time(root: Path) -> None:
    assert [searches(root, Cache(root), "Bonjour"), searches(root, Cache(root), "Bonjour")] == [2, 2]


def test_a_post_checked_alone_reads_and_writes_no_results_of_texts(root: Path) -> None:
    assert [searches(root, Cache(root), "Bonsoir", only=POST), searches(root, Cache(root), "Bonsoir", only=POST)] == [1, 1]
    assert not (root / ".marronnier").exists()


def test_a_cache_without_a_folder_keeps_values_in_memory_only() -> None:
    cache = Cache()
    cache.put("shelf", "key", (1, 2))
    cache.save()
    assert cache.get("shelf", "key") == (1, 2)
    assert Cache().get("shelf", "key") is None
