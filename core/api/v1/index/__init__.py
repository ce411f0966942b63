"""The routes about the index itself: how it is doing, how good its searches are, the models there are."""
