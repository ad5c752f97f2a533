"""The language of the command: `--language` anywhere on the line, else the system's locale."""

from collections.abc import Mapping, Sequence
from typing import Final

from shared.kernel.errors import Language

OPTION: Final = "--language"
LANGUAGES: Final[Mapping[str, Language]] = {"en": "en", "zh-cn": "zh-CN", "zh": "zh-CN"}


def choose(arguments: Sequence[str], environment: Mapping[str, str]) -> tuple[list[str], Language]:
    """The arguments without `--language`, and the language; `ValueError` names an unknown language."""
    rest: list[str] = []
    asked: str | None = None
    words = iter(arguments)
    for word in words:
        if word == OPTION:
            asked = next(words, "")
        elif word.startswith(f"{OPTION}="):
            asked = word.partition("=")[2]
        else:
            rest.append(word)
    if asked is None:
        return rest, of_system(environment)
    if asked.lower() not in LANGUAGES:
        raise ValueError(asked)
    return rest, LANGUAGES[asked.lower()]


def of_system(environment: Mapping[str, str]) -> Language:
    """Chinese where the first locale variable that is set says so, else English."""
    named = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    return "zh-CN" if named.lower().startswith("zh") else "en"
