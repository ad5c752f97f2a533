"""Which query parameters a route takes: every other one is refused, and one that is not a list comes once (Z35).

A parameter that is ignored looks like a filter that has worked. The names come from the declaration of the route.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Final, Self, Union, get_args, get_origin

from fastapi.dependencies.models import Dependant
from pydantic import BaseModel
from starlette.datastructures import QueryParams

from shared.kernel.errors import ErrorPart, Malformed, Said
from shared.web.problems import BadRequest

LONGEST_NAME: Final = 64
"""How much of an unknown name is said back."""

KNOWN_ONES: Final = Said(
    "There is no parameter {name} here. Known parameters: {known}.", "此操作没有参数 {name}。可用参数：{known}。"
)
NONE_AT_ALL: Final = Said(
    "There is no parameter {name} here. This operation takes no query parameters.",
    "此操作没有参数 {name}，也不接受任何查询参数。",
)


class UnknownParameter(Malformed):
    """The query has a parameter that this operation does not know."""

    code = "unknown_parameter"
    title = Said("Unknown query parameter", "未知的查询参数")
    detail = KNOWN_ONES

    def __init__(self, unknown: Iterable[str], known: Iterable[str]) -> None:
        names, listed = [name[:LONGEST_NAME] for name in unknown], ", ".join(sorted(known))
        self.detail = KNOWN_ONES if listed else NONE_AT_ALL  # type: ignore[misc]  # one sentence for no name at all
        super().__init__(name=", ".join(names), known=listed)
        self.parts = tuple(
            ErrorPart(_pointer(name), None, None, _filled(self.detail, name=name, known=listed)) for name in names
        )


class ParameterTwice(BadRequest):
    """A query parameter was sent more than once, and it is not clear which one counts."""

    detail = Said("The parameter {name} came more than once.", "查询参数 {name} 出现了多次。")


@dataclass(frozen=True, slots=True)
class QueryParameters:
    """The parameters of one route: `single` may come once, `lists` as often as one likes.

    `others`: unknown ones may come too.
    """

    single: frozenset[str]
    lists: frozenset[str]
    others: bool = False

    @classmethod
    def of(cls, dependant: Dependant, *, others: bool = False) -> Self:
        """The parameters that a route and what it depends on declare."""
        single, lists, rest = set[str](), set[str](), [dependant]
        while rest:
            one = rest.pop()
            rest.extend(one.dependencies)
            for field in one.query_params:
                kind: Any = field.field_info.annotation
                if isinstance(kind, type) and issubclass(kind, BaseModel):
                    declared = {each.alias or name: each.annotation for name, each in kind.model_fields.items()}
                else:
                    declared = {field.alias: kind}
                for name, each in declared.items():
                    (lists if _is_list(each) else single).add(name)
        return cls(frozenset(single), frozenset(lists), others)

    def check(self, query: QueryParams) -> None:
        """`UnknownParameter` with the names that are known here; `ParameterTwice`."""
        known = self.single | self.lists
        unknown = [name for name in dict.fromkeys(query.keys()) if name not in known]
        if unknown and not self.others:
            raise UnknownParameter(unknown, known)
        for name in self.single:
            if len(query.getlist(name)) > 1:
                raise ParameterTwice(pointer=f"/query/{name}", name=name)


def _is_list(kind: Any) -> bool:
    """Whether a parameter of this kind has several values."""
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return any(map(_is_list, get_args(kind)))
    return _is_list(get_args(kind)[0]) if origin is Annotated else origin in (list, tuple, set, frozenset)


def _pointer(name: str) -> str:
    return "/query/" + name.replace("~", "~0").replace("/", "~1")


def _filled(says: Said, **facts: str) -> Said:
    return Said(says.en.format(**facts), says.zh.format(**facts))
