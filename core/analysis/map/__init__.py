"""All pictures in a plane, what is alike together: places, clusters and their names, selections, colours."""
