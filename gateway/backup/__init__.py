"""Backups of a gateway: made while it runs, verified, and put back without a fork."""
