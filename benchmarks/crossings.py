"""Every pair of acts that can cross, in both orders, with each choice of services that hear late (Y21).

`make crossings` prints each pair that breaks a promise, and each whose end depends on who heard first; status 1 if any.
`ARGS="shipped passed"` plays some settings only. All plays take about a quarter of an hour.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.support.walks.crossings import DELAYS, SETTINGS, Act, Setting, play
from tests.support.walks.product import running_product

SETTLED_BY_TIME: Final = frozenset({("approved", "arrive_one", "cancel_one"), ("shipped", "arrive_one", "cancel_one")})
"""Pairs whose end may differ, because somebody is asked for more only where the news came late.

Of two alike pieces one has arrived and the customer keeps one. Where the arrival was not known, the piece that she
keeps is the one that came: it is taken back, and the other one is expected until its time is over.
"""


async def pair(setting: Setting, acts: Sequence[Act], number: int) -> tuple[list[str], dict[Any, set[str]]]:
    """What broke, and the ends by the answers that the acts had."""
    broken: list[str] = []
    ends: dict[Any, set[str]] = {}
    for deaf in DELAYS:
        for backwards in (False, True) if len(deaf) > 1 else (False,):
            with tempfile.TemporaryDirectory() as folder:
                async with running_product(Path(folder)) as product:
                    try:
                        statuses, end = await play(product, setting, acts, deaf, number, backwards=backwards)
                    except Exception as error:  # noqa: BLE001
                        broken.append(f"{sorted(deaf)} {type(error).__name__}: {error}"[:300])
                    else:
                        ends.setdefault(statuses, set()).add(repr(end))
    return broken, ends


async def main() -> int:
    """Play everything that is asked for; the status."""
    parser = argparse.ArgumentParser(prog="make crossings", description=__doc__)
    parser.add_argument("settings", nargs="*", metavar="SETTING", help=", ".join(SETTINGS))
    wish = parser.parse_args()
    wrong = pairs = 0
    for name, setting in SETTINGS.items():
        if wish.settings and name not in wish.settings:
            continue
        for acts in setting.pairs():
            pairs += 1
            names = [act.__name__ for act in acts]
            broken, ends = await pair(setting, acts, pairs)
            differ = [each for each in ends.values() if len(each) > 1]
            if broken or (differ and (name, *names) not in SETTLED_BY_TIME):
                wrong += 1
                print(name, names, broken[:1], differ, flush=True)
    print(f"{pairs} pairs, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
