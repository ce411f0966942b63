"""Whether pictures are in the collection already: each is looked up, and none is added."""
