"""Golden payloads: what each network composes of a few posts, recorded under the COMPOSER number that composed it.

    python tests/networks/goldens.py        # writes new cases, and the goldens of a COMPOSER number that has risen

A number's goldens are never written again: whoever changes what is composed raises COMPOSER, for approvals bind it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

GOLDEN = Path(__file__).parent / "golden"
RECORD = "composers.json"
"""The file with the digest of each case's payload, for every COMPOSER number so far."""


def cases(network: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The name and content of each case of a network: its `words`, and the `payload` composed of them."""
    for path in sorted((GOLDEN / network).glob("*.json")):
        if path.name != RECORD:
            yield path.stem, json.loads(path.read_text(encoding="utf-8"))


def record(network: str) -> dict[str, dict[str, str]]:
    """The digests by COMPOSER number."""
    path = GOLDEN / network / RECORD
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def composed(network: str, words: dict[str, Any]) -> Any:
    """The payload that the network composes of a case's words today."""
    from marronnier import networks
    from networks.posts import picture, publication

    lists = ("media", "inline_media")
    said = {name: tuple(value) if isinstance(value, list) else value for name, value in words.items() if name not in lists}
    media = {name: tuple(picture(image["name"], image["alt"]) for image in words.get(name, ())) for name in lists}
    return networks.get(network).compose(publication(network, said.pop("text"), **media, **said))


def changed(network: str, composer: int, digests: dict[str, str]) -> list[str]:
    """The cases whose payload differs from the one recorded under this COMPOSER number."""
    known = record(network).get(str(composer), {})
    return sorted(name for name, digest in digests.items() if known.get(name, digest) != digest)


def write(network: str) -> None:
    """Write the goldens of today. Raises SystemExit when a recorded one would change under its number."""
    from marronnier import networks

    composer = networks.get(network).COMPOSER
    payloads = {name: composed(network, case["words"]) for name, case in cases(network)}
    digests = {name: payload.sha256 for name, payload in payloads.items()}
    if wrong := changed(network, composer, digests):
        sys.exit(f"{network}: {', '.join(wrong)} changed under COMPOSER {composer}: raise it to {composer + 1}, then run this again")
    for name, case in cases(network):
        text = json.dumps({"words": case["words"], "payload": json.loads(payloads[name].as_bytes())}, ensure_ascii=False, indent=2)
        (GOLDEN / network / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    both = {**record(network), str(composer): digests}
    (GOLDEN / network / RECORD).write_text(json.dumps(both, indent=2, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    for folder in sorted(path.name for path in GOLDEN.iterdir()):
        write(folder)
