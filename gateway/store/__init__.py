"""Durable state of a gateway behind ports, and the one writer."""
