"""Retention: which personal data are due to be destroyed, and destroying them, here and at peers."""
