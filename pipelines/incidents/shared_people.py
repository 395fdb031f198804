"""The least number of people that figures of causes and of what followed can mean.

People harmed in an incident may be among those of the incidents that brought it about, and of those that it
brought about; between two incidents of which neither led to the other nobody is shared. The least number is
then the largest sum over incidents of which none led to another: the heaviest antichain of the order. By
Dilworth's theorem with weights it is the total weight less a maximum flow.
"""

from collections.abc import Iterable, Mapping, Sequence

from ortools.graph.python.max_flow import SimpleMaxFlow

Edge = tuple[str, str]
"""A cause and what it brought about, by their ids."""


def least_people(counted: Mapping[str, int], edges: Sequence[Edge]) -> int:
    """Of figures by incident (0 where unknown) and of edges without a cycle."""
    linked = {end for edge in edges for end in edge}
    apart = sum(people for incident, people in counted.items() if incident not in linked)
    inside = {incident: counted.get(incident, 0) for incident in sorted(linked)}
    return apart + _heaviest_antichain(inside, edges)


def _heaviest_antichain(weights: Mapping[str, int], edges: Iterable[Edge]) -> int:
    """Each incident is two nodes, one that gives and one that takes; what takes may give on."""
    total = sum(weights.values())
    if not total:
        return 0
    number = {incident: n for n, incident in enumerate(weights)}
    flow, source, sink = SimpleMaxFlow(), 2 * len(number), 2 * len(number) + 1
    for incident, n in number.items():
        flow.add_arc_with_capacity(source, 2 * n, weights[incident])
        flow.add_arc_with_capacity(2 * n + 1, sink, weights[incident])
        flow.add_arc_with_capacity(2 * n + 1, 2 * n, total)
    for cause, effect in edges:
        flow.add_arc_with_capacity(2 * number[cause], 2 * number[effect] + 1, total)
    if flow.solve(source, sink) != SimpleMaxFlow.OPTIMAL:
        raise ArithmeticError("no maximum flow over the cascades' figures")
    return total - int(flow.optimal_flow())
