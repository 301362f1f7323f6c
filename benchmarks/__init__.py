"""Measures what the design promises, against a stand-in server of fixed latency; see README.md beside this file."""
