"""Benchmarks: figures for what is promised in time and memory. Run by hand with `python -m tests.bench`."""
