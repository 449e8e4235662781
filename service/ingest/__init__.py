"""A blog becomes posts: fetching, feeds, pages, discovery, and the truth about what is new."""
