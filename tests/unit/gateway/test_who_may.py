"""The tables of the edge against what people have written: roles, scopes, kinds, repetition (O01, S-15, S-35)."""

import re
from typing import Final

import pytest

from gateway.domain.identity.gateway_operation import GATEWAY_OPERATIONS, GatewayOperation
from gateway.domain.identity.key import ROLE_OF_SCOPE, Key
from shared.contracts.operations import OPERATIONS, Operation
from shared.kernel.principal import Kind, Principal, Role
from shared.runtime.clock import now
from tests.support.who_may import CALLERS, Row, rows

ROWS: Final = {(row.method, row.path): row for row in rows()}

MAKES_OF_A_KEY: Final = {
    Role.STOREFRONT: "orders:write orders:read returns:write returns:read policy:read contacts:write contacts:read "
    "customers:token",
    Role.AGENT: "returns:decide inspections:decide messages:write",
    Role.WAREHOUSE: "receipts:write inspections:write",
    Role.AUDITOR: "receipts:read inspections:read messages:read",
    Role.FINANCE: "refunds:read finance:read",
    Role.OPERATOR: "operations:read operations:write",
}
"""What a system may be, and the scopes that make it that. Nothing makes it an administrator or a supervisor."""

SCOPES: Final = {scope: role for role, scopes in MAKES_OF_A_KEY.items() for scope in scopes.split()}


def place(operation: Operation | GatewayOperation) -> tuple[str, str]:
    return operation.method, re.sub(r"{\w+}", "{}", operation.path)


def ids(operation: Operation | GatewayOperation) -> str:
    return " ".join(place(operation))


def a_key(*scopes: str) -> Principal:
    return Key(
        id="key_1",
        digest="digest",
        kind=Kind.SYSTEM,
        name="A machine",
        scopes=frozenset(scopes),
        warehouse=None,
        created_by="staff:acc_1",
        created_at=now(),
    ).principal


def one(name: str) -> Principal:
    """A caller of this column; a system with every scope, so that only its role counts."""
    kind, role = CALLERS[name]
    return Principal(kind, "x", frozenset({role}), frozenset(SCOPES) if kind is Kind.SYSTEM else frozenset())


def test_the_program_has_the_operations_that_people_have_written_down_and_each_once() -> None:
    """One that is missing here, or has nobody who thought of it, is noticed."""
    there = [*map(place, OPERATIONS), *map(place, GATEWAY_OPERATIONS)]
    assert sorted(there) == sorted(ROWS)
    assert len(ROWS) == len(rows())


def test_a_scope_makes_of_a_key_what_people_have_written_down() -> None:
    """S-15, S-35: within a service the role counts, too."""
    assert ROLE_OF_SCOPE == SCOPES


@pytest.mark.parametrize("operation", OPERATIONS, ids=ids)
def test_an_operation_is_open_to_whom_people_have_written_down_and_to_nobody_else(operation: Operation) -> None:
    """Role by role, scope by scope; the service behind it and what makes its repetition harmless."""
    row = ROWS[place(operation)]
    assert (operation.service, operation.repeat, operation.public) == (row.service, row.repeat, row.everybody)
    assert (operation.roles, operation.scope or None) == (row.roles, row.scope)
    people = [name for name, (kind, _) in CALLERS.items() if kind is not Kind.SYSTEM]
    assert {name for name in people if operation.admits(one(name))} == (
        set(people) if row.everybody else row.may - {"shop"}
    )
    assert operation.admits(Principal(Kind.SYSTEM, "nothing")) is row.everybody
    _opens_by_its_scope_alone(operation, row)


@pytest.mark.parametrize("gateway_operation", GATEWAY_OPERATIONS, ids=ids)
def test_a_gateway_operation_is_open_to_whom_people_have_written_down_and_to_nobody_else(
    gateway_operation: GatewayOperation,
) -> None:
    """A machine or a customer with an administrator's role is still no member of staff."""
    row = ROWS[place(gateway_operation)]
    assert row.service is None
    assert (gateway_operation.public, gateway_operation.scope) == (row.everybody, row.scope)
    if row.everybody:
        return
    assert {name for name in CALLERS if gateway_operation.admits(one(name))} == row.may
    for kind in Kind:
        forged = Principal(kind, "x", frozenset(Role), frozenset(SCOPES))
        assert gateway_operation.admits(forged) is (kind in row.kinds), kind
    if row.scope is not None:
        _opens_by_its_scope_alone(gateway_operation, row)


def _opens_by_its_scope_alone(operation: Operation | GatewayOperation, row: Row) -> None:
    opening = {scope for scope in SCOPES if operation.admits(a_key(scope))}
    if row.everybody:
        assert opening == set(SCOPES)
        return
    assert opening == ({row.scope} if row.for_keys else set())
    assert not operation.admits(a_key(*(SCOPES.keys() - {row.scope})))
