"""Signing in, the pages that somebody is offered, and the one about access."""
