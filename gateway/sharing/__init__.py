"""Sharing agreements, and what they decide. Pure: no I/O, no clock."""
