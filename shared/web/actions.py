"""Which operations a caller may use on an object now: the rights of the caller and the state of the object (N09).

Each service has a table for each kind of object on which people act. A view shows the names in `actions`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Final, Generic, Protocol, Self, TypeVar

from pydantic import Field, ModelWrapValidatorHandler, ValidationInfo, model_validator

from shared.contracts.operations import OPERATIONS
from shared.kernel.principal import Principal
from shared.web.fields import Output

T = TypeVar("T")

CALLER: Final = "caller"
"""Under this name the context of a view holds the caller who will read it."""
REMEMBERED: Final = 256
"""For how many sets of rights a table remembers what they allow."""
ActionNames = Annotated[list[str], Field(description="The operations (`operationId`) that you may use on it now.")]


@dataclass(frozen=True, slots=True)
class Action(Generic[T]):
    """One operation by its method and path, and when an object allows it for a caller."""

    method: str
    path: str
    possible: Callable[[T, Principal], bool]


class Admitting(Protocol):
    """An operation of a service or of the gateway."""

    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...

    def admits(self, principal: Principal) -> bool:
        """Whether this caller may use the operation at all."""
        ...


class Actions(Generic[T]):
    """What people do with one kind of object, by `operationId`."""

    def __init__(self, table: Mapping[str, Action[T]], operations: Iterable[Admitting] = OPERATIONS) -> None:
        """`operations` are those of which the table speaks. Raises `KeyError` for one that does not exist."""
        known = {(each.method, each.path): each for each in operations}
        self.table: Final = table
        self._operations: Final[Mapping[str, Admitting]] = {
            name: known[each.method, each.path] for name, each in table.items()
        }
        self._rights: dict[tuple[object, ...], Sequence[tuple[str, Action[T]]]] = {}

    def of(self, thing: T, caller: Principal) -> list[str]:
        """The operations that this caller may use on the object now."""
        return [name for name, each in self._of_caller(caller) if each.possible(thing, caller)]

    def _of_caller(self, caller: Principal) -> Sequence[tuple[str, Action[T]]]:
        """The operations for which the caller has the right. They are found once for all callers of the same rights."""
        rights = (caller.kind, caller.roles, caller.scopes)
        found = self._rights.get(rights)
        if found is None:
            if len(self._rights) >= REMEMBERED:
                self._rights.clear()
            found = self._rights[rights] = [
                (name, each) for name, each in self.table.items() if self._operations[name].admits(caller)
            ]
        return found


class WithActions(Output):
    """A view that names what its reader may do. Made from the object itself, and with the reader in the context."""

    offers: ClassVar[Actions[Any]]

    actions: ActionNames = Field(default_factory=list)

    @model_validator(mode="wrap")
    @classmethod
    def _name_actions(cls, thing: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        view = handler(thing)
        caller = (info.context or {}).get(CALLER)
        if caller is not None and not isinstance(thing, WithActions | Mapping):
            view.actions = cls.offers.of(thing, caller)
        return view
