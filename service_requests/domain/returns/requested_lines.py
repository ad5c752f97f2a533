"""What was asked for in a return, line by line, as it was."""

from service_requests.domain.eligibility.case_of_order import RequestedLine
from service_requests.domain.returns.return_ import Return


def requested_lines(found: Return) -> tuple[RequestedLine, ...]:
    """What was asked for, line by line, as it was."""
    return tuple(
        RequestedLine(
            line.line_id,
            line.quantity,
            line.reason,
            line.condition,
            line.states,
            line.proofs,
            described=line.comment is not None,
        )
        for line in found.lines
    )
