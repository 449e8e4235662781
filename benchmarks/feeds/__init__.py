"""Reading feeds, beside feedparser with its defaults."""
