"""Why an image was found, and where in it."""
