"""The section of settings that says which gateway a program calls, and as whom."""

from pathlib import Path

from gateway.config import Address, Section


class CalledGateway(Section):
    """The gateway, and the certificate (PEM) of the system as which this program calls it."""

    address: Address
    ca: Path
    certificate: Path
    key: Path
