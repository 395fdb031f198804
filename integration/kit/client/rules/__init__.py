"""The rules of sending, each a function from what was seen to sightings."""
