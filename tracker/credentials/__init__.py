"""Signed credentials: the only place that knows Open Badges, DIDs, tokens and PDF.

No database, no clock, no network: times are arguments, and everything needed lies on the disk.
"""
