"""Numbers, names, commands and tables as people read them; no password in them."""
