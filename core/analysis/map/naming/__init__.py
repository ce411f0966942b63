"""What clusters are called: by machine, and by people."""
