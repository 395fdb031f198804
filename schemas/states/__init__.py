"""State machines of the contract: which step may follow which."""
