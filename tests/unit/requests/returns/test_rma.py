"""Return numbers survive telephones and tired eyes (D01)."""

import random

import pytest
from hypothesis import assume, given, strategies as st

from service_requests.domain.returns import rma
from shared.kernel.check_character import check_character
from shared.kernel.ids import CROCKFORD

seeds = st.integers(min_value=0)
SHAPE = r"^RT-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]$"


def drawn(seed: int) -> str:
    return rma.draw(random.Random(seed).randrange)


@given(seeds)
def test_every_number_reads_back_as_itself(seed: int) -> None:
    number = drawn(seed)
    assert rma.read(number) == number
    assert len(number) == len("RT-4F7K-92QX-C")


@given(seeds, st.integers(3, 13), st.sampled_from(CROCKFORD))
def test_any_single_wrong_character_is_noticed(seed: int, place: int, wrong: str) -> None:
    number = drawn(seed)
    assume(number[place] not in {wrong, "-"})
    with pytest.raises(rma.NotAnRma):
        rma.read(number[:place] + wrong + number[place + 1 :])


@given(seeds, st.integers(0, 8), st.integers(0, 8))
def test_any_two_exchanged_characters_are_noticed(seed: int, one: int, other: int) -> None:
    letters = list(drawn(seed).removeprefix("RT-").replace("-", ""))
    assume(letters[one] != letters[other])
    letters[one], letters[other] = letters[other], letters[one]
    with pytest.raises(rma.NotAnRma):
        rma.read("".join(letters))


@given(seeds, st.randoms(use_true_random=False))
def test_case_spaces_and_lookalikes_do_not_matter(seed: int, whim: random.Random) -> None:
    number = drawn(seed)
    alike = {"0": "0Oo", "1": "1IiLl"}
    said = "".join(whim.choice(alike.get(c, c + c.lower())) for c in number.removeprefix("RT-").replace("-", ""))
    spaced = "".join(c + " " * whim.randrange(2) for c in said)
    prefix = whim.choice(["", "RT", "rt-", "Rt "])
    assert rma.read(prefix + spaced) == number


@pytest.mark.parametrize("text", ["", "RT", "RT-", "RT-4F7K", "*" * 9, "RT-4F7K-92QX-", "U" * 9, "退货编号", "0" * 200])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(rma.NotAnRma) as refused:
        rma.read(text)
    assert "RT-" in refused.value.say("zh-CN")


def test_the_check_character_is_iso_7064_mod_37_2() -> None:
    """The standard's own property: the weighted sum of the whole is 1 modulo 37."""
    body = "4F7K92QX"
    whole = body + check_character(body)
    values = ["0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*".index(c) for c in whole]
    assert sum(v * 2 ** (len(values) - 1 - i) for i, v in enumerate(values)) % 37 == 1


def test_numbers_whose_check_nobody_can_say_are_not_given_out() -> None:
    assert {drawn(seed)[-1] for seed in range(3000)} == set(CROCKFORD)


def test_there_are_a_million_million_numbers() -> None:
    assert rma.NUMBERS == 2**40
