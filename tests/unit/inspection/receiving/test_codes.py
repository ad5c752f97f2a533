"""Codes as scanners, labels and people give them (F04, Z21)."""

import random
import time
from typing import Final

import pytest
from hypothesis import given, strategies as st

from service_inspection.domain.receiving.rma import is_ours, rma_key, tracking_key
from service_requests.domain.returns.rma import draw

RMA: Final = "RT-8A5N-56TA-F"
KEY: Final = "RT8A5N56TAF"
FULL_WIDTH: Final = "".join(chr(ord(each) + 0xFEE0) for each in RMA)


@pytest.mark.parametrize(
    "code",
    [
        RMA,
        KEY,
        "rt 8a5n 56ta f",
        " R T 8 A 5 N 5 6 T A F\r\n",
        "RT–8A5N–56TA–F",
        "8A5N-56TA-F",
        f"RMA:{RMA}",
        f"rma: {RMA.lower()}",
        f"RMA {KEY}",
        f"Return number: {RMA}",
        f"退货编号：{RMA}",
        f"ＲＭＡ：{FULL_WIDTH}",
        f"]C1{KEY}",
        f"]Q3{RMA}",
        f"]d2\x1d91{KEY}\x1d10LOT7",
        f"(91){KEY}",
        f"]C10104006381333931{KEY}",
        f"https://returns.example/r/{RMA}",
        f"https://returns.example/r/{KEY}/label?x=1",
        f"HTTPS://RETURNS.EXAMPLE/R?LANG=EN&RMA={RMA}#top",
        f"https://returns.example/a%2F{RMA.replace('-', '%2D')}%20",
        f"https://shop.example/start/abcdefgh1/{KEY}",
        f"]Q1https://returns.example/{RMA.lower()}",
    ],
)
def test_z21_a_return_number_is_read_from_every_code_that_holds_it(code: str) -> None:
    assert rma_key(code) == KEY
    assert is_ours(rma_key(code))


@pytest.mark.parametrize(
    ("code", "key"),
    [
        ("R7KX-2M4Q", "R7KX2M4Q"),
        ("RMA:R7KX-2M4Q", "R7KX2M4Q"),
        ("]C1r7kx 2m4q", "R7KX2M4Q"),
        ("RT-8A5N-56TA-G", "RT8A5N56TAG"),
        ("", None),
        ("退货", None),
        ("RT-8A5N-56TA-F RT-ZZZZ-ZZZZ-Z", KEY),
    ],
)
def test_z21_any_other_code_is_compared_as_a_whole(code: str, key: str | None) -> None:
    """A number with a wrong check character beside a right one is no number of ours."""
    assert rma_key(code) == key


def test_z21_a_code_with_two_return_numbers_is_a_question() -> None:
    other = draw(random.Random(4).randrange)
    assert rma_key(f"{RMA} {other}") is None
    assert rma_key(f"https://returns.example/{RMA}?also={other}") is None


@given(st.integers(min_value=0), st.sampled_from(["", "]C1", "RMA#", "(91)", "https://x.example/?q="]))
def test_z21_every_number_that_is_issued_is_read(seed: int, prefix: str) -> None:
    issued = draw(random.Random(seed).randrange)
    assert rma_key(prefix + issued.lower()) == issued.replace("-", "")


@given(st.text(max_size=1_200))
def test_z21_no_text_makes_reading_fail(code: str) -> None:
    for key in (rma_key(code), tracking_key(code)):
        assert key is None or key


def test_z21_reading_is_bounded() -> None:
    """A long code of the worst kind is read at once: its cost is bounded by its length."""
    before = time.process_time()
    for place in range(20):
        rma_key(f"{place}" + "RT" * 10_000)
        rma_key("https://x.example/" + "RT-" * 10_000)
    assert time.process_time() - before < 5


@pytest.mark.parametrize(
    ("code", "key"),
    [
        ("sf 1234-5678 90", "SF1234567890"),
        ("]C1SF1234567890", "SF1234567890"),
        ("ＳＦ１２３４５６７８９０", "SF1234567890"),
        ("1Z 999 AA1 01 2345 6784", "1Z999AA10123456784"),
        ("JDVA01234567890-1-1-", "JDVA01234567890"),
        ("420902109400111206200123456789", "9400111206200123456789"),
        ("abcd", None),
        ("", None),
        (None, None),
        ("https://x.example/123456", None),
        ("1" * 41, None),
    ],
)
def test_z21_tracking_numbers_are_compared_in_one_form(code: str | None, key: str | None) -> None:
    assert tracking_key(code) == key
