"""Templates become text here: Jinja2 with autoescape on, so that no word of a post is ever HTML by accident."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from marronnier.pages.site_view import SiteView

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+!|~>-])")


def render(template: str, view: SiteView, root: str, **values: object) -> str:
    """A template of `templates/`, filled in for one page. `root` is the page's way to the language's root.

    `own` stands in the tag of what the brand itself wrote: it says the language where the page speaks another.
    """
    locale = view.locale
    own = Markup(' lang="{}"').format(view.brand.lang) if locale.lang != view.brand.lang else ""
    made = _environment().get_template(template)
    return made.render(view=view, t=locale, _=locale._, ngettext=locale.ngettext, root=root, own=own, **values)


def plain_markdown(text: object) -> Markup:
    """Words of people inside Markdown: shown as typed, with no markup, no HTML and no template tag in them.

    Braces become entities: other builders look for `{{ }}` before they read Markdown.
    """
    one_line = re.sub(r"\s+", " ", str(text)).strip()
    safe = str(escape(one_line)).replace("{", "&#123;").replace("}", "&#125;")
    return Markup(_MARKDOWN.sub(r"\\\1", safe).replace(r"&\#", "&#"))  # noqa: S704 - escaped above


def code_spans(text: object) -> Markup:
    """A sentence of ours with what stands between backticks as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped just before


def block_quote(text: str) -> Markup:
    """Several lines of people's words as a Markdown quotation, line by line."""
    lines = text.splitlines() or [""]
    return Markup("\n".join(f"> {plain_markdown(line)}  " if line.strip() else ">" for line in lines))  # noqa: S704 - escaped line by line


_TEMPLATE_ESCAPES = {ord("{"): "\\u007b", ord("}"): "\\u007d", ord("<"): "\\u003c", ord("%"): "\\u0025"}


def front_matter(**values: object) -> str:
    """Front matter that any YAML reader takes: JSON values are YAML. What starts a tag or a template elsewhere is written as its number."""
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False).translate(_TEMPLATE_ESCAPES)}" for name, value in values.items()]
    return "\n".join(["---", *lines, "---", "", ""])


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["capitalize_first"] = lambda text: f"{text[:1].upper()}{text[1:]}"
    environment.filters["md"] = plain_markdown
    environment.filters["coded"] = code_spans
    environment.filters["quoted"] = block_quote
    return environment
