"""Posts as a table: what our own CSV holds, and how its cells are written and read."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

from marronnier.desk import Desk
from marronnier.files.document import parse_markdown
from marronnier.messages import Trouble, _
from marronnier.model.post import FrontMatter
from marronnier.model.shape import shape_of
from marronnier.timetable.written_times import is_idea

TEXT = "text"
"""The column of the words of a post, as Markdown, with the sections of its channels."""
KEYS = tuple(shape_of(FrontMatter).keys)
LISTS = frozenset({"channels", "audience", "tags", "requires"})
"""Keys whose names stand in one cell, separated by commas."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
"""What a cell may begin with that a spreadsheet would run; and the mark that keeps it from doing so."""
_MAX_CELL = 1 << 20


def posts_as_csv(desk: Desk) -> str:
    """Every post that can be read, one in a row: its id, each key that any post has, and its words. The same table can be imported.

    The text begins with a byte order mark, without which Excel takes it for another encoding.
    """
    rows = [_row_of(desk, post_id) for post_id in sorted(desk.posts, key=lambda post_id: desk.posts[post_id].path)]
    used = {key for row in rows for key in row} - {TEXT}
    columns = ["id", *(key for key in KEYS if key in used and key != "id"), *sorted(used - set(KEYS)), TEXT]
    output = io.StringIO(newline="")
    writer = csv.writer(output)
    writer.writerow(columns)
    writer.writerows([[_as_cell(row.get(column, "")) for column in columns] for row in rows])
    return "\ufeff" + output.getvalue()


def _row_of(desk: Desk, post_id: str) -> Mapping[str, str]:
    post = desk.posts[post_id]
    document = parse_markdown(post.path, desk.tree.read(post.path))
    row = {key: _value_text(key, value) for key, value in document.data.items() if value is not None and key != TEXT}
    if is_idea(post):
        # In a table no folder says it.
        row["draft"] = "true"
    return {**row, "id": post_id, TEXT: document.body.strip("\n")}


def _value_text(key: str, value: Any) -> str:
    """A value in one cell: a text as it is, names with commas between them, anything else as JSON."""
    if isinstance(value, str):
        # Quotes keep the blanks around a text, and keep one that looks like JSON from being read as a list.
        return json.dumps(value, ensure_ascii=False) if _looks_like_json(value) or value != value.strip() else value
    names = value if isinstance(value, list) else []
    if (
        key in LISTS
        and names
        and all(isinstance(name, str) and name and name == name.strip() and not set(name) & set(',;[{"#') for name in names)
    ):
        return ", ".join(names)
    return json.dumps(_without_nothing(value), ensure_ascii=False)


def parse_value(key: str, cell: str) -> Any:
    """The value of a cell of our own table. Raises ValueError where JSON is begun and cannot be read."""
    if _looks_like_json(cell):
        return json.loads(cell)
    return [name.strip() for name in cell.split(",") if name.strip()] if key in LISTS else cell


def _looks_like_json(text: str) -> bool:
    return text.lstrip()[:1] in ("[", "{", '"')


def _without_nothing(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_nothing(entry) for key, entry in value.items() if entry is not None}
    return [_without_nothing(entry) for entry in value] if isinstance(value, list) else value


def _as_cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def without_mark(cell: str) -> str:
    """The text of a cell of our own table, without the mark before what looks like a formula."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def read_rows(name: str, text: str) -> list[tuple[int, list[str]]]:
    """The rows of a CSV file that hold anything, each with the line on which it begins. Raises Trouble where it is no CSV.

    Commas, semicolons or tabs are between cells: whichever the first line has most of, outside quotes.
    """
    text = text.removeprefix("\ufeff")
    first = next(iter(text.splitlines()), "")
    outside = "".join(first.split('"')[::2])
    delimiter = max(",;\t", key=outside.count)
    csv.field_size_limit(_MAX_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows = []
    line = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append((line, row))
            line = reader.line_num + 1
    except csv.Error as error:
        raise Trouble(
            _("{place}: this cannot be read as CSV: {why}", place=f"{name}:{max(reader.line_num, 1)}", why=error),
            _("Save the table as CSV again: each cell with a comma, a quote or a line break stands between quotes."),
            status=2,
        ) from error
    return rows
