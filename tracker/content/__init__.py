"""Learning paths as text: read, checked, linted, locked, executed and installed."""
