"""Jobs on the page: a line on every page while one runs, and each in full where it belongs."""
