"""Writes refund.schema.json, the JSON Schema of a question about a refund, beside this file."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from retour.offline.refund_document import schema


def main() -> None:
    """Write the schema anew."""
    Path(__file__).with_name("refund.schema.json").write_text(schema(), encoding="utf-8")


if __name__ == "__main__":
    main()
