"""The picture of one scope at an instant, narrowed, compared, and made into messages."""
