"""Who is entitled to what, as the harness knows it: the agreement of agreement.yaml in plain words.

Written by hand and without gateway/sharing, so that one can be held against the other.

- Incidents go to everyone; whom to call only to 320000.
- Resources go to everyone.
- Waybills go from 310000 to 320000 with the driver, from 320000 to 310000 without, and nowhere else.
"""

from typing import NamedTuple

PARTICIPANTS = ("310000", "320000", "330000")
INCIDENT, RESOURCE, WAYBILL = "incident_report", "resource_status", "waybill"
CORE, CONTACT, DRIVER = "core", "personal.contact", "personal.driver"
PARTS = (CORE, CONTACT, DRIVER)
"""Of a message: what belongs to no group of fields, and the groups."""
GOVERNANCE = ("agreement_activation", "erasure_notice", "erasure_confirmation")
"""What gateways tell each other themselves."""


class Kind(NamedTuple):
    """A message of the harness: its origin, and the name of its body's field."""

    origin: str
    body: str


_PARTS = {
    INCIDENT: frozenset({CORE, CONTACT}),
    RESOURCE: frozenset({CORE}),
    WAYBILL: frozenset({CORE, CONTACT, DRIVER}),
}


def parts_at(kind: Kind, holder: str) -> frozenset[str]:
    """Parts of such messages that a holder is to have; empty if it is to have none of them."""
    if holder == kind.origin or (kind.body, holder) == (INCIDENT, "320000"):
        return _PARTS[kind.body]
    if kind.body in (INCIDENT, RESOURCE):
        return frozenset({CORE})
    if (kind.origin, holder) == ("310000", "320000"):
        return frozenset({CORE, DRIVER})
    if (kind.origin, holder) == ("320000", "310000"):
        return frozenset({CORE})
    return frozenset()


def parts_lost(kind: Kind) -> frozenset[str]:
    """Parts of such messages that are gone when their origin loses its disk: no peer was given them.

    Without its core nothing of a message is left.
    """
    given = [parts_at(kind, holder) for holder in PARTICIPANTS if holder != kind.origin]
    lost = _PARTS[kind.body].difference(*given)
    return frozenset({CORE}) if CORE in lost else lost


def secret(part: str, kind: Kind) -> str:
    """Text that stands in that part of such a message and nowhere else."""
    return f"secret-{part}-{kind.origin}-{kind.body}-end"
