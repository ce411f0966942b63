"""What is wrong with pictures as pictures: blurred, dark, nearly blank."""
