"""Commands about who is let into an app where people sign in."""
