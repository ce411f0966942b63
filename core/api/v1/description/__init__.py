"""What the API says of itself: its description, and the page that shows it."""
