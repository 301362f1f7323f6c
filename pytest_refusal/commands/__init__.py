"""The commands of the console program, a module for each."""
