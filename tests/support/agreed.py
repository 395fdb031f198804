"""Agreements in force in a log, without a log."""

from gateway.sharing.activation import Activation
from gateway.sharing.agreement import Agreement
from gateway.sharing.decide import Timeline


def activation(index: int, agreement: Agreement | str) -> Activation:
    """The step at an index that brings an agreement into force; an id alone: that withdraws it."""
    if isinstance(agreement, str):
        return Activation(index, f"m{index}", 0, agreement, (), b"", None)
    return Activation(index, f"m{index}", 0, agreement.id, agreement.between, b"", agreement)


def timeline(participant: str, *steps: Agreement | str) -> Timeline:
    """A log that begins with these steps, one an entry."""
    made = [activation(index, step) for index, step in enumerate(steps)]
    return Timeline(participant, made)
