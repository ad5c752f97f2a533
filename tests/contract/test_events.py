"""What services tell each other: every version has a sample that reads, nothing published changes in place."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from shared.contracts.envelope import Envelope, Event, Unreadable
from shared.contracts.events import CATALOGUE, PUBLISHERS
from shared.contracts.schema import breaks, schema_of

FOLDER = Path(__file__).parent.parent.parent / "shared/contracts"


def text_of(kind: str, contract: type[Event]) -> str:
    return (FOLDER / kind / f"{contract.routing_key()}.json").read_text()


@pytest.mark.parametrize("contract", CATALOGUE, ids=lambda contract: contract.routing_key())
def test_every_version_has_a_sample_that_reads_and_writes_the_same(contract: type[Event]) -> None:
    """N01."""
    envelope = Envelope.decode(text_of("samples", contract))
    assert envelope.type == contract.routing_key()
    event = envelope.read(contract)
    assert json.loads(event.model_dump_json(exclude_none=True)) == json.loads(json.dumps(envelope.data))
    Draft202012Validator(schema_of(contract)).validate(envelope.data)
    assert json.loads(envelope.encode()) == json.loads(text_of("samples", contract))


@pytest.mark.parametrize("contract", CATALOGUE, ids=lambda contract: contract.routing_key())
def test_nothing_that_was_published_changes_in_place(contract: type[Event]) -> None:
    """The committed schema is what readers rely on."""
    assert breaks(json.loads(text_of("schemas", contract)), schema_of(contract)) == []


def test_every_noun_has_one_publisher_and_every_file_its_event() -> None:
    assert {contract.type.partition(".")[0] for contract in CATALOGUE} == set(PUBLISHERS)
    names = sorted(f"{contract.routing_key()}.json" for contract in CATALOGUE)
    for kind in ("samples", "schemas"):
        assert sorted(path.name for path in (FOLDER / kind).iterdir()) == names


def test_unknown_fields_are_ignored_and_known_ones_are_strict() -> None:
    contract = CATALOGUE[0]
    sample = json.loads(text_of("samples", contract))
    sample["data"]["news"] = {"of": "tomorrow"}
    sample["tomorrow"] = 1
    assert Envelope.decode(json.dumps(sample)).read(contract).routing_key() == contract.routing_key()
    sample["data"]["total_minor"] = "19462"
    with pytest.raises(Unreadable) as caught:
        Envelope.decode(json.dumps(sample)).read(contract)
    assert caught.value.reason == "not_by_contract"
    assert "total_minor" in str(caught.value)


OLD: dict[str, Any] = {
    "properties": {
        "a": {"type": "string"},
        "b": {"$ref": "#/$defs/B"},
        "c": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
    },
    "required": ["a"],
    "$defs": {"B": {"type": "string", "enum": ["x", "y"]}},
}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda new: new["properties"].pop("a"), "is gone"),
        (lambda new: new["properties"]["a"].update(type="integer"), "was ['string'] and is ['integer']"),
        (lambda new: new["required"].remove("a"), "no longer always there"),
        (lambda new: new["$defs"]["B"]["enum"].append("z"), "may now be ['z']"),
        (lambda new: new["properties"]["c"]["anyOf"].pop(), "was"),
    ],
)
def test_a_breaking_change_is_named(change: Any, says: str) -> None:
    new = json.loads(json.dumps(OLD))
    change(new)
    (reason,) = breaks(OLD, new)
    assert says in reason


def test_an_optional_field_breaks_nothing() -> None:
    new = json.loads(json.dumps(OLD))
    new["properties"]["d"] = {"type": "string"}
    assert breaks(OLD, new) == []
