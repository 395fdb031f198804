"""Faults of a gateway, one at a time, that the kit must catch."""

from tests.contract.kit.faults import (
    in_access,
    in_checking,
    in_logs,
    in_publishing,
    in_reading,
    in_refusals,
    in_replays,
    in_strictness,
)
from tests.contract.kit.faults.fault import Fault

FAULTS: tuple[Fault, ...] = (
    *in_publishing.FAULTS,
    *in_checking.FAULTS,
    *in_refusals.FAULTS,
    *in_strictness.FAULTS,
    *in_access.FAULTS,
    *in_reading.FAULTS,
    *in_logs.FAULTS,
    *in_replays.FAULTS,
)
