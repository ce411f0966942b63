"""How many of the true nearest a search finds, how long it takes, and what less or more effort would do."""
