"""From hits to what is shown: copies as one, variety, order, and counts beside."""
