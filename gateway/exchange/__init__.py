"""Use cases of the exchange: publish, subscribe, get, list."""
