"""Code tables and look-ups in them."""
