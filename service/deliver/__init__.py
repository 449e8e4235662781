"""Renditions reach the world once each.

publisher.py holds what the rest needs; intake.py makes posts of what sources list; plan.py makes
deliveries of posts; send.py hands one to its channel; engine.py runs that durably; rounds.py turns
the crank for `run` and `serve`; desk.py is what a person decides.
"""
