"""Pairs put into groups, and which member of each is best kept."""
