"""What a plan is made from, and what it says. Times are minutes from the plan's instant."""

from dataclasses import dataclass, field

from pipelines.allocation.ways import End, Ends, Way

Capability = tuple[str, str]
"""Scheme and value."""
Name = tuple[str, str]
"""Owner and entity id."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What is still missing of one need. The order of demands is their order of urgency.

    `pressing` is a life-saving need that somebody stated. `by_minutes` may be negative: it is
    then too late for anybody. Of the owners in `refused` nothing is taken.
    """

    beneficiary: str
    kind: int
    capability: Capability
    unit: str
    missing: float
    pressing: bool
    at: End
    by_minutes: float | None = None
    refused: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Supply:
    """A resource: `spare` may be given, `kept` is the minimum that its owner keeps of what is free."""

    name: Name
    kind: int
    capabilities: frozenset[Capability]
    unit: str
    spare: float
    kept: float
    ready_minutes: int
    modes: frozenset[int]
    at: End

    @property
    def owner(self) -> str:
        """Participant that may lend it."""
        return self.name[0]


@dataclass(frozen=True, slots=True)
class Option:
    """A supply that fits a demand, with the way it would take; what is left of it after the plan."""

    supply: int
    way: Way
    late_minutes: int
    left: float


@dataclass(frozen=True, slots=True)
class Share:
    """What one supply gives to one demand; late as `pipelines.lateness` says it."""

    demand: int
    supply: int
    quantity: float
    way: Way
    late_minutes: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Shares by demand, for each demand the best option that was not taken, and what is left of supplies.

    `starts` are the ends of supplies, `goals` those of demands.
    """

    starts: Ends
    goals: Ends
    shares: dict[int, list[Share]] = field(default_factory=dict)
    seconds: dict[int, Option] = field(default_factory=dict)
    left: list[float] = field(default_factory=list)

    def of(self, demand: int) -> list[Share]:
        """Shares of a demand, earliest first."""
        return self.shares.get(demand, [])

    def given(self, demand: int) -> float:
        """How much a demand gets."""
        return sum(share.quantity for share in self.of(demand))
