"""Jobs that outlive the tab that asked for them: waiting, running, interrupted, in words."""
