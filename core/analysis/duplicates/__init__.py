"""What a collection holds twice: found, grouped, decided upon, taken away as a list; no file is ever touched."""
