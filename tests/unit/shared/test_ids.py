"""Public ids: a kind, and a number that sorts by age and keeps its place."""

import re

import pytest
from uuid_utils import uuid7

from shared.kernel.ids import is_id, write_id
from shared.kernel.principal import Kind, Principal, Role
from shared.runtime.clock import new_id

GOOD = "0" * 26


@pytest.mark.parametrize(
    ("number", "digits"),
    [(0, "0" * 26), (1, "0" * 25 + "1"), (31, "0" * 25 + "Z"), (32, "0" * 24 + "10"), (2**128 - 1, "7" + "Z" * 25)],
)
def test_a_number_is_written_in_crockfords_digits_the_greatest_first(number: int, digits: str) -> None:
    assert write_id("ret", number) == f"ret_{digits}"
    assert is_id(f"ret_{digits}", "ret")


def test_ids_that_are_made_later_come_later_and_none_comes_twice() -> None:
    made = [new_id("ret") for _ in range(2000)]
    assert made == sorted(made)
    assert len({*made}) == len(made)
    assert all(re.fullmatch("ret_[0-9A-HJKMNP-TV-Z]{26}", each) for each in made)
    assert write_id("ret", uuid7().int) > made[-1]


@pytest.mark.parametrize(
    "text",
    ["", "ret", "ret_", GOOD, f"rfd_{GOOD}", f"ret_{GOOD}0", f"ret_{GOOD[1:]}", f"ret-{GOOD}", f"RET_{GOOD}",
     f"ret_{GOOD[1:]}I", f"ret_{GOOD[1:]}U", f"ret_{GOOD[1:]}a", f"ret_{GOOD[1:]}\0",
     f"ret_{GOOD[1:]}\n", f"ret__{GOOD[1:]}"],
)  # fmt: skip
def test_what_is_no_id_of_this_kind_is_none(text: str) -> None:
    """Its form is all that is asked: what is looked up never holds a character that a database refuses."""
    assert not is_id(text, "ret")


def test_a_caller_is_any_of_several_roles_or_none() -> None:
    agent = Principal(Kind.STAFF, "a", frozenset({Role.AGENT, Role.FINANCE}))
    assert agent.actor == "staff:a"
    assert agent.is_any(Role.AGENT)
    assert agent.is_any(Role.ADMIN, Role.FINANCE)
    assert not agent.is_any(Role.ADMIN, Role.SUPERVISOR)
    assert not agent.is_any()
    assert not Principal(Kind.STAFF, "a").is_any(Role.AGENT)
