"""Graphs of causes and what they brought about: what can't be, what hangs together, in which order."""

from collections.abc import Iterable, Mapping, Sequence
from graphlib import TopologicalSorter

from pipelines.incidents.shared_people import Edge


def backward(edges: Sequence[Edge], began: Mapping[str, int]) -> list[Edge]:
    """Edges of circles in which the cause did not begin before what followed; without them none is left.

    Of two that began at once the one with the smaller id counts as the earlier.
    """
    circle = _circles(edges)
    return [
        (cause, effect)
        for cause, effect in sorted(edges)
        if circle[cause] == circle[effect] and _age(cause, began) >= _age(effect, began)
    ]


def _age(incident: str, began: Mapping[str, int]) -> tuple[int, str]:
    return began[incident], incident


def in_order(edges: Iterable[Edge], began: Mapping[str, int]) -> list[str]:
    """Every incident of the edges behind all of its causes, else the earlier first."""
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for cause, effect in edges:
        sorter.add(effect, cause)
    sorter.prepare()
    found: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=lambda incident: _age(incident, began))
        found += ready
        sorter.done(*ready)
    return found


def components(edges: Iterable[Edge]) -> list[list[str]]:
    """Incidents that hang together, whatever brought what about; sorted."""
    group: dict[str, list[str]] = {}
    for cause, effect in edges:
        one, other = group.setdefault(cause, [cause]), group.setdefault(effect, [effect])
        if one is not other:
            larger, smaller = (one, other) if len(one) >= len(other) else (other, one)
            larger += smaller
            group.update(dict.fromkeys(smaller, larger))
    return sorted(sorted(g) for g in {id(g): g for g in group.values()}.values())


def _circles(edges: Iterable[Edge]) -> dict[str, int]:
    """Number of the strongly connected component of each incident (Kosaraju, without recursion)."""
    forward: dict[str, list[str]] = {}
    back: dict[str, list[str]] = {}
    for cause, effect in edges:
        forward.setdefault(cause, []).append(effect)
        back.setdefault(effect, []).append(cause)
    number: dict[str, int] = {}
    for start in reversed(_finished(forward, sorted({*forward, *back}))):
        waiting = [start]
        while waiting:
            incident = waiting.pop()
            if incident not in number:
                number[incident] = number[start] if incident != start else len(number)
                waiting += back.get(incident, ())
    return number


def _finished(forward: Mapping[str, list[str]], incidents: Iterable[str]) -> list[str]:
    """Incidents in the order in which a walk in depth leaves them."""
    left: list[str] = []
    seen: set[str] = set()
    for start in incidents:
        trail = [] if start in seen else [(start, iter(forward.get(start, ())))]
        seen.add(start)
        while trail:
            incident, following = trail[-1]
            onward = next((effect for effect in following if effect not in seen), None)
            if onward is None:
                left.append(incident)
                trail.pop()
            else:
                seen.add(onward)
                trail.append((onward, iter(forward.get(onward, ()))))
    return left
