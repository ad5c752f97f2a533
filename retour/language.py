"""In which language the command speaks: what `--language` says, wherever it stands; else what the system is set to."""

from collections.abc import Mapping, Sequence
from typing import Final

from shared.kernel.errors import Language

OPTION: Final = "--language"
LANGUAGES: Final[Mapping[str, Language]] = {"en": "en", "zh-cn": "zh-CN", "zh": "zh-CN"}


def choose(arguments: Sequence[str], environment: Mapping[str, str]) -> tuple[list[str], Language]:
    """The arguments without `--language`, and the language; `ValueError` names one that we do not speak."""
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
    """Chinese where the first locale variable that is set says so, English everywhere else."""
    named = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    return "zh-CN" if named.lower().startswith("zh") else "en"
