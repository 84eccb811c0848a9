"""Benchmark: the build at size, model by model, beside the usual month-spine way."""
