"""What only tests need beside integration/engines."""
