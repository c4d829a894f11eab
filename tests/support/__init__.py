"""What several test folders share: real databases, a small blog, made-up values."""
