"""Mutual aid: needs, promises, the plan's proposals, and the whole life of help."""
