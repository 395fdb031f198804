"""Questions about the data: what can't be as it was told, and how its origin is asked."""
