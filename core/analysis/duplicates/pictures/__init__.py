"""Two pictures: what they are recognised by, how one lies in the other, whether they are the same."""
