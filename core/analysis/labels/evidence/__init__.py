"""Which labels are suspicious: what neighbours, a classifier, words and company say, weighed and ranked."""
