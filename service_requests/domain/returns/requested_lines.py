"""The lines of a return in the form of a request."""

from service_requests.domain.eligibility.case_of_order import RequestedLine
from service_requests.domain.returns.return_ import Return


def requested_lines(return_: Return) -> tuple[RequestedLine, ...]:
    """The requested lines from which this return was decided."""
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
        for line in return_.lines
    )
