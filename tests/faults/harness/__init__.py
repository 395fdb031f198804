"""Real gateway processes, the faults that befall them, and the checker that asks what was kept."""
