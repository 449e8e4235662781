"""Bookplate: a blogger's posts, everywhere they publish, with every book found and linked."""
