"""Weekend days by country: a table of facts."""

from __future__ import annotations

from collections.abc import Mapping

SATURDAY_SUNDAY = frozenset({5, 6})
"""The weekend of countries that are not in the table."""

# Unicode CLDR 47, `weekendStart` and `weekendEnd` by territory, read through Babel 2.18, compared 2026-11-22:
# https://github.com/unicode-org/cldr/blob/release-47/common/supplemental/weekData.xml
WEEKENDS: Mapping[str, frozenset[int]] = {
    **dict.fromkeys(["BE", "FR", "NL", "LU", "MA", "TN", "AE"], SATURDAY_SUNDAY),
    **dict.fromkeys(["DZ", "BH", "EG", "IL", "IQ", "JO", "KW", "LY", "OM", "QA", "SA", "SD", "SY", "YE"], frozenset({4, 5})),
    "AF": frozenset({3, 4}),
    "IR": frozenset({4}),
    "IN": frozenset({6}),
    "UG": frozenset({6}),
}
"""The weekend by country, Monday being 0. Countries that are not listed have Saturday and Sunday, as most of the world."""


def weekend_days(territory: str) -> frozenset[int]:
    """The weekend days of a country (ISO 3166, with or without a subdivision: `BE-BRU`), Monday being 0."""
    return WEEKENDS.get(territory.upper().split("-")[0], SATURDAY_SUNDAY)
