"""Pages of the manual (man), made from the help of the commands."""
