"""What people would use instead, each set up from its own distribution, under the same load."""
