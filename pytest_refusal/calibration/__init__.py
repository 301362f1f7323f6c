"""How good a judge is: sheets for people, their labels, the judge measured by them, and the file that is kept of it."""
