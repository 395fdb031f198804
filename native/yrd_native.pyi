"""The exchange's steps over whole batches, outside the interpreter. See native/README.md."""

FORM: int
"""Which form of plans and results this build takes and gives."""
