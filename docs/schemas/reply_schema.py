"""Writes reply.schema.json, the JSON Schema of a reply to be checked, beside this file."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from service_notifications.adapters.care.reply_check.reply_document import reply_schema


def main() -> None:
    """Write the schema anew."""
    Path(__file__).with_name("reply.schema.json").write_text(reply_schema(), encoding="utf-8")


if __name__ == "__main__":
    main()
