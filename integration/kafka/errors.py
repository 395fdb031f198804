"""What can happen to a bridge: it waits and tries again, or it stops.

BridgeError
├── Away      what it needs does not answer: it begins anew from its durable place
│   └── Fenced    Kafka lets this producer commit no more
└── Halted    nothing will mend itself: it stops, and the text says what to do
"""


class BridgeError(Exception):
    """The text says what happened and what to do."""


class Away(BridgeError):
    """Kafka or the gateway does not answer now."""


class Fenced(Away):
    """Another producer has begun with its id, or its transaction lasted too long."""


class Halted(BridgeError):
    """A person has to do something first."""
