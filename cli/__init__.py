"""The command line: only words and pictures. main.py, and one file per command."""
