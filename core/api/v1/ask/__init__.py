"""The routes that hand pictures to models."""
