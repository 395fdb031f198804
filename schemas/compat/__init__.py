"""Compatibility of two revisions of the contract, both ways, explained.

compare(old, new, since) says what a change of the contract does to those who built on the old revision:
systems of either side must read what the other writes (FULL), and the gate asks it of every released
revision (TRANSITIVE). The packages yrd.state and yrd.wire are internal and left out.
"""

from schemas.compat.comparing import compare
from schemas.compat.contract import Contract, contract_of
from schemas.compat.finding import Finding, Place, Severity, Surface
from schemas.compat.model import NotComparableError

__all__ = [
    "Contract",
    "Finding",
    "NotComparableError",
    "Place",
    "Severity",
    "Surface",
    "compare",
    "contract_of",
]
