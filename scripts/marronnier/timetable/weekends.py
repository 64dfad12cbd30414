"""Weekend days by country: a table of facts."""

from __future__ import annotations

from collections.abc import Mapping

SATURDAY_SUNDAY = frozenset({5, 6})
"""The weekend of countries that are not in the table."""

SOURCE = "https://github.com/unicode-org/cldr/blob/release-47/common/supplemental/weekData.xml"
"""Unicode CLDR 47, `weekendStart` and `weekendEnd` by territory, read through Babel 2.18."""
SEEN = "2026-11-22"
"""The day the table was last compared with the source."""

# Monday is 0. Countries that are not listed have Saturday and Sunday, as most of the world.
_FRIDAY_SATURDAY = frozenset({4, 5})
WEEKENDS: Mapping[str, frozenset[int]] = {
    "BE": SATURDAY_SUNDAY,
    "FR": SATURDAY_SUNDAY,
    "NL": SATURDAY_SUNDAY,
    "LU": SATURDAY_SUNDAY,
    "MA": SATURDAY_SUNDAY,
    "TN": SATURDAY_SUNDAY,
    "AE": SATURDAY_SUNDAY,
    "DZ": _FRIDAY_SATURDAY,
    "BH": _FRIDAY_SATURDAY,
    "EG": _FRIDAY_SATURDAY,
    "IL": _FRIDAY_SATURDAY,
    "IQ": _FRIDAY_SATURDAY,
    "JO": _FRIDAY_SATURDAY,
    "KW": _FRIDAY_SATURDAY,
    "LY": _FRIDAY_SATURDAY,
    "OM": _FRIDAY_SATURDAY,
    "QA": _FRIDAY_SATURDAY,
    "SA": _FRIDAY_SATURDAY,
    "SD": _FRIDAY_SATURDAY,
    "SY": _FRIDAY_SATURDAY,
    "YE": _FRIDAY_SATURDAY,
    "AF": frozenset({3, 4}),
    "IR": frozenset({4}),
    "IN": frozenset({6}),
    "UG": frozenset({6}),
}


def weekend_days(territory: str) -> frozenset[int]:
    """The weekend days of a country (ISO 3166, with or without a subdivision: `BE-BRU`), Monday being 0."""
    return WEEKENDS.get(territory.upper().split("-")[0], SATURDAY_SUNDAY)
