"""Perennial: people and what they learn. Empty, so that a part can be imported alone."""
