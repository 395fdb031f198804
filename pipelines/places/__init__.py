"""Where things are: distances, areas that hold a place, schematic outlines."""
