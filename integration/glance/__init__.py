"""`yrd status`: one look at a gateway, and whether it is good, needs attention or is in trouble."""
