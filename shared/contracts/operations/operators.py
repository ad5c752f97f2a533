"""Operations that every service offers to operators."""

from shared.contracts.operations.operation import OPERATORS, Operation, Repeat, Service


def operator_operations(service: Service) -> tuple[Operation, ...]:
    """What every service offers to operators: its dead letters, what was done about them, and its loops (N04)."""
    base = f"/v1/operations/{service}"
    letter = f"{base}/dead-letters/{{event_id}}"
    return (
        Operation("GET", f"{base}/dead-letters", service, OPERATORS, "operations:read"),
        Operation("GET", letter, service, OPERATORS, "operations:read"),
        Operation("POST", f"{letter}/replay", service, OPERATORS, "operations:write", Repeat.NATURAL),
        Operation("POST", f"{letter}/discard", service, OPERATORS, "operations:write", Repeat.NATURAL),
        Operation("GET", f"{base}/dead-letter-acts", service, OPERATORS, "operations:read"),
        Operation("GET", f"{base}/loops", service, OPERATORS, "operations:read"),
    )
