"""What datasets say of their images: labels, boxes and splits."""
