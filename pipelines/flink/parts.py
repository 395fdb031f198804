"""Parts of states as rows of an engine's keyed state: what is read and written is what a batch touches."""

from collections.abc import Iterable, Iterator, MutableMapping
from typing import Protocol

from pipelines.facts.state import Part, serialise
from yrd.state.v1.state_pb2 import State


class Rows(Protocol):
    """Flink's MapState, of the key that is current."""

    def get(self, name: str, /) -> bytes | None:
        """The row, if there is one."""
        ...

    def put(self, name: str, value: bytes, /) -> None:
        """Writes it."""
        ...

    def remove(self, name: str, /) -> None:
        """Takes it away."""
        ...

    def items(self) -> Iterable[tuple[str, bytes]]:
        """All rows, in any order."""
        ...


class Parts(MutableMapping[Part, State]):
    """Parts by key and slot. A row is named by both, with a line's end between."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def __getitem__(self, part: Part) -> State:
        data = self._rows.get(_name(part))
        if data is None:
            raise KeyError(part)
        return State.FromString(data)

    def __setitem__(self, part: Part, state: State) -> None:
        self._rows.put(_name(part), serialise(state))

    def __delitem__(self, part: Part) -> None:
        self._rows.remove(_name(part))

    def __iter__(self) -> Iterator[Part]:
        return (_part(name) for name, _ in self._rows.items())

    def __len__(self) -> int:
        return sum(1 for _ in self._rows.items())

    def items(self) -> Iterator[tuple[Part, State]]:  # type: ignore[override]  # one pass, not a get for each
        """All of them."""
        return ((_part(name), State.FromString(data)) for name, data in self._rows.items())


def _name(part: Part) -> str:
    return "\n".join(part)


def _part(name: str) -> Part:
    key, _, slot = name.partition("\n")
    return key, slot
