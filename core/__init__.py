"""The words everyone shares: typed records, units, settings, errors, the notebook and the protocols of the seams."""
