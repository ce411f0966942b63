"""What cameras and programs wrote beside the pixels."""
