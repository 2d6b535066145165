"""How fast and how small the engine is, in ratios: run `python -m tests.benchmarks`."""
