"""Mirroring peers' logs, and serving one's own to peers."""
