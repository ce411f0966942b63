"""What is found out about a collection as a whole, each analysis built when it is first asked for."""
