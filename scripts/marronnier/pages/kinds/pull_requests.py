"""Pages of pull requests and issues, from a record of a forge: what changes, what was said, how it ended. Internal builds only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from marronnier.messages import N_
from marronnier.model.forge_record import ForgeRecord, ForgeThread, ThreadEventKind
from marronnier.pages.comment_html import comment_html
from marronnier.pages.page import Page
from marronnier.pages.render import template_page
from marronnier.pages.site_view import SiteView

ORDER = 45
PATH = "pull-requests/"
ROBOT = "Marronnier"
"""How the robot of the forge is called: our jobs speak as it."""

_KINDS: dict[ThreadEventKind, str] = {
    "commit": N_("commit"),
    "check": N_("finding of the check"),
    "suggestion": N_("suggestion"),
    "remark": N_("remark on a line"),
    "approval": N_("approval"),
    "changes requested": N_("changes requested"),
    "comment": N_("comment"),
    "merge": N_("merge"),
    "closed": N_("closed"),
}
_STATES = {"open": (N_("open"), "in-review"), "merged": (N_("merged"), "sent"), "closed": (N_("closed"), "draft")}
"""By state: its name, and the look of a post that stands as far."""
_THREAD = re.compile(r"/(?:pull|issues)/(\d+)(?![\d])")
_POST = re.compile(r"/posts/[a-z0-9][a-z0-9._-]*/")


@dataclass(frozen=True, slots=True)
class ShownEvent:
    """One event as the page shows it."""

    kind: str
    name: str
    at: datetime
    by: str
    html: Markup
    place: str


def preview_path(thread: ForgeThread) -> str:
    """Where the preview file of a pull request stands, below the whole site's root."""
    return f"{PATH}preview-{thread.number}.html"


def make(view: SiteView) -> Iterator[Page]:
    """The page `/pull-requests/`, and one page a pull request and issue, where there is a record of a forge."""
    record = view.site_data.forge_record
    if record is None or not view.internal:
        return
    _ = view.locale._
    pulls = [thread for thread in record.threads if thread.is_pull_request]
    issues = [thread for thread in record.threads if not thread.is_pull_request]
    states = {state: (_(name), css) for state, (name, css) in _STATES.items()}
    common: dict[str, object] = {"record": record, "states": states, "robot": ROBOT}
    values = {**common, "pulls": list(reversed(pulls)), "issues": list(reversed(issues))}
    description = (
        _("The pull requests and issues of {repository}.", repository=record.repository)
        if record.server
        else _("The open pull requests of {repository}.", repository=record.repository)
    )
    yield template_page(view, "pull_requests", PATH, _("Pull requests"), description, values, label=_("Pull requests"))
    for thread in record.threads:
        yield _thread_page(view, record, thread, common)


def _thread_page(view: SiteView, record: ForgeRecord, thread: ForgeThread, common: dict[str, object]) -> Page:
    root = "../../"
    rendering = _Rendering(view, record, thread, root)
    preview = f"{view.site_root(root)}{preview_path(thread)}" if thread.preview else ""
    values = {
        **common,
        "thread": thread,
        "opening": rendering.html(thread.text),
        "report": rendering.html(thread.report),
        "events": [
            ShownEvent(
                event.kind, view.locale.translate(_KINDS[event.kind]), event.at, event.by or ROBOT, rendering.html(event.text), event.place
            )
            for event in thread.events
        ],
        "preview": preview,
    }
    title = f"#{thread.number} {thread.title}"
    path = f"{PATH}{thread.number}/"
    return template_page(view, "pull_request", path, title, thread.title, values, inputs=(thread, record.server), section=PATH)


class _Rendering:
    """Comments of one thread as HTML, with links that lead somewhere on the site."""

    def __init__(self, view: SiteView, record: ForgeRecord, thread: ForgeThread, root: str) -> None:
        self.view, self.record, self.thread, self.root = view, record, thread, root
        self.numbers = {each.number for each in record.threads}

    def html(self, text: str) -> Markup:
        """A comment as HTML."""
        return comment_html(text, self.view.locale.translate, self.find_address) if text else Markup()

    def find_address(self, address: str) -> str:
        """Where a link leads: pages of the forge are pages of the site, a run is the preview that it left."""
        if (own := self.view.brand.site_url.rstrip("/")) and address.startswith(f"{own}/posts/"):
            # This site has the page too, wherever it stands.
            address = address.removeprefix(own)
        if _POST.fullmatch(address):
            return f"{self.root}{address.removeprefix('/')}"
        if not self.record.server or not address.startswith(f"{self.record.server}/"):
            return address if address.startswith(("https://", "http://", "#")) else ""
        rest = address.removeprefix(f"{self.record.server}/{self.record.repository}")
        if rest.startswith("/actions/runs/") and self.thread.preview:
            return f"{self.view.site_root(self.root)}{preview_path(self.thread)}"
        if (named := _THREAD.match(rest)) and int(named[1]) in self.numbers:
            return f"{self.root}{PATH}{named[1]}/"
        return ""
