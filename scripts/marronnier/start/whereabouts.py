"""Where a new brand is, as far as the machine of whoever begins it tells."""

from __future__ import annotations

import importlib.resources
import os
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The time zone of a brand's hours, and the country whose public holidays it keeps."""

    zone: str
    """Its IANA name, like `Europe/Paris`."""
    territory: str
    """The country's two letters, like `FR`."""


UNKNOWN = Whereabouts("Europe/Brussels", "BE")
"""What a brand gets where the machine tells nothing."""


def whereabouts(environ: Mapping[str, str], local_time: Path = Path("/etc/localtime")) -> Whereabouts:
    """The zone of this machine and its country; where it keeps none, as servers do, those of the country in the name of its locale.

    A country of several zones tells no zone: then both are `UNKNOWN`'s.
    """
    zones = _zones_by_territory()
    territories = {zone: territory for territory, listed in zones.items() for zone in listed}
    # A TZ that is set but empty means UTC, to the C library too.
    zone = environ["TZ"].removeprefix(":") if "TZ" in environ else _linked_zone(local_time)
    zone = zone if zone in territories else _current_name(zone)
    if zone in territories:
        return Whereabouts(zone, territories[zone])
    named = next((value for name in ("LC_ALL", "LC_TIME", "LANG") if (value := environ.get(name))), "")
    country = re.match(r"[a-z]{2,3}[_-]([A-Z]{2})\b", named)
    listed = zones[country[1]] if country else []
    return Whereabouts(listed[0], country[1]) if country and len(listed) == 1 else UNKNOWN


def _current_name(zone: str) -> str:
    """The name that a zone with an older one has now, like `Asia/Kolkata` for `Asia/Calcutta`; empty where it is no older name of a place."""
    from babel.core import get_global

    # Unicode's table keeps the country: that of the time zones leads from Iceland to Abidjan. EST and its kind are no places.
    return str(get_global("zone_aliases").get(zone, "")) if re.fullmatch(r"[A-Za-z_/-]{4,}", zone) else ""


def _linked_zone(local_time: Path) -> str:
    """The zone that the machine's clock is set to, by the file it links to; empty where it is no link."""
    return os.path.realpath(local_time).partition("zoneinfo/")[2]


def _zones_by_territory() -> Mapping[str, list[str]]:
    """The zones of each country, from the table that comes with the time zones."""
    found: dict[str, list[str]] = defaultdict(list)
    table = importlib.resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    for line in table.splitlines():
        if not line.startswith("#"):
            territory, _coordinates, zone = line.split("\t")[:3]
            found[territory].append(zone)
    return found
