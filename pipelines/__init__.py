"""From messages to the joint picture: fold, merge, evaluate as plain functions; Beam carries the data."""
