"""Documents in, cited evidence out."""
