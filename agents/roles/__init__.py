"""One prompt file and one module of rules for each role."""
