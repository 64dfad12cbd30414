"""Posts in a CSV table: our own export, Buffer's, Hootsuite's, or one of your own.

Buffer's bulk upload has the columns Text, Image URL, Tags and Posting Time; Hootsuite's bulk composer has a date, a message and a link
without a header. Seen 2026-11-27 in the code of tools that write these files, and in guides to them; both help centres close their pages to
readers without a browser, so a column may be missing here, and is then named.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from marronnier.desk import Desk
from marronnier.desk.post_parser import post_folder
from marronnier.files import Tree, yaml_text
from marronnier.importers import TableOptions, csv_table, picture_download, table_dates
from marronnier.importers.bundle import Bundle, ImportedPost, PastSend, Remark, UniqueNames
from marronnier.importers.table_dates import Order
from marronnier.messages import Trouble, _, ngettext
from marronnier.model.scalars import WrittenDate, split_names
from marronnier.text.markdown_escape import escape_markdown

TOOL = "csv"
MEANINGS = ("text", "date", "time", "link", "image", "alt", "title", "tags", "channels", "campaign", "lang", "id")
"""What a column may mean, as `--map` writes it."""

_BUFFER = {"Text": "text", "Image URL": "image", "Posting Time": "date"}
_HOOTSUITE = {"1": "date", "2": "text", "3": "link"}
_DATE_CELL = re.compile(r"\s*\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}[ T]+\d{1,2}:\d{2}")


@dataclass
class _Table:
    """A table, while it is read."""

    name: str
    columns: list[str]
    rows: list[tuple[int, list[str]]]
    meanings: Mapping[str, str]
    """What a column means, by its name; our own tables need none."""
    is_own: bool = False
    remarks: list[Remark] = field(default_factory=list)
    unused: Counter[str] = field(default_factory=Counter)
    """How many cells of a column are not carried, by its name."""

    def note(self, line: int, message: str, *, left_behind: bool = False) -> None:
        """Note something about the row on that line."""
        self.remarks.append(Remark(f"{self.name}:{line}", message, left_behind))

    def cells(self, line: int, row: list[str]) -> list[tuple[str, str]]:
        """The cells of a row that hold anything, by column."""
        for extra in row[len(self.columns) :]:
            if extra.strip():
                self.note(line, _("not imported: the cell {text} has no column", text=extra.strip()[:60]), left_behind=True)
        return [(column, cell) for column, cell in zip(self.columns, row, strict=False) if cell.strip()]


def read(source: Tree, desk: Desk, now: datetime, zone: ZoneInfo, *, fresh: bool) -> Bundle:
    """All posts of a table, or of all tables in a folder. Raises Trouble for a file that is none, and where it does not say enough."""
    return read_table(source, desk, now, zone, fresh=fresh, options=TableOptions())


def read_table(source: Tree, desk: Desk, now: datetime, zone: ZoneInfo, *, fresh: bool, options: TableOptions) -> Bundle:
    """All posts of a table, as these options say it is to be read. Raises Trouble."""
    paths = [path for path in source.paths(("",)) if path.lower().endswith((".csv", ".tsv", ".txt"))] or list(source.paths(("",)))[:1]
    tables = [_open_table(path, source.read(path), options) for path in paths]
    if not any(table.rows for table in tables):
        raise Trouble(_("There is no table here, or it has no rows"), _("Name a CSV file."), status=2)
    names = UniqueNames()
    bundle_posts: list[ImportedPost] = []
    pictures: dict[str, str] = {}
    copies: dict[str, str] = {}
    for table in tables:
        order = _date_order(table, options)
        for line, row in table.rows:
            values = _values(table, line, row)
            post = _Row(table, line, values, source, pictures, copies).convert(desk, now, zone, names, order, options, fresh=fresh)
            if post is not None:
                bundle_posts.append(post)
        for column, count in table.unused.items():
            message = ngettext(
                "{count} value not imported: no key has that meaning here",
                "{count} values not imported: no key has that meaning here",
                count,
            )
            table.remarks.append(Remark(f"{table.name}: {column}", message))
    foreign = {column for table in tables if table.is_own for column in table.columns} - {csv_table.TEXT, *csv_table.KEYS, ""}
    return Bundle(
        TOOL,
        len(tables),
        tuple(bundle_posts),
        foreign_keys=tuple(sorted(foreign)),
        pictures=pictures,
        copies=copies,
        remarks=tuple(remark for table in tables for remark in table.remarks),
        sources=frozenset(paths),
    )


def _open_table(name: str, data: bytes, options: TableOptions) -> _Table:
    """The table of a file, with what its columns mean. Raises Trouble where that is not known."""
    remarks = []
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
        remarks.append(Remark(name, _("it is not UTF-8, and was read as Windows-1252: look at the accents"), left_behind=False))
    if "\x00" in text:
        raise Trouble(_("{name} is no text", name=name), _("Save the table as CSV, and name that file."), status=2)
    rows = csv_table.read_rows(name, text)
    if not rows:
        return _Table(name, [], [], {}, remarks=remarks)
    header = [cell.strip() for cell in rows[0][1]]
    if options.columns:
        missing = [column for column in options.columns.values() if column not in header]
        if missing:
            raise Trouble(
                _("{name} has no column {column}", name=name, column=missing[0]),
                _("Its columns are {columns}.", columns=", ".join(header)),
                status=2,
            )
        return _Table(name, header, rows[1:], {column: meaning for meaning, column in options.columns.items()}, remarks=remarks)
    if {"id", csv_table.TEXT} <= set(header):
        return _Table(name, header, rows[1:], {}, is_own=True, remarks=remarks)
    if {"Text", "Posting Time"} <= set(header):
        return _Table(name, header, rows[1:], _BUFFER, remarks=remarks)
    if len(header) > 1 and _DATE_CELL.match(header[0]):
        width = max(len(row) for _line, row in rows)
        return _Table(name, [str(number + 1) for number in range(width)], rows, _HOOTSUITE, remarks=remarks)
    raise Trouble(
        _("The columns of {name} are not known: {columns}", name=name, columns=", ".join(header)),
        _(
            "Say what each one means: --map text=COLUMN --map date=COLUMN; the meanings are {meanings}.",
            meanings=", ".join(MEANINGS),
        ),
        status=2,
    )


def _values(table: _Table, line: int, row: list[str]) -> dict[str, Any]:
    """The values of a row by their meaning, and of our own table by their key."""
    values: dict[str, Any] = {}
    for column, cell in table.cells(line, row):
        if not table.is_own:
            if column in table.meanings:
                values[table.meanings[column]] = cell
            else:
                table.unused[column] += 1
            continue
        text = csv_table.without_mark(cell)
        if not column:
            table.note(line, _("not imported: the cell {text} has no column", text=text.strip()[:60]), left_behind=True)
        elif column == csv_table.TEXT:
            values[column] = text
        else:
            try:
                values[column] = csv_table.parse_value(column, text.strip())
            except ValueError:
                table.note(
                    line, _("{column}: {text} is neither a text nor JSON, and is carried as typed", column=column, text=text.strip()[:60])
                )
                values[column] = text.strip()
    return values


def _date_order(table: _Table, options: TableOptions) -> Order:
    """Which of two numbers is the day in the dates of a table. Raises Trouble where nothing says it."""
    column = next((index for index, name in enumerate(table.columns) if table.meanings.get(name) == "date"), None)
    if options.dates is not None or column is None:
        return options.dates or "day-first"
    texts = [row[column] for _line, row in table.rows if len(row) > column]
    possible = table_dates.orders(texts)
    unclear = next(filter(table_dates.has_two_meanings, texts), "") if len(possible) != 1 else ""
    if unclear:
        raise Trouble(
            _("{name}: nothing says whether {text} has the day or the month first", name=table.name, text=unclear.strip()),
            _("Add --dates day-first or --dates month-first."),
            status=2,
        )
    return possible[0] if possible else "day-first"


@dataclass
class _Row:
    """One row, on its way to a post."""

    table: _Table
    line: int
    values: dict[str, Any]
    source: Tree
    pictures: dict[str, str]
    copies: dict[str, str]

    def convert(
        self, desk: Desk, now: datetime, zone: ZoneInfo, names: UniqueNames, order: Order, options: TableOptions, *, fresh: bool
    ) -> ImportedPost | None:
        """The post of this row; None, with a remark, for one that says nothing."""
        values = self.values
        body = str(values.get("text", "")) if self.table.is_own else escape_markdown(values.get("text", ""))
        media = [] if self.table.is_own else self._media()
        if not body.strip() and not media and not self.table.is_own:
            cells = ", ".join(str(value) for value in values.values())[:200]
            self.table.note(self.line, _("not imported: it has no words and no picture ({cells})", cells=cells), left_behind=True)
            return None
        channels = self._channels(desk, options)
        keys: dict[str, Any] = {key: value for key, value in values.items() if key != "text"} if self.table.is_own else self._keys(media)
        date = self._date(keys, order)
        wanted = str(values.get("id") or " ".join((date.day.isoformat() if date and date.day else "", *_first_words(values))))
        post_id = names.reserve(wanted)
        day = date.day if date is not None else None
        keys = {**keys, "id": post_id, "channels": channels}
        folder = post_folder(day or now.astimezone(zone).date())
        ordered = {"id": post_id, **{key: value for key, value in keys.items() if key != "id"}}
        text = "\n".join(["---", *yaml_text.yaml_lines(ordered), "---", body.strip("\n"), ""])
        is_idea = str(keys.get("draft", "")).casefold() == "true"
        past = {} if fresh or is_idea else self._past(desk.expand(channels) or channels, date, now, zone)
        return ImportedPost(post_id, f"{folder}/{post_id}.md", text, channels, past)

    def _channels(self, desk: Desk, options: TableOptions) -> tuple[str, ...]:
        written = self.values.get("channels") or ()
        names = tuple(written) if isinstance(written, list) else tuple(split_names(str(written))) if written else ()
        if not names and not options.channels and not self.table.is_own:
            raise Trouble(
                _("{name} does not say which channels its posts go to", name=self.table.name),
                _("Add --channel NAME; the channels here are {names}.", names=", ".join(desk.channels.channels) or "…"),
                status=2,
            )
        return names or options.channels

    def _keys(self, media: list[dict[str, str]]) -> dict[str, Any]:
        values = self.values
        tags = split_names(values["tags"]) if values.get("tags") else []
        return {
            "title": values.get("title", ""),
            "date": " ".join(str(values[key]).strip() for key in ("date", "time") if values.get(key)),
            "campaign": values.get("campaign", ""),
            "lang": values.get("lang", ""),
            "tags": [tag.removeprefix("#").strip() for tag in tags],
            "link": str(values.get("link", "")).strip(),
            "media": media,
        }

    def _date(self, keys: dict[str, Any], order: Order) -> WrittenDate | None:
        """The date, which the keys then hold in our notation. A row without one takes the next free slot; one that cannot be read is an idea."""
        written = keys.get("date")
        if self.table.is_own:
            try:
                return WrittenDate.parse(written)
            except ValueError:
                return None
        if not written:
            keys["date"], keys["slot"] = "", "next"
            return None
        parsed = table_dates.parse_cell(written, order)
        if parsed is None:
            self.table.note(self.line, _("`{value}` is no date that can be read: the post became an idea", value=written))
            keys["date"], keys["draft"] = "", "true"
            return None
        keys["date"] = parsed.text
        return parsed

    def _media(self) -> list[dict[str, str]]:
        """The pictures of a row: on the web, or in the folder of the table."""
        entries = []
        alts = [alt.strip() for alt in str(self.values.get("alt", "")).split(";")]
        addresses = [address.strip() for address in re.split(r"[;\n]|,\s*(?=https?://)", self.values.get("image", "")) if address.strip()]
        if len(addresses) == 1:
            alts = [" ".join(str(self.values.get("alt", "")).split())]
        elif len([alt for alt in alts if alt]) > len(addresses):
            self.table.note(
                self.line, _("there are more alternative texts than pictures: {text}", text=self.values["alt"]), left_behind=True
            )
        for number, address in enumerate(addresses):
            alt = alts[number] if number < len(alts) else ""
            if address.startswith(("http://", "https://")):
                name = picture_download.picture_name(address)
                self.pictures[name] = address
                entries.append(picture_download.media_entry(picture_download.stand_in(name), alt))
            elif self.source.exists(address):
                self.copies[f"{picture_download.MEDIA_FOLDER}/{address}"] = address
                entries.append(picture_download.media_entry(address, alt))
            else:
                self.table.note(self.line, _("the picture {file} is not in this folder", file=address), left_behind=True)
        return entries

    def _past(self, channels: tuple[str, ...], date: WrittenDate | None, now: datetime, zone: ZoneInfo) -> dict[str, PastSend]:
        """A table is a plan: whether a row of the past went out, it does not say, so a person does."""
        if date is None or date.day is None:
            return {}
        local = datetime.combine(date.day, date.clock or time())
        at = local.replace(tzinfo=zone) if date.offset is None else (local - date.offset).replace(tzinfo=UTC)
        place = f"{self.table.name}:{self.line}"
        return {name: PastSend("unrecorded", at.astimezone(UTC), "instant", "", place) for name in channels} if at <= now else {}


def _first_words(values: Mapping[str, Any]) -> list[str]:
    return re.findall(r"[\w'’-]+", str(values.get("title") or re.sub(r"https?://\S+", "", str(values.get("text", "")))))[:6]
