"""Where pictures stand: laid out in a process of its own, new ones put among them; groups that stand together."""
