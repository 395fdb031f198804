"""The replication mesh on paper: a fluid simulation with measured costs, and what a load needs."""
