"""Which operations a caller may use on an object now: the rights of the caller and the state of the object (N09).

Each service has a table for each kind of object on which people act. A view shows the names in `actions`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Final, Generic, Self, TypeVar

from pydantic import Field, ModelWrapValidatorHandler, ValidationInfo, model_validator

from shared.contracts.operations import OPERATIONS, Operation
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


class Actions(Generic[T]):
    """What people do with one kind of object, by `operationId`."""

    def __init__(self, table: Mapping[str, Action[T]]) -> None:
        """Raises `KeyError` for an operation that does not exist."""
        known = {(each.method, each.path): each for each in OPERATIONS}
        self.table: Final = table
        self._operations: Final[Mapping[str, Operation]] = {
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
