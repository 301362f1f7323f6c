"""Models as judges: what they are told, how what they judge is fenced, and how their verdict is read."""
