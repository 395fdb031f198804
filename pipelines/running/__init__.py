"""What carries the data: the graph, the live loop with its store, backfill from archives."""
