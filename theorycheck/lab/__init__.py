"""What papers compute: smoothing, expectation, algorithms, networks, stability, basins."""
