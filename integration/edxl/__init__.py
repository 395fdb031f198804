"""Mutual aid in and out as EDXL-RM 1.0 (OASIS Emergency Data Exchange Language, Resource Messaging)."""
