"""The page that tells of pictures from elsewhere whether they are in the collection."""
