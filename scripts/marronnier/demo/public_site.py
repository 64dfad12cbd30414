"""The demo's public site: a folder shown on this machine, with the media that networks fetch there in their hour."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from marronnier.demo.accounts.server import HOST, NOT_THERE, AccountReply, AccountRequest, LocalServer
from marronnier.files import yaml_edit
from marronnier.git import Repo
from marronnier.messages import Trouble
from marronnier.model.brand import Brand
from marronnier.pages import public_media
from marronnier.pages.collect import collect_site_data
from marronnier.pages.emitter import Emitter, manifest_path
from marronnier.text import urls

FOLDER = Path(".git", "marronnier-public-site")
_PORT = 8745
"""Beside those of the example's accounts, so that links keep working the next time."""


class PublicSite(LocalServer):
    """The site that `marronnier build` wrote into a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def address(self) -> str:
        """What `site_url:` is in the demo's own brand.yml."""
        return f"http://{self.host}/"

    def respond(self, request: AccountRequest) -> AccountReply:
        """A file of the folder; of a folder in it, its page."""
        root = self.folder.resolve()
        path = root.joinpath(*(step.lstrip("/") for step in request.steps)).resolve()
        if path.is_dir():
            path /= "index.html"
        if request.method != "GET" or not path.is_relative_to(root) or not path.is_file():
            return NOT_THERE
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return AccountReply(200, path.read_bytes(), {"Content-Type": f"{kind}; charset=utf-8" if kind.startswith("text/") else kind})

    def moved_text(self, text: str, brand: Brand) -> str:
        """The text of brand.yml with this site's address. The host of the brand's own stays one that it trusts."""
        own = urls.host_from_authority(urls.authority(brand.site_url))
        text = yaml_edit.set_key(text, ("site_url",), self.address)
        return yaml_edit.set_key(text, ("known_hosts",), [*brand.known_hosts, own])

    def write_media(self, repo: Repo, now: datetime) -> None:
        """Write the files that networks may fetch at `now`, and take the others away, as each build of a public site does. Raises Trouble when one cannot be made."""
        site_data = collect_site_data(repo, now, internal=False)("")
        with Emitter(self.folder, manifest_path(repo.path, self.folder), adopt=True) as emitter:
            public_media.write(emitter, site_data)
        if emitter.counts.notices:
            raise Trouble("\n".join(emitter.counts.notices), "")


@contextmanager
def public_site(folder: Path, brand: Brand) -> Iterator[PublicSite]:
    """Show the public site of a demo until the end of the `with`: where its brand.yml says, or where it first has its place."""
    host = urls.host_from_authority(urls.authority(brand.site_url))
    port = urls.authority(brand.site_url).rpartition(":")[2]
    with PublicSite(folder / FOLDER).running(int(port) if host == HOST and port.isdigit() else _PORT) as site:
        yield site
