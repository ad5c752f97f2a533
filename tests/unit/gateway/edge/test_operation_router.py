"""Finding the operation: the tree gives what the table says, for every path and nothing else."""

import pytest
from hypothesis import given, strategies as st

from gateway.adapters.edge.operation_router import OperationRouter
from shared.contracts.operations import OPERATIONS, Operation

ROUTER = OperationRouter(OPERATIONS)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: f"{operation.method} {operation.path}")
def test_every_operation_is_found_by_a_path_of_its_form(operation: Operation) -> None:
    """The whole table."""
    path = "/".join("ret_01" if part.startswith("{") else part for part in operation.path.split("/"))
    assert ROUTER.at(path)[operation.method] is operation


@pytest.mark.parametrize("part", ["", ".", ".."])
def test_what_is_no_id_is_not_taken_for_one(part: str) -> None:
    """S-29: an empty part and dots would be read another way by somebody behind us."""
    assert ROUTER.at(f"/v1/returns/{part}") == {}
    assert ROUTER.at(f"/v1/returns/{part}/timeline") == {}


@given(st.lists(st.sampled_from(["v1", "returns", "orders", "", ".", "..", "x", "operations", "refunds", "loops"])))
def test_a_path_is_found_only_when_an_operation_has_its_form(parts: list[str]) -> None:
    """S-29: empty parts and dots are no ids."""
    path = "/" + "/".join(parts)
    fitting = {operation.method: operation for operation in OPERATIONS if fits(operation.path, path)}
    assert ROUTER.at(path) == fitting


def fits(form: str, path: str) -> bool:
    """The slow and obvious way."""
    wanted, given_ = form.split("/"), path.split("/")
    return len(wanted) == len(given_) and all(
        part not in ("", ".", "..") if word.startswith("{") else part == word
        for word, part in zip(wanted, given_, strict=True)
        if word or part
    )
