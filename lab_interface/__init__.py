"""Plan, compile, gate, submit, observe: the only way to a lab."""
