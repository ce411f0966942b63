"""How good the labels of a dataset are: suspicious ones, leakage between splits, balance, boxes."""
