"""A rewritten post becomes what a channel carries: e-mail, short text, article."""

from service.render.rendition import render

__all__ = ["render"]
