"""Collections: named corpora beside each other.

The first one is the index that the settings name. It is there without being noted, and lies where everything lay when
there was no other: in the data folder itself. Each of the others has a folder of its own below that.
"""
