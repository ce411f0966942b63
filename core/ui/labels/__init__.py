"""The page about labels."""
