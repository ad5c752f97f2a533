"""What was asked for in a return, line by line, as it was."""

from service_requests.domain.eligibility.case_of_order import RequestedLine
from service_requests.domain.returns.return_ import Return


def requested_lines(found: Return) -> tuple[RequestedLine, ...]:
    """What was asked for, line by line, as it was."""
    return tuple(
        RequestedLine(
            line_id=line.line_id,
            quantity=line.quantity,
            reason=line.reason,
            condition=line.condition,
            states=line.states,
            proofs=line.proofs,
            described=line.comment is not None,
        )
        for line in found.lines
    )
