"""Everything of the flashcard engine that knows HTTP."""
