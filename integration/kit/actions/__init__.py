"""What a step can do. Each action takes the case's world, its argument and the caller's role."""

from collections.abc import Mapping
from types import MappingProxyType

from integration.kit.actions import (
    alarming,
    connecting,
    disturbing,
    following,
    peering,
    publishing,
    reading,
    sampling,
)
from integration.kit.actions.action import Action

ACTIONS: Mapping[str, Action] = MappingProxyType(
    {
        **publishing.ACTIONS,
        **reading.ACTIONS,
        **connecting.ACTIONS,
        **following.ACTIONS,
        **peering.ACTIONS,
        **alarming.ACTIONS,
        **sampling.ACTIONS,
        **disturbing.ACTIONS,
    }
)
"""By name, as case files write it."""
