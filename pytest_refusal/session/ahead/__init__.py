"""What the next tests will want: predicted, asked ahead of them, shown while it is asked, or only counted."""
