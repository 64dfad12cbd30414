"""XML from the web as a small tree. Nothing is declared, expanded or fetched, and size and depth are limited."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from xml.parsers import expat

from marronnier.messages import _

MAX_DEPTH = 200
MAX_ELEMENTS = 500_000


class BadXml(Exception):
    """The XML is refused, or is none; the message says why and where, in a sentence for people."""


@dataclass(slots=True)
class Element:
    """One element."""

    name: str
    """Without its namespace, in small letters."""
    namespace: str
    attributes: dict[str, str]
    """By name; those of a namespace with `namespace name`."""
    content: list[Element | str] = field(default_factory=list)

    @property
    def children(self) -> Iterator[Element]:
        """The elements within it, without their own."""
        return (part for part in self.content if isinstance(part, Element))

    @property
    def text(self) -> str:
        """All text within it, in order."""
        pieces: list[str] = []
        waiting: list[Element | str] = list(reversed(self.content))
        while waiting:
            part = waiting.pop()
            if isinstance(part, str):
                pieces.append(part)
            else:
                waiting += reversed(part.content)
        return "".join(pieces)

    def markup(self) -> str:
        """What is within it as HTML."""
        pieces: list[str] = []
        waiting: list[Element | str | None] = list(reversed(self.content))
        open_names: list[str] = []
        while waiting:
            part = waiting.pop()
            if part is None:
                pieces.append(f"</{open_names.pop()}>")
            elif isinstance(part, str):
                pieces.append(escape(part, quote=False))
            else:
                attributes = "".join(f' {name}="{escape(value)}"' for name, value in part.attributes.items() if " " not in name)
                pieces.append(f"<{part.name}{attributes}>")
                if part.name not in ("br", "hr", "img", "source", "embed", "wbr"):
                    open_names.append(part.name)
                    waiting.append(None)
                waiting += reversed(part.content)
        return "".join(pieces)


class _Builder:
    def __init__(self) -> None:
        self.root: Element | None = None
        self._open: list[Element] = []
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MAX_ELEMENTS or len(self._open) >= MAX_DEPTH:
            raise BadXml(_("it has more elements than a feed has"))
        namespace, _blank, local = name.rpartition(" ")
        element = Element(local.lower(), namespace, attributes)
        if self._open:
            self._open[-1].content.append(element)
        elif self.root is None:
            self.root = element
        self._open.append(element)

    def end(self, _name: str) -> None:
        self._open.pop()

    def text(self, data: str) -> None:
        if self._open:
            self._open[-1].content.append(data)


def parse(data: bytes) -> Element:
    """The root of the tree. Raises BadXml for anything that is no XML, and for XML that declares entities or names others' files."""
    parser = expat.ParserCreate(namespace_separator=" ")
    builder = _Builder()
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    parser.StartDoctypeDeclHandler = _refuse_declarations
    parser.EntityDeclHandler = _refuse
    parser.UnparsedEntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        position = f"{error.lineno}:{error.offset + 1}"
        raise BadXml(_("{place}: it is no XML: {why}", place=position, why=expat.ErrorString(error.code))) from None
    except (ValueError, LookupError):
        raise BadXml(_("its encoding is not known")) from None
    if builder.root is None:
        raise BadXml(_("it is empty"))
    return builder.root


def _refuse_declarations(_name: str, _system: str | None, _public: str | None, has_internal_subset: int) -> None:
    if has_internal_subset:
        _refuse()


def _refuse(*_parts: object) -> int:
    raise BadXml(_("it declares entities, which a feed never needs and an attack does"))
