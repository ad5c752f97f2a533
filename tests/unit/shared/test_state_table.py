"""Tables of states: a dead end is found, and the tables of the product have none (R08, Z20 to Z24)."""

from collections.abc import Mapping
from typing import Final

import pytest

from docs.machines import THINGS, Thing
from gateway.domain.identity.gateway_operation import GATEWAY_OPERATIONS
from shared.contracts.events import CATALOGUE
from shared.contracts.operations import OPERATIONS, Service
from shared.kernel.errors import Said
from shared.kernel.state_table import Act, State, StateTable, Trigger, dead_ends

PLACES: Final = (
    *((each.method, each.path) for each in OPERATIONS),
    *((each.method, each.path) for each in GATEWAY_OPERATIONS),
)
KNOWN_OPERATIONS: Final = frozenset(
    f"{method} {path.replace(f'/operations/{service}/', '/operations/{service}/')}"
    for method, path in PLACES
    for service in ("", *Service)
)
"""Operations that every service has are also known with `{service}` in their path."""
ANY: Final = Said("any", "任意")


def _table(**states: Mapping[str, Trigger] | None) -> StateTable:
    """A table in a few words: per state where it leads and by what; None is an end."""
    return {
        name: State(
            means=ANY,
            end=leads is None,
            acts=tuple(
                Act(verb="go", trigger=trigger, by="anything", leads_to=frozenset({to}))
                for to, trigger in (leads or {}).items()
            ),
        )
        for name, leads in states.items()
    }


def test_a_chain_of_operations_and_jobs_reaches_an_end() -> None:
    """R08: every state of the chain is alive, the far ones as well."""
    assert not dead_ends(_table(a={"b": Trigger.OPERATION}, b={"c": Trigger.CLOCK}, c=None))


def test_what_only_others_can_end_is_a_dead_end() -> None:
    """R08: an event of another service or an answer of a provider may never come."""
    assert dead_ends(_table(a={"b": Trigger.EVENT}, b=None)) == {"a"}
    assert dead_ends(_table(a={"b": Trigger.PROVIDER}, b=None)) == {"a"}


def test_two_states_that_lead_only_to_each_other_are_dead_ends() -> None:
    """R08: going round in a circle is not an end."""
    circle = _table(a={"b": Trigger.OPERATION}, b={"a": Trigger.OPERATION}, c=None)
    assert dead_ends(circle) == {"a", "b"}


@pytest.mark.parametrize("thing", THINGS, ids=lambda thing: thing.name.en)
class TestTheTablesOfTheProduct:
    """R08: what the tables say exists, and leads on."""

    def test_every_state_has_its_row(self, thing: Thing) -> None:
        assert [*thing.table] == [state.value for state in thing.states]

    def test_from_every_state_an_end_can_be_reached(self, thing: Thing) -> None:
        assert not dead_ends(thing.table)

    def test_acts_lead_to_known_states(self, thing: Thing) -> None:
        led = {to for state in thing.table.values() for act in state.acts for to in act.leads_to}
        assert led <= set(thing.table)

    def test_operations_and_events_exist(self, thing: Thing) -> None:
        acts = [act for state in thing.table.values() for act in state.acts]
        assert {act.by for act in acts if act.trigger is Trigger.OPERATION} <= KNOWN_OPERATIONS
        assert {act.by for act in acts if act.trigger is Trigger.EVENT} <= {event.type for event in CATALOGUE}

    def test_every_sentence_is_in_both_languages(self, thing: Thing) -> None:
        said = [state.means for state in thing.table.values()]
        said += [act.until for state in thing.table.values() for act in state.acts if act.until]
        assert all(each.en and each.zh for each in said)
