"""HTML of another site as Markdown: words, links, pictures, lists and quotes; what plays or runs becomes its address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import urljoin

_BLOCK_NAMES = (
    "address article aside body caption center dd details div dl dt fieldset figcaption figure footer form header html legend main nav p "
    "section summary tbody tfoot thead"
)
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_HIDDEN = frozenset(("script", "style", "template", "title", "noscript", "svg", "math"))
_PLAYED = frozenset(("iframe", "video", "audio", "embed", "object", "source"))
_MARKS = re.compile(r"[\\`*_\[\]<&~|]")
_LINE_START = re.compile(r"^(?:[#>+=:-]|(?P<number>\d{1,9})(?P<point>[.)]))")
_NOT_IN_A_ROW = frozenset(("hr", "ul", "ol", "menu", "li", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6"))
"""What has no form of its own in a row of a table; its words stay."""
_EMPHASIS: Mapping[str, str] = {"strong": "**", "b": "**", "em": "*", "i": "*", "cite": "*", "dfn": "*"}
_MAX_DEPTH = 30
"""The deepest nesting of lists and quotes that is kept; words within are carried at any depth."""


class ConvertedHtml(NamedTuple):
    """Markdown, and what was not carried as it was."""

    markdown: str
    played: tuple[str, ...]
    """The addresses of videos, sounds and frames: they stand as links in the words."""
    dropped: tuple[str, ...]
    """What is not carried: `img` for a picture within the text itself, `svg` for a drawing or its words, `a title` for the words that a link shows when it is pointed at."""


def html_to_markdown(markup: str, base: str = "") -> ConvertedHtml:
    """The HTML as Markdown; addresses are completed by `base`, the address of its page."""
    writer = _Writer(base)
    # The parser raises an error for a marked section that HTML does not have.
    writer.feed(re.sub(r"<!\[(?!CDATA\[)", "&lt;![", markup))
    writer.close()
    writer.end()
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in "".join(writer.output).split("\n")))
    return ConvertedHtml(text.strip("\n"), tuple(dict.fromkeys(writer.played)), tuple(dict.fromkeys(writer.dropped)))


class _Writer(HTMLParser):
    def __init__(self, base: str) -> None:
        super().__init__(convert_charrefs=True)
        self.base = base
        self.output: list[str] = []
        self.played: list[str] = []
        self.dropped: list[str] = []
        self._words: list[str] = []
        """The inline Markdown of the open block."""
        self._hidden = 0
        self._hidden_in = ""
        """The outermost hidden element."""
        self._code: list[str] | None = None
        """The text of the open `pre`."""
        self._margins: list[str] = []
        """What each line begins with: `> ` of quotes, blanks of list items."""
        self._mark = ""
        """The bullet or number of the next line."""
        self._lists: list[tuple[int | None, int]] = []
        """The next number of each open list, None for bullets; and how many margins stand around it."""
        self._heading = ""
        self._links: list[tuple[str, int]] = []
        """The address of each open link, and how many pieces stood before it."""
        self._spans: list[tuple[str, int]] = []
        """Each open emphasis, and how many pieces stood before it."""
        self._cells: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in reversed(attrs)}
        if not self._hidden and attributes.get("title", "").strip():
            self.dropped.append(f"{tag} title")
        if tag in _HIDDEN:
            self._hidden_in = self._hidden_in if self._hidden else tag
            self._hidden += 1
            if tag == "svg":
                self.dropped.append(tag)
        elif self._hidden:
            return
        elif tag == "input":
            self._name_input(attributes)
        elif tag == "br":
            self._words.append("\n")
        elif self._cells is not None and tag in _NOT_IN_A_ROW:
            self.end_block()
        elif tag == "hr":
            self.end_block()
            self._write("***")
        elif tag == "img":
            self._picture(attributes)
        elif tag in _PLAYED:
            self._play(attributes.get("src") or attributes.get("data") or "")
        elif tag in ("ul", "ol", "menu"):
            self.end_block()
            start = attributes.get("start", "")
            number = int(start) if start.isdecimal() and len(start) < 6 else 1
            self._lists.append((number if tag == "ol" else None, len(self._margins)))
        elif tag == "li":
            self._start_item()
        elif tag == "blockquote":
            self.end_block()
            self._margins.append("> ")
        elif tag == "pre":
            self.end_block()
            self._end_code()
            self._code = []
        elif tag == "tr":
            self._end_row()
            self._cells = []
        elif re.fullmatch(r"h[1-6]", tag):
            self.end_block()
            self._heading = "#" * int(tag[1]) + " "
        elif tag in _BLOCKS or tag == "table":
            self.end_block()
        elif tag == "a" and attributes.get("href"):
            self._links.append((self._complete(attributes["href"]), len(self._words)))
        elif tag in _EMPHASIS or tag in ("code", "tt"):
            self._spans.append((tag, len(self._words)))

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif self._hidden:
            return
        elif self._cells is not None and tag in _NOT_IN_A_ROW:
            self.end_block()
        elif tag == "pre" and self._code is not None:
            self._end_code()
        elif tag in ("td", "th"):
            self._end_cell()
        elif tag == "tr":
            self._end_row()
        elif tag in ("ul", "ol", "menu") and self._lists:
            self._end_item()
            self._lists.pop()
        elif tag == "li":
            self._end_item()
        elif tag == "blockquote" and "> " in self._margins:
            self.end_block()
            while self._margins.pop() != "> ":
                pass
        elif tag in _BLOCKS or tag == "table" or re.fullmatch(r"h[1-6]", tag):
            self.end_block()
        elif tag == "a" and self._links:
            self._end_link()
        elif (tag in _EMPHASIS or tag in ("code", "tt")) and any(span == tag for span, _start in self._spans):
            self._end_span(tag)

    def unknown_decl(self, data: str) -> None:
        self.handle_data(data.removeprefix("CDATA["))

    def _name_input(self, attributes: Mapping[str, str]) -> None:
        """A field of a form has no form in a post: what it shows is named."""
        if attributes.get("type", "").casefold() != "hidden" and (attributes.get("value") or attributes.get("placeholder")):
            self.dropped.append("input")

    def handle_data(self, data: str) -> None:
        if self._hidden:
            # A style shows no words, and the title of a page is not among them.
            if data.strip() and self._hidden_in not in ("style", "title"):
                self.dropped.append(self._hidden_in)
            return
        if self._code is not None:
            self._code.append(data)
        else:
            # A line break in HTML is a blank; one in a post stays.
            self._words.append(_MARKS.sub(r"\\\g<0>", re.sub(r"[ \t\r\n\f]+", " ", data)))

    def end(self) -> None:
        """Write what is still open at the end."""
        self._end_code()
        self._end_row()

    def end_block(self) -> None:
        """Write the open paragraph, heading or item, if it has words."""
        while self._links:
            self._end_link()
        self._spans.clear()
        lines = [line.strip() for line in re.sub(r" {2,}", " ", "".join(self._words)).split("\n")]
        self._words.clear()
        words = "\n".join(lines).strip("\n")
        if self._cells is not None:
            if words:
                self._cells.append(words.replace("\n", " "))
            return
        if not words:
            return
        if self._heading:
            words, self._heading = self._heading + words.replace("\n", " "), ""
        else:
            words = "\n".join(_LINE_START.sub(_escape_start, line) for line in words.split("\n"))
        self._write(words)

    def _write(self, block: str) -> None:
        """Write a block, with the marks of quotes and items before its lines."""
        margin = "".join(self._margins)
        lines = [margin + line if line or ">" in margin else line for line in block.split("\n")]
        if self._mark and margin.endswith(" " * len(self._mark)):
            lines[0] = margin[: -len(self._mark)] + self._mark + lines[0][len(margin) :]
        is_item, self._mark = bool(self._mark), ""
        quote = margin.rstrip() if ">" in margin else ""
        between = "\n" if is_item and self._lists and self.output else f"\n{quote}\n" if self.output else ""
        self.output += [between, "\n".join(lines)]

    def _start_item(self) -> None:
        self._end_item()
        number, around = self._lists.pop() if self._lists else (None, len(self._margins))
        self._lists.append((number + 1 if number is not None else None, around))
        if len(self._margins) < _MAX_DEPTH:
            self._mark = "- " if number is None else f"{number}. "
            self._margins.append(" " * len(self._mark))

    def _end_item(self) -> None:
        """End the open item, whose end tag may be missing."""
        self.end_block()
        if self._lists:
            del self._margins[self._lists[-1][1] :]
            self._mark = ""

    def _picture(self, attributes: Mapping[str, str]) -> None:
        # Pictures that load late have their address elsewhere.
        src = next((attributes[name].strip() for name in ("data-src", "src", "data-original") if attributes.get(name, "").strip()), "")
        if src.startswith("data:") or not src:
            self.dropped.append("img")
            self._words.append(_MARKS.sub(r"\\\g<0>", attributes.get("alt", "")))
            return
        alt = re.sub(r"([\\\[\]])", r"\\\1", " ".join(attributes.get("alt", "").split()))
        self._words.append(f"![{alt}]({_destination(self._complete(src))})")

    def _play(self, src: str) -> None:
        if src and not src.startswith(("data:", "javascript:", "about:")):
            address = self._complete(src)
            if address not in self.played:
                self._words.append(f" {_destination(address)} ")
            self.played.append(address)

    def _complete(self, address: str) -> str:
        try:
            return urljoin(self.base, address.strip())
        except ValueError:
            return address.strip()

    def _end_code(self) -> None:
        code, self._code = "".join(self._code or ()).strip("\n"), None
        if code.strip():
            fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", code)), default=0))
            self._write(f"{fence}\n{code}\n{fence}")

    def _end_cell(self) -> None:
        if self._cells is not None:
            words = re.sub(r"\s+", " ", "".join(self._words)).strip()
            self._words.clear()
            self._cells.append(words)

    def _end_row(self) -> None:
        self.end_block()
        cells, self._cells = self._cells or [], None
        if any(cells):
            self._write(_LINE_START.sub(_escape_start, " \\| ".join(cells)))

    def _end_link(self) -> None:
        address, start = self._links.pop()
        start = min(start, len(self._words))
        words = "".join(self._words[start:])
        del self._words[start:]
        shown = words.strip()
        if not shown or address.startswith(("javascript:", "data:")):
            self._words.append(words)
        elif shown.replace("\\", "") == address:
            self._words.append(words.replace(shown, _destination(address)))
        else:
            before, after = words[: len(words) - len(words.lstrip())], words[len(words.rstrip()) :]
            self._words.append(f"{before}[{shown}]({_destination(address)}){after}".replace("\n", " "))

    def _end_span(self, tag: str) -> None:
        position = max(index for index, (span, _start) in enumerate(self._spans) if span == tag)
        start = min(self._spans[position][1], len(self._words))
        del self._spans[position:]
        words = "".join(self._words[start:])
        shown = words.strip()
        if not shown:
            return
        del self._words[start:]
        before, after = words[: len(words) - len(words.lstrip())], words[len(words.rstrip()) :]
        if tag in _EMPHASIS:
            mark = _EMPHASIS[tag]
            self._words.append(f"{before}{mark}{shown}{mark}{after}" if "\n" not in shown else words)
        else:
            code = re.sub(r"\\(.)", r"\1", shown)
            fence = "`" * (1 + max((len(run) for run in re.findall(r"`+", code)), default=0))
            pad = " " if code.startswith("`") or code.endswith("`") else ""
            self._words.append(f"{before}{fence}{pad}{code}{pad}{fence}{after}")


def _escape_start(start: re.Match[str]) -> str:
    return f"{start['number']}\\{start['point']}" if start["number"] else f"\\{start[0]}"


def _destination(address: str) -> str:
    return f"<{address}>" if re.search(r"[\s()<>]", address) else address
