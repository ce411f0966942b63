"""What the pages show of collections: which one is chosen, and the page about all of them."""
