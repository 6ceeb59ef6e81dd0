"""Goal sentences: what a person wants, read by rules that account for every word."""
