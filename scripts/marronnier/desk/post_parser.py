"""Parsing of a Markdown file into a post: its id, its front matter, its variants."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import count

from marronnier.desk.foreign_front_matter import AdaptedFrontMatter, adapt_front_matter
from marronnier.desk.validation import salvage, validate
from marronnier.files.document import Document
from marronnier.files.utf8 import unreadable_finding
from marronnier.messages import _
from marronnier.model.finding import Finding, Fix, KeyPath, Place, Positions
from marronnier.model.post import FrontMatter, Post
from marronnier.model.scalars import SLUG
from marronnier.text import variants
from marronnier.text.romanization import romanize

_POST_FOLDERS = ("content/posts/", "content/ideas/")
_FOLDER_INDEX = re.compile(r"content/(?:posts|ideas)(?:/\d{4}(?:/\d{1,2})?)?/index\.(?:md|markdown)")
_SLUG = re.compile(SLUG)
MAX_SECTIONS = 200
"""The most sections `## @name` in a post: each is compared with each channel."""
_ID_LINE = re.compile(rf"^id *[:=] *[\"']?({SLUG})[\"']? *$", re.MULTILINE)
_POSSIBLE_ID = re.compile(rb"^\s*[\"']?id[\"']?[ \t]*[:=][ \t]*[\"']?([A-Za-z0-9._-]+)", re.MULTILINE)
_LONGEST_FRONT = 65536
_LETTERS_TO_ASCII = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d"})


def is_post_path(path: str) -> bool:
    """Whether the file at this path is a post: Markdown below `content/posts` or `content/ideas`, except index pages of folders."""
    folded = path.lower()
    if not path.startswith(_POST_FOLDERS) or not folded.endswith((".md", ".markdown")):
        return False
    return not (folded.endswith(("/_index.md", "/_index.markdown")) or _FOLDER_INDEX.fullmatch(folded))


def default_id(path: str) -> str:
    """The id of a post without a written id: the file's stem, for `index.md` the folder's name; case-folded."""
    parts = path.rpartition(".")[0].split("/")
    # Hugo's page bundles may carry a language: index.fr.md.
    name = parts[-2] if parts[-1] == "index" or re.fullmatch(r"index\.[a-z]{2}", parts[-1]) else parts[-1]
    return unicodedata.normalize("NFC", name).casefold()


def possible_ids(path: str, data: bytes) -> Iterator[str]:
    """Every id that a post's file may have: too many do no harm, because the post itself is read in the end."""
    yield default_id(path)
    yield slugify(default_id(path))
    for post_id in _POSSIBLE_ID.findall(data[:_LONGEST_FRONT]):
        yield post_id.decode().casefold()


def slugify(text: str) -> str:
    """The valid id nearest to a text: `Fête d'été` becomes `fete-d-ete`, `你好` becomes `ni-hao`. `post` when no letter is left."""
    letters = unicodedata.normalize("NFKD", romanize(text.casefold().translate(_LETTERS_TO_ASCII)))
    letters = "".join(char for char in letters if not unicodedata.combining(char))
    slug = re.sub(r"[^a-z0-9._]+", "-", letters).strip("-._")[:100].rstrip("-._")
    return slug or "post"


def numbered_slugs(slug: str) -> Iterator[str]:
    """The slug, then the same with numbers: `fete`, `fete-2`, `fete-3`, and so on, none longer than an id may be."""
    yield slug
    for number in count(2):
        yield f"{slug[:95].rstrip('-._')}-{number}"


def post_folder(day: date) -> str:
    """The folder for a post of that day."""
    return f"content/posts/{day:%Y}/{day:%m}"


def parse_post(document: Document, digest: str, foreign_keys: Collection[str] = ()) -> tuple[Post | None, str, tuple[Finding, ...]]:
    """The post, or None when it has errors; its id, or the presumed one; and the findings.

    `digest` is the SHA-256 of the file's bytes.
    """
    if not document.is_complete:
        id_line = _ID_LINE.search(document.text)
        return None, id_line[1] if id_line else slugify(default_id(document.path)), document.findings
    adapted = adapt_front_matter(document, foreign_keys)
    data = adapted.data
    written_id = data.get("id")
    if isinstance(written_id, str) and written_id != written_id.casefold() and _SLUG.fullmatch(written_id.casefold()):
        data = {**data, "id": written_id.casefold()}
    source = replace(document, places=_places_with_moved(document, adapted.moved)) if adapted.moved else document
    front, errors = validate(FrontMatter, source, data)
    findings = [*document.findings, *errors]
    post_id = data["id"] if isinstance(data.get("id"), str) else default_id(document.path)
    if written_id is None and not _SLUG.fullmatch(post_id):
        findings.append(_invalid_file_id(document, post_id))
        post_id = slugify(post_id)
    if section_finding := _too_many_sections(document):
        findings.append(section_finding)
    if front is None or any(finding.level == "error" for finding in findings):
        return None, post_id if _SLUG.fullmatch(post_id) else slugify(post_id), tuple(sorted(findings, key=lambda finding: finding.place))
    return _build_post(post_id, front, document, digest, adapted), post_id, tuple(findings)


def salvage_post(document: Document, digest: str, foreign_keys: Collection[str] = ()) -> Post | None:
    """The valid part of a post with errors, for the rules alone: so that one run reports all its errors. None when nothing is usable."""
    if not document.is_complete or _too_many_sections(document):
        return None
    adapted = adapt_front_matter(document, foreign_keys)
    front, _findings, _dropped = salvage(FrontMatter, document, {**adapted.data, "id": None})
    return _build_post(slugify(default_id(document.path)), front, document, digest, adapted) if front else None


def _build_post(post_id: str, front: FrontMatter, document: Document, digest: str, adapted: AdaptedFrontMatter) -> Post:
    return Post(
        id=post_id,
        path=document.path,
        front=front,
        variants=variants.split_variants(document.body, document.body_line),
        text=document.text,
        digest=digest,
        places=_places_with_moved(document, adapted.moved),
        ignored=tuple(adapted.ignored),
    )


def _places_with_moved(document: Document, moved: Mapping[KeyPath, KeyPath]) -> Positions:
    """The document's places, with those of converted values under their paths in our keys."""
    if not moved:
        return document.places
    places: dict[KeyPath, tuple[int, int]] = dict(document.places)
    for target, source in moved.items():
        if source in places:
            places[target] = places[source]
    return places


def _too_many_sections(document: Document) -> Finding | None:
    """The finding for a post with more sections than any brand has channels."""
    count = document.body.count("## @")
    if count <= MAX_SECTIONS:
        return None
    return unreadable_finding(
        document.path,
        _("{count} sections begin here with `## @`", count=count),
        _("at most {most}", most=MAX_SECTIONS),
        _("Name several channels in one heading: `## @bluesky, @mastodon`"),
        (document.body_line, 1),
    )


def _invalid_file_id(document: Document, name: str) -> Finding:
    """The finding for a file whose name cannot be an id, with a line `id:` as its fix."""
    opening, _newline, _rest = document.text.partition("\n")
    line = f"id: {slugify(name)}"
    fix = Fix(1, opening, f"{opening}\n{line}") if re.fullmatch(r"---\s*", opening) else None
    return Finding(
        "invalid-value",
        "error",
        Place(document.path, 1, 1),
        _("the name {name} cannot be the post's id", name="".join(char if char.isprintable() else "�" for char in name)[:120]),
        _("small letters a-z, digits, '.', '_' and '-', at most 100"),
        _("Write the id in the front matter: {line}", line=line),
        fix,
    )
