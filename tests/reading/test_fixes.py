"""Fixes, keys set in YAML, and atomic writes change only what they should."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from marronnier.files import atomic_write, document, line_fixes, yaml_edit
from marronnier.model.finding import Fix

SETTINGS = """# La marque
name: Jardin  # son nom

ledger:
    # ne pas toucher
    first:
foreign_keys:
    - "kanban"   # notre outil
quorum: 010
"""


def test_a_fix_keeps_newlines_and_the_byte_order_mark() -> None:
    text = "\ufeff---\r\ntitle: a\r\n---"
    assert (
        line_fixes.apply_fixes(text, [Fix(1, "---", "---\nid: x"), Fix(2, "title: a", "title: b")])
        == "\ufeff---\r\nid: x\r\ntitle: b\r\n---"
    )


def test_a_line_that_changed_since_is_left_alone() -> None:
    assert line_fixes.apply_fixes("a\nb\n", [Fix(1, "x", "y"), Fix(9, "a", "b"), Fix(2, "b", "c"), Fix(2, "b", "d")]) == "a\nc\n"


LINES = st.lists(st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=8), min_size=1, max_size=6)


@given(LINES, st.sampled_from(["\n", "\r\n", "\r"]), st.data())
def test_only_the_fixed_line_changes(lines: list[str], newline: str, data: st.DataObject) -> None:
    lines = [line.lstrip("\ufeff") for line in lines]
    number = data.draw(st.integers(0, len(lines) - 1))
    text = newline.join(lines) + newline
    mended = line_fixes.apply_fixes(text, [Fix(number + 1, lines[number], "new")])
    assert mended == newline.join([*lines[:number], "new", *lines[number + 1 :]]) + newline


def test_a_key_is_set_and_comments_order_and_quotes_stay() -> None:
    written = yaml_edit.set_key(SETTINGS, ("ledger", "first"), "a" * 40)
    assert written == SETTINGS.replace("    first:\n", f"    first: {'a' * 40}\n")


@pytest.mark.parametrize(
    "text", ["", "# seul un commentaire\n", "name: x\n", "name: x", "name: x\r\nzone: y\r\n", "\ufeffname: x\n", "---\nname: x\n"]
)
def test_a_missing_mapping_is_added(text: str) -> None:
    written = yaml_edit.set_key(text, ("ledger", "first"), "b" * 40)
    assert written.startswith(text.rstrip("\r\n"))
    read = document.parse_yaml("brand/brand.yml", written.encode())
    assert read.findings == ()
    assert read.data["ledger"] == {"first": "b" * 40}
    assert ("\r\n" in written) == ("\r\n" in text)
    again = yaml_edit.set_key(written, ("ledger", "first"), "c" * 40)
    assert again == written.replace("b" * 40, "c" * 40)


@pytest.mark.parametrize("text", ["- a\n", "ledger: x\n", "a: [\n"])
def test_a_key_that_cannot_be_set_raises(text: str) -> None:
    with pytest.raises(ValueError):
        yaml_edit.set_key(text, ("ledger", "first"), "x")


VALUES = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=30)


@example("\u00a0")
@given(VALUES)
def test_a_key_that_was_set_is_parsed_back(value: str) -> None:
    written = yaml_edit.set_key("name: x # y\n", ("description",), value)
    read = document.parse_yaml("brand/brand.yml", written.encode())
    import unicodedata

    assert (read.data["description"] or "") == unicodedata.normalize("NFC", value), written


def test_writing_is_atomic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "deep" / "a.md"
    atomic_write.write(file, "é\r\n")
    assert file.read_bytes() == "é\r\n".encode()
    file.chmod(0o640)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space") as caught:
        atomic_write.write(file, b"b")
    assert caught.value.filename == str(file)
    assert file.read_bytes() == "é\r\n".encode()
    assert [path.name for path in file.parent.iterdir()] == ["a.md"]
    monkeypatch.undo()
    atomic_write.write(file, b"b")
    assert file.stat().st_mode & 0o777 == 0o640
