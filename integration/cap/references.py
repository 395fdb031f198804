"""References between publications: CAP's "sender,identifier,sent"."""

import re
from datetime import datetime

from integration.cap import instants

IDENTIFIER = re.compile(r"\d{14}_\d{14}(_\d)?", re.ASCII)
"""预警信息标识: 29 characters as published, or 31 with a serial."""


def triple(identifier: str, otherwise: datetime) -> str:
    """The triple of an identifier: sender and time are those in it, or the time given if it has none."""
    try:
        sent, _ = instants.read(identifier[15:29])
    except (ValueError, OverflowError):
        sent = otherwise
    return f"{identifier[:14]},{identifier},{instants.write(sent)}"
