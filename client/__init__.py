"""A Python client for the exchange: mutual TLS, publish, subscribe, read.

Public names: connect, connect_async, ExchangeClient, Sender, Subscription, Traces, ExchangeError,
FieldProblem, describe, from_call.
"""

from client.channel import connect, connect_async
from client.errors import ExchangeError, FieldProblem, describe, from_call
from client.exchange import ExchangeClient, Subscription, Traces
from client.sender import Sender

__all__ = [
    "ExchangeClient",
    "ExchangeError",
    "FieldProblem",
    "Sender",
    "Subscription",
    "Traces",
    "connect",
    "connect_async",
    "describe",
    "from_call",
]
