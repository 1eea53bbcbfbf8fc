"""Training runs of many networks at once: batches, algorithms, and frozen records of what happened."""
