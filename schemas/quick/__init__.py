"""A quick proof that a message keeps its own rules of the contract, made from these rules.

Most messages are right, and a general validator takes 30 µs to find out. Here the rules of each type
(`buf.validate` options, CEL included), its times, code tables and sums are turned into one Python
function once, which takes a fraction of that. It can only say "surely right". Whatever it cannot prove,
a rule that it cannot read included, is for `schemas.rules` to judge, with protovalidate and the tables,
which alone say what is wrong. So the contract stays the one place for rules.

Public names: surely_valid, make_ready.
"""

from schemas.quick.proof import make_ready, surely_valid

__all__ = ["make_ready", "surely_valid"]
