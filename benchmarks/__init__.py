"""Benchmarks: each against a named peer, on the same input, in the same run; ratios out."""
