"""What can happen to a bridge: it waits and tries again, or it stops.

BridgeError
├── Away      what it needs does not answer: it begins anew from its durable place
└── Halted    nothing will mend itself: it stops, and the text says what to do
    └── Fenced    another bridge with this id has taken over
"""


class BridgeError(Exception):
    """The text says what happened and what to do."""


class Away(BridgeError):
    """Kafka or the gateway does not answer now."""


class Halted(BridgeError):
    """A person has to do something first."""


class Fenced(Halted):
    """Another bridge with the same id is at work."""
