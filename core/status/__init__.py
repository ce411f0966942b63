"""How a collection is doing: what its index, model, jobs and searches say, in one value."""
