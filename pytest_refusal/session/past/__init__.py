"""Reports of runs that are over: read back, joined, judged again."""
