"""The gate of a run: the baseline before the first test, what is asked of it, and the verdict at the end."""
