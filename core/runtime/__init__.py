"""What threads, memory and imports cost this process."""
