"""What is known: messages folded into states that merge, and the facts of one scope that views read."""
