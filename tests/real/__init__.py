"""Tests against real servers, each one a separate process on a loopback port."""
