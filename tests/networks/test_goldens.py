"""A golden payload changes only when its network's COMPOSER number rises: approvals bind both."""

from __future__ import annotations

import json

import pytest

from marronnier import networks
from networks import goldens

CASES = [(folder.name, name) for folder in sorted(goldens.GOLDEN.iterdir()) for name, _case in goldens.cases(folder.name)]


@pytest.mark.parametrize(("network", "name"), CASES, ids=lambda part: part)
def test_a_golden_payload_is_composed_again(network: str, name: str) -> None:
    case = dict(goldens.cases(network))[name]
    assert json.loads(goldens.composed(network, case["words"]).as_bytes()) == case["payload"]


@pytest.mark.parametrize("network", networks.names())
def test_a_changed_golden_needs_a_risen_composer(network: str) -> None:
    composer = networks.get(network).COMPOSER
    digests = {name: goldens.composed(network, case["words"]).sha256 for name, case in goldens.cases(network)}
    assert digests, f"{network} has no golden payloads"
    record = goldens.record(network)
    assert sorted(map(int, record)) == list(range(1, composer + 1)), "every COMPOSER number that ever was stays recorded"
    assert record[str(composer)] == digests, f"raise {network}.COMPOSER, then run python tests/networks/goldens.py"


def test_the_guard_sees_a_change() -> None:
    network = networks.names()[0]
    composer = networks.get(network).COMPOSER
    name, digest = next(iter(goldens.record(network)[str(composer)].items()))
    assert goldens.changed(network, composer, {name: "0" * 64}) == [name]
    assert goldens.changed(network, composer, {name: digest, "a-new-case": "0" * 64}) == []
    assert goldens.changed(network, composer + 1, {name: "0" * 64}) == []
