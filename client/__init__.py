"""A Python client for the exchange: mutual TLS, publish, subscribe, read.

Public names: connect, ExchangeClient, Sender, Subscription, ExchangeError, FieldProblem, describe.
"""

from client.channel import connect
from client.errors import ExchangeError, FieldProblem, describe
from client.exchange import ExchangeClient, Subscription
from client.sender import Sender

__all__ = [
    "ExchangeClient",
    "ExchangeError",
    "FieldProblem",
    "Sender",
    "Subscription",
    "connect",
    "describe",
]
