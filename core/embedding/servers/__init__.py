"""Embedding on Roboflow Inference's own HTTP servers: what is sent, to which of them, and what comes back."""
