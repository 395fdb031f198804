"""Summaries as text, Chinese first, then English."""
