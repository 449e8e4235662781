"""Many sources in one run."""
