"""The addresses at which the public site shows prepared media: some networks fetch them there, and take no upload."""

from __future__ import annotations

from collections.abc import Callable

from marronnier.messages import _
from marronnier.model.brand import Brand
from marronnier.networks.kit import public_media
from marronnier.networks.kit.seam import Wait


def addresses(brand: Brand) -> Callable[[str, str], str]:
    """A function from a file's SHA-256 and the ending of its name to its address on the brand's public site. It raises Wait without one."""

    def address(sha256: str, ending: str) -> str:
        if not brand.site_url:
            raise Wait(_("this network fetches media from a public address: write the site's, as `site_url:` in brand/brand.yml"))
        return f"{brand.site_url.rstrip('/')}/{public_media.site_path(sha256, ending)}"

    return address
