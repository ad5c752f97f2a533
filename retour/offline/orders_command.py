"""`retour orders convert FILE --from SHOP`: a shop's document of an order as our snapshot and later facts, offline.

A document that is unclear ends with `ExitStatus.USAGE`; the message names the field. The answer is JSON.
"""

import json
import sys
from pathlib import Path
from typing import Any, Final, NoReturn

import typer

from retour.exit_status import ExitStatus
from service_requests.domain.orders.shops.conversion import ShopKind, convert
from service_requests.domain.orders.shops.shop_document import UnclearOrder
from service_requests.domain.orders.shops.snapshot import ConvertedOrder, ShopOptions
from shared.contracts.events import Regime
from shared.kernel.errors import Language, Said
from shared.web.strict_json import parse

MOST_BYTES: Final = 4 * 1024 * 1024
TOO_LARGE: Final = Said("is longer than 4 MiB", "超过 4 MiB")
NOT_JSON: Final = Said("is not strict JSON", "不是严格的 JSON")
WORDS: Final = {
    "--from": tuple(ShopKind),
    "--regime": tuple(Regime),
    "--customer-language": ("en", "zh-CN"),
}
ONE_OF: Final = Said("{word}: one of {allowed}", "{word}：须为 {allowed} 之一")


def convert_file(file: Path, language: Language, *, asked: dict[str, Any], as_placed: bool) -> None:
    """Print the documents of the order, or end with the reason why there are none. `asked`: the options by word."""
    for word, allowed in WORDS.items():
        if asked[word] is not None and asked[word] not in allowed:
            _stop(ONE_OF.to(language, word=word, allowed=", ".join(allowed)))
    options = ShopOptions(
        storefront=asked["--storefront"],
        regime=asked["--regime"],
        language=asked["--customer-language"],
        consumer=not asked["--business"],
    )
    try:
        converted = convert(ShopKind(asked["--from"]), _read(file, language), options)
    except UnclearOrder as error:
        _stop(f"{file}: {error.say(language)}")
    print(json.dumps(answer(converted, language, as_placed=as_placed), ensure_ascii=False, indent=2))


def answer(converted: ConvertedOrder, language: Language, *, as_placed: bool) -> dict[str, Any]:
    """The snapshot, the later facts by their operations, and what the document left open."""
    return {
        "order": converted.placed if as_placed else converted.order,
        "facts": {
            "payments": converted.payments if as_placed else [],
            "parcels": converted.parcels,
            "cancellations": converted.cancellations,
            "refunds": converted.refunds,
        },
        "notes": [note.to(language) for note in converted.notes],
    }


def _read(file: Path, language: Language) -> Any:
    try:
        with file.open("rb") as opened:
            raw = opened.read(MOST_BYTES + 1)
    except OSError as error:
        _stop(f"{file}: {error.strerror or 'cannot be read'}")
    if len(raw) > MOST_BYTES:
        _stop(f"{file}: {TOO_LARGE.to(language)}")
    try:
        return parse(raw)
    except (ValueError, RecursionError) as error:
        _stop(f"{file}: {NOT_JSON.to(language)}: {error}")


def _stop(message: str) -> NoReturn:
    print(message, file=sys.stderr)
    raise typer.Exit(ExitStatus.USAGE)
