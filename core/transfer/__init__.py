"""Collections as files that others can read too: written, verified, read again; and a copy of the whole data folder."""
