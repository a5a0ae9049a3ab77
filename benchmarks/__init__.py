"""How much a review costs, measured through HTTP: `make bench`."""
