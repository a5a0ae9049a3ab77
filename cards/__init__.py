"""A flashcard engine: cards, memories, reviews. It knows nothing of paths or certificates."""
