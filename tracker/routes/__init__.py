"""Everything of the tracker that knows HTTP."""
