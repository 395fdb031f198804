"""What connects the exchange to the world: the command, the local stack, drills."""
