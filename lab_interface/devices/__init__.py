"""Devices behind a lab: what they are asked to do, the log of it, and the process that does it."""
