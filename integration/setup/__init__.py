"""Configuration files written from answers: questions that explain themselves, and YAML with comments."""
