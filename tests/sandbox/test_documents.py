"""PDFs: how many pages they have, and those that nobody could open."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

import documents
from marronnier import sandbox


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("pages", [1, 12])
def test_pages_are_counted(pages: int, packed: bool) -> None:
    info = sandbox.inspect(documents.document(pages, packed=packed), "plan.pdf")
    assert (info.category, info.mime, info.pages, info.problem) == ("document", "application/pdf", pages, "")


def test_pages_of_another_program_are_counted() -> None:
    file, page = io.BytesIO(), Image.new("RGB", (40, 40))
    page.save(file, "PDF", save_all=True, append_images=[page, page])
    assert sandbox.inspect(file.getvalue(), "a.pdf").pages == 3


WHOLE = documents.document()


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "unknown-kind"),
        (b"Le plan du jardin", "unknown-kind"),
        (b"%PDF-1.7\n", "damaged"),
        (WHOLE[: len(WHOLE) // 2], "damaged"),
        (b"%PDF-1.7\n" + b"x" * 500 + b"\nstartxref\n9\n%%EOF", "damaged"),
        (documents.document(0), "no-pages"),
        (documents.document(0, packed=True), "no-pages"),
        (documents.document(encrypted=True), "encrypted"),
        (documents.document(encrypted=True, packed=True), "encrypted"),
    ],
)
def test_what_nobody_could_open_is_a_problem(data: bytes, problem: str) -> None:
    info = sandbox.inspect(data, "plan.pdf")
    assert (info.problem, info.pages) == (problem, 0) and sandbox.describe_problem(problem)


def test_a_document_in_another_name_is_misnamed() -> None:
    assert sandbox.inspect(WHOLE, "plan.jpg").problem == "misnamed"


def test_what_was_changed_after_the_end_counts() -> None:
    """A program that adds a page writes the tree of pages anew behind the old end."""
    more = b"2 0 obj\n<< /Type /Pages /Kids [3 0 R 3 0 R 4 0 R] /Count 3 >>\nendobj\n"
    at = len(WHOLE) + len(more)
    table = b"xref\n2 1\n%010d 00000 n \ntrailer\n<< /Size 5 /Root 1 0 R /Prev 0 >>\nstartxref\n%d\n%%%%EOF\n" % (len(WHOLE), at)
    assert sandbox.inspect(WHOLE + more + table, "a.pdf").pages == 3


def test_a_stream_that_swells_is_given_up(tmp_path: Path) -> None:
    """A document may claim anything: it costs a second, and neither memory nor a wrong answer."""
    import zlib

    held = zlib.compress(bytes(64 << 20), 9)
    said = b"1 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n" % len(held)
    bomb = b"%PDF-1.7\n" + (said + held + b"\nendstream\nendobj\n") * 20
    whole = bomb + b"xref\n0 0\ntrailer\n<< /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(bomb)
    (tmp_path / "a.pdf").write_bytes(whole)
    info = sandbox.inspect_file(tmp_path / "a.pdf", "a.pdf")
    assert info.pages == 0 and info.problem in ("", "too-costly")


def test_an_encrypted_document_within_another_does_not_count() -> None:
    inner = documents.document(encrypted=True)
    said = b"9 0 obj\n<< /Length %d >>\nstream\n" % len(inner)
    data = WHOLE.replace(b"1 0 obj", said + inner + b"\nendstream\nendobj\n1 0 obj", 1)
    assert sandbox.inspect(data, "a.pdf").problem == ""
