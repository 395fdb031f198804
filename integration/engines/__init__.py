"""Engines that a large province has, each fetched and started from its own distribution."""
