"""Rendering of templates: Jinja2 with autoescape, so that no word of a post becomes HTML, and the filters that templates use."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from marronnier.pages.page import Body, Page
from marronnier.pages.site_view import SiteView

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+!|~>-])")


def render(template: str, view: SiteView, root: str, **values: object) -> str:
    """A template of `templates/`, rendered for one page. `root` is the page's relative path to the language's root.

    In a template, `own` is the attribute of tags around words of the brand: `lang="fr"` on a page of another language, else empty.
    """
    locale = view.locale
    own = Markup(' lang="{}"').format(view.brand.lang) if locale.lang != view.brand.lang else ""
    return (
        _environment()
        .get_template(template)
        .render(view=view, t=locale, _=locale._, ngettext=locale.ngettext, root=root, own=own, **values)
    )


def template_page(
    view: SiteView,
    template: str,
    path: str,
    title: str,
    description: str,
    values: Mapping[str, object],
    *,
    inputs: tuple[object, ...] | None = None,
    label: str = "",
    section: str | None = None,
    is_indexed: bool = True,
) -> Page:
    """A page with these values in the templates `TEMPLATE.html.jinja` and `TEMPLATE.md.jinja`.

    `inputs` are the values, where nothing else is given; a page with a label begins a section.
    """
    root = "../" * path.count("/")
    return Page(
        path=path,
        title=str(title),
        description=str(description),
        inputs=(*((values,) if inputs is None else inputs), view.shared_inputs),
        render=lambda: Body(render(f"{template}.html.jinja", view, root or "./", **values)),
        as_markdown=lambda: front_matter(title=str(title)) + render(f"{template}.md.jinja", view, root, **values),
        label=str(label),
        section=path if label else section,
        is_indexed=is_indexed,
    )


def plain_markdown(text: object) -> Markup:
    """People's words for a Markdown page, shown as typed: markup, HTML and template tags are escaped, line breaks become spaces.

    Braces become entities, because other builders replace `{{ }}` before they read Markdown.
    """
    one_line = re.sub(r"\s+", " ", str(text)).strip()
    safe = str(escape(one_line)).replace("{", "&#123;").replace("}", "&#125;")
    return Markup(_MARKDOWN.sub(r"\\\1", safe).replace(r"&\#", "&#"))  # noqa: S704 - escaped above


def code_spans(text: object) -> Markup:
    """A sentence of the tool as HTML, with text between backticks as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped just before


def block_quote(text: str) -> Markup:
    """People's words as a Markdown block quote, line by line."""
    lines = text.splitlines() or [""]
    return Markup("\n".join(f"> {plain_markdown(line)}  " if line.strip() else ">" for line in lines))  # noqa: S704 - escaped line by line


_TEMPLATE_ESCAPES = {ord("{"): "\\u007b", ord("}"): "\\u007d", ord("<"): "\\u003c", ord("%"): "\\u0025"}


def front_matter(**values: object) -> str:
    """YAML front matter with JSON values. Characters that start a tag or a template in other builders become Unicode escapes."""
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
