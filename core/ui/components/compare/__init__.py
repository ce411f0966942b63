"""Two pictures beside each other: a dialog that components take into their markup, and no component by itself."""
