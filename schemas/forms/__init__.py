"""The forms of one message, by the ending of a file's name."""
