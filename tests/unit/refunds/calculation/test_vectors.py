"""The worked examples, each with its steps in every listed order; acceptance uses others of the same kind."""

from typing import Any

import pytest

from service_refunds.domain.calculation.calculation import calculate
from service_refunds.domain.calculation.inputs.history import RefundHistory
from shared.kernel.errors import RetourError
from tests.unit.refunds.vector_reader import figures_of, read_order, read_request, read_shares, vectors

VECTORS = vectors()


@pytest.mark.parametrize("name", VECTORS)
def test_a_worked_example_comes_out_to_the_cent(name: str) -> None:
    """H01, H02, H04, H05, H06, H07, H08, H09, H10, H11, I02, I12, J02."""
    vector = VECTORS[name]
    order = read_order(vector["order"])
    if "shares" in vector:
        assert read_shares(order) == vector["shares"]
    for path in vector["paths"]:
        history = RefundHistory()
        for step in path:
            history = _take(step, read_request(step, order, history), history)


def _take(step: dict[str, Any], request: Any, history: RefundHistory) -> RefundHistory:
    expected = dict(step["expect"])
    code = expected.pop("refused", None)
    if code is not None:
        with pytest.raises(RetourError) as refusal:
            calculate(request)
        assert refusal.value.code == code
        return history
    calculation = calculate(request)
    found = figures_of(calculation)
    assert {key: found[key] for key in expected} == expected
    return calculation.after()
