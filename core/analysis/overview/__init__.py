"""What a collection holds, on one page: when, where, what of, what is typical, rare, and missing."""
