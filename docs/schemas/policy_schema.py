"""Writes policy.schema.json, the JSON Schema of a policy document, beside this file."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from service_requests.adapters.policy.policy_documents import policy_schema


def main() -> None:
    """Write the schema anew."""
    Path(__file__).with_name("policy.schema.json").write_text(policy_schema(), encoding="utf-8")


if __name__ == "__main__":
    main()
