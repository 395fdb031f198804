"""What the contract says of its types, as plain values that the native steps (native/) are made from.

Made of the protos' descriptors and the code tables. A type with anything that is not understood here is left
out, and then its messages are judged by Python alone.

Public names: Tables, Types.
"""

from schemas.plan.tables import Tables
from schemas.plan.types import Types

__all__ = ["Tables", "Types"]
