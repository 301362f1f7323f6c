"""A probe in other words: drawn, asked, hunted for flips, and what was seen."""
