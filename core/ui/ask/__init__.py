"""The page on which questions about pictures are asked."""
