"""Context managers that start real servers for tests and surely stop them again."""
