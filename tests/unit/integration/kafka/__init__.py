"""The bridge's pure parts."""
