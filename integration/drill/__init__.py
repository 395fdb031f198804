"""Drills: scenarios as data, their replay, and checks of what must hold."""
