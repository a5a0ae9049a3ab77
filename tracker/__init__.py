"""Perennial: people and what they learn. This file stays empty so that importing a part pulls in no app."""
