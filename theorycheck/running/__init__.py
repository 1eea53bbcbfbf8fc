"""Many claims: pool, store, fingerprints, replay."""
