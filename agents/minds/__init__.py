"""What answers decisions: rules, a language model, a recording."""
