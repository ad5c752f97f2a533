"""Random orders whose pieces come back in several orders and groupings: every sum must be the same (Z08).

`python benchmarks/paths.py --cases 10000 --seed 1` prints each case that differs, and ends with 1 if there is one.
`make paths` runs it. A case is made from its number alone, so `--seed` and one number repeat it.
"""

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.unit.refunds.random_paths import case_of, case_with_choices, differences


def main() -> int:
    """Try the cases, print what differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=1_800, help="stop after this time")
    chosen = parser.parse_args()
    begun, tried, wrong = time.monotonic(), 0, 0
    for number in range(chosen.seed, chosen.seed + chosen.cases):
        if time.monotonic() - begun > chosen.seconds:
            break
        tried += 1
        found = [*differences(case_of(number), number), *differences(case_with_choices(number), number)]
        wrong += bool(found)
        for each in found[:5]:
            print(f"case {number}: {each}")
    print(f"{tried} of {chosen.cases} cases, {wrong} depend on the path, {time.monotonic() - begun:.0f} s")
    return int(bool(wrong) or tried < chosen.cases)


if __name__ == "__main__":
    sys.exit(main())
