"""Return numbers that a person can read out: `RT-4F7K-92QX-C`, eight Crockford characters and a check character (D01).

Numbers whose check character would not be a Crockford character are never issued.
"""

from collections.abc import Callable
from typing import Final

from shared.kernel.check_character import check_character
from shared.kernel.errors import Malformed, Said
from shared.kernel.ids import CROCKFORD

LENGTH: Final = 8
PREFIX: Final = "RT"
NUMBERS: Final = len(CROCKFORD) ** LENGTH
_CLEANED: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None, "_": None, ".": None})


class NotAnRma(Malformed):
    """An invalid return number: too long, too short, or with a wrong check character."""

    code = "not_an_rma"
    title = Said("This is not a return number", "退货编号无效")
    detail = Said(
        "Please compare it with your confirmation: a return number looks like RT-4F7K-92QX-C.",
        "请与确认通知核对：退货编号形如 RT-4F7K-92QX-C。",
    )


def draw(below: Callable[[int], int]) -> str:
    """A new return number; `below(n)` gives a random number from 0 to n - 1, not guessable."""
    while True:
        number = below(NUMBERS)
        body = "".join(CROCKFORD[(number >> 5 * place) & 31] for place in reversed(range(LENGTH)))
        check = check_character(body)
        if check in CROCKFORD:
            return f"{PREFIX}-{body[:4]}-{body[4:]}-{check}"


def read(text: str, pointer: str | None = None) -> str:
    """The return number a person typed or said: case, spaces, O for 0, I and L for 1. `NotAnRma` when it is none."""
    cleaned = text.upper().translate(_CLEANED)
    if len(cleaned) == len(PREFIX) + LENGTH + 1 and cleaned.startswith(PREFIX):
        cleaned = cleaned.removeprefix(PREFIX)
    body, check = cleaned[:-1], cleaned[-1:]
    if len(body) != LENGTH or any(c not in CROCKFORD for c in cleaned) or check_character(body) != check:
        raise NotAnRma(pointer=pointer)
    return f"{PREFIX}-{body[:4]}-{body[4:]}-{check}"
