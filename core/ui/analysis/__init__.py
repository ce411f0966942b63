"""What pages about analyses have in common: how one is going, and links to what it found."""
