"""Rebuilding one's own log from what the peers mirrored and cosigned."""
