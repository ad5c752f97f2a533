"""Carries a fault of `make mutants` into started processes: Python imports this where the folder is on PYTHONPATH.

`RETOUR_MUTANT` names a JSON file with the path of the spoilt module and its text; without it nothing happens.
"""

import json
import os
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Final

VARIABLE: Final = "RETOUR_MUTANT"


def install(spoilt: str, text: str) -> None:
    """From now on the module at this path is imported with this text."""
    original = SourceFileLoader.get_code

    def get_code(loader: SourceFileLoader, name: str) -> CodeType | None:
        if loader.path == spoilt:
            return compile(text, spoilt, "exec", dont_inherit=True)
        return original(loader, name)

    SourceFileLoader.get_code = get_code  # type: ignore[method-assign,assignment]


def _install_what_the_environment_names() -> None:
    named = os.environ.get(VARIABLE)
    if named:
        fault = json.loads(Path(named).read_text(encoding="utf-8"))
        install(fault["path"], fault["text"])


_install_what_the_environment_names()
