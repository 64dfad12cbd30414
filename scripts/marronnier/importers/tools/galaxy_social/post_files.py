"""Post files of Galaxy Social: reading them, converting their body to our Markdown, and joining a post with the files that repeat it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from marronnier.files import Tree
from marronnier.files.document import Document, parse_markdown
from marronnier.importers.bundle import Remark
from marronnier.messages import _
from marronnier.model.shape import Shape
from marronnier.text import variants
from marronnier.text.code_fences import classify_lines

ANY_SHAPE = Shape("other")
RETRY_PREFIX = re.compile(r"(?:retry-\d+_)+")
PART_BREAK = "\n\n---\n\n"
"""Between two messages of a thread, in our Markdown."""

_IMAGE = re.compile(
    r"!\[([^\[\]\n]*(?:\[[^\[\]\n]*\][^\[\]\n]*)*)\]"  # brackets in brackets, once
    r"\(([^()\n]*(?:\([^()\n]*\)[^()\n]*)*)\)"
)
_MESSAGE_BREAK = re.compile(r"\n[ \t]*\n[ \t]*\n\s*")
_HORIZONTAL_RULE = re.compile(r"-{3,}[ \t]*")
_POST_KEYS = frozenset({"media", "mentions", "hashtags", "images"})


@dataclass(frozen=True, slots=True)
class PostFile:
    """A post file as that tool understands it."""

    path: str
    accounts: tuple[str, ...]
    mentions: Mapping[str, tuple[str, ...]]
    """By account, as `hashtags` are."""
    hashtags: Mapping[str, tuple[str, ...]]
    images: tuple[tuple[str, str], ...]
    """Alternative text and address of each."""
    words: str
    """Our Markdown: without pictures, `---` where a message of a thread ends."""


@dataclass
class ImportRemarks:
    """The remarks on one folder, while it is read."""

    source: Tree
    entries: list[Remark] = field(default_factory=list)

    def leave_behind(self, place: str, message: str) -> None:
        """Note something that is not carried over."""
        self.entries.append(Remark(place, message))

    def note_change(self, place: str, message: str) -> None:
        """Note something that is carried over and deserves a look."""
        self.entries.append(Remark(place, message, left_behind=False))


def read_post_file(remarks: ImportRemarks, path: str) -> PostFile | None:
    """A post file; None, with a remark, for one that cannot be read or has no front matter."""
    document = parse_markdown(path, remarks.source.read(path), ANY_SHAPE)
    if not document.is_complete or not document.data:
        why = document.findings[0].message if document.findings else _("it has no front matter")
        remarks.leave_behind(path, _("not imported: {why}", why=why))
        return None
    for finding in document.findings:
        remarks.note_change(path, finding.message)
    for key in document.data.keys() - _POST_KEYS:
        remarks.leave_behind(f"{path}: {key}", _("this key is not imported: it has no meaning in Galaxy Social"))
    images = [(alt, address) for alt, address in _IMAGE.findall(document.body)] + _front_matter_images(document)
    accounts = tuple(dict.fromkeys(name.casefold() for name in _text_list(document.data.get("media"))))
    if not accounts:
        remarks.note_change(path, _("it names no account in `media`, so it goes nowhere"))
    return PostFile(
        path,
        accounts,
        _by_account(document.data.get("mentions")),
        _by_account(document.data.get("hashtags")),
        tuple(dict.fromkeys((" ".join(alt.split()), address.strip()) for alt, address in images if address.strip())),
        convert_body(document.body),
    )


def _front_matter_images(document: Document) -> list[tuple[str, str]]:
    """The pictures that older posts name in their front matter."""
    images = document.data.get("images")
    return [
        (str(image.get("alt_text") or ""), image["url"])
        for image in (images if isinstance(images, list) else [])
        if isinstance(image, Mapping) and isinstance(image.get("url"), str)
    ]


def _text_list(value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    return tuple(text.strip() for text in values if isinstance(text, str) and text.strip())


def _by_account(value: Any) -> Mapping[str, tuple[str, ...]]:
    return {str(name).casefold(): _text_list(texts) for name, texts in value.items()} if isinstance(value, Mapping) else {}


def convert_body(body: str) -> str:
    """The body as our Markdown: pictures go, for they are media; two empty lines end a message of a thread.

    A horizontal rule stays one, and a heading that would begin words for one channel stays a heading.
    """
    parts = []
    for part in _MESSAGE_BREAK.split(body.strip("\n")):
        lines: list[str] = []
        for _number, line, is_prose in classify_lines(part):
            plain = _IMAGE.sub("", line)
            if plain.strip() or not line.strip():
                below_words = bool(lines) and bool(lines[-1].strip())
                lines.append(_escape_line(plain.rstrip(), below_words=below_words) if is_prose else plain)
        text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
        if text.strip():
            parts.append(text)
    return PART_BREAK.join(parts)


def _escape_line(line: str, *, below_words: bool) -> str:
    """A line that our Markdown would read as the start of a variant or of a thread's next part, written so that it does not."""
    if variants.variant_names(line):
        return f"\\{line.lstrip()}"
    # Below a line of words `---` makes a heading, and ends no part here either.
    return "***" if not below_words and _HORIZONTAL_RULE.fullmatch(line) else line


def find_repeats(files: Iterable[PostFile], remarks: ImportRemarks) -> Mapping[str, str]:
    """The files `retry-12_name.md`, each with the path of the post that it repeats: that tool retries a failure as a new file."""
    posts = {file.path: file for file in files}
    repeats = {}
    for path, file in posts.items():
        folder, _slash, name = path.rpartition("/")
        original = f"{folder}/{RETRY_PREFIX.sub('', name, count=1)}" if RETRY_PREFIX.match(name) else path
        if original == path:
            continue
        if original not in posts:
            remarks.note_change(path, _("it repeats a post that does not exist, so it is imported as a separate post"))
        elif posts[original].words != file.words:
            remarks.note_change(path, _("its text differs from that of {post}, so it is imported as a separate post", post=original))
        else:
            repeats[path] = original
    return repeats


def merge_repeats(file: PostFile, repeats: Iterable[PostFile]) -> PostFile:
    """The post with what its repeats add: accounts with their mentions and hashtags, and pictures."""
    for repeat in repeats:
        file = replace(
            file,
            accounts=tuple(dict.fromkeys((*file.accounts, *repeat.accounts))),
            mentions={**repeat.mentions, **file.mentions},
            hashtags={**repeat.hashtags, **file.hashtags},
            images=tuple(dict.fromkeys((*file.images, *repeat.images))),
        )
    return file
