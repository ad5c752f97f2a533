"""Operations that every service offers to operators."""

from shared.contracts.operations.operation import OPERATORS, Operation, Repeat, Service, rows


def operator_operations(service: Service) -> tuple[Operation, ...]:
    """What every service offers to operators: its dead letters, queues and sent events, and what it owes (N04, R04)."""
    base = f"/v1/operations/{service}"
    letter = f"{base}/dead-letters/{{event_id}}"
    return rows(
        service,
        ("GET", f"{base}/dead-letters", OPERATORS, "operations:read"),
        ("GET", letter, OPERATORS, "operations:read"),
        ("POST", f"{letter}/replay", OPERATORS, "operations:write", Repeat.NATURAL),
        ("POST", f"{letter}/discard", OPERATORS, "operations:write", Repeat.NATURAL),
        ("GET", f"{base}/dead-letter-acts", OPERATORS, "operations:read"),
        ("GET", f"{base}/loops", OPERATORS, "operations:read"),
        ("GET", f"{base}/queues", OPERATORS, "operations:read"),
        ("POST", f"{base}/queues/{{queue}}/healing", OPERATORS, "operations:write", Repeat.NATURAL),
        ("POST", f"{base}/queues/{{queue}}/comparison", OPERATORS, "operations:read", Repeat.NATURAL),
        ("GET", f"{base}/sent-events", OPERATORS, "operations:read"),
        ("POST", f"{base}/republications", OPERATORS, "operations:write", Repeat.NATURAL),
        ("GET", f"{base}/owed", OPERATORS, "operations:read"),
        ("GET", f"{base}/facts/{{kind}}", OPERATORS, "operations:read"),
        ("POST", f"{base}/facts/{{kind}}/comparison", OPERATORS, "operations:read", Repeat.NATURAL),
    )
