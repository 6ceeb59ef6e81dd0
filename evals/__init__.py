"""Tasks, scorers and benchmarks."""
