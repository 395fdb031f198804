"""Groups that grow by joining, some of whose members must stay apart."""

from collections.abc import Iterable


class Grouping:
    """At first everyone is a group of its own. Members are numbered from 0; each has an origin."""

    def __init__(self, origins: list[str], apart: Iterable[tuple[int, int]]) -> None:
        self._group = [[i] for i in range(len(origins))]
        self._origins = [{origin} for origin in origins]
        self._foes: list[set[int]] = [set() for _ in origins]
        for first, second in apart:
            self._foes[first].add(second)
            self._foes[second].add(first)

    def together(self, first: int, second: int) -> bool:
        """Whether they are in one group."""
        return self._group[first] is self._group[second]

    def share_an_origin(self, first: int, second: int) -> bool:
        """Whether someone in the one's group has the origin of someone in the other's."""
        return not self._origins[first].isdisjoint(self._origins[second])

    def kept_apart(self, first: int, second: int) -> bool:
        """Whether someone in the one's group must not be with someone in the other's."""
        foes = self._foes[first]
        return bool(foes) and not foes.isdisjoint(self._group[second])

    def join(self, first: int, second: int) -> None:
        """Makes their groups one. The larger takes in the smaller."""
        if self.together(first, second):
            return
        if len(self._group[first]) < len(self._group[second]):
            first, second = second, first
        self._origins[first] |= self._origins[second]
        self._foes[first] |= self._foes[second]
        joined = self._group[first]
        for member in self._group[second]:
            joined.append(member)
            self._group[member] = joined
            self._origins[member] = self._origins[first]
            self._foes[member] = self._foes[first]

    def groups(self) -> list[list[int]]:
        """All groups, members in order, by their first members."""
        different = {id(group): group for group in self._group}
        return sorted(sorted(group) for group in different.values())
