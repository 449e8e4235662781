"""The catalogue as an index on disk: opened, not loaded.

`reader` looks books up in one; `layout` says what stands where in the file; the rest makes it.
Rows come in as lines (`rows`), are dealt out by title key, become segments (`segments`) and number
tables (`numbers`), and are put together (`assemble`). Only `reader` and `layout` are needed, and
imported, to look something up.
"""
