"""Drills: what must hold when things go wrong, tried many times and printed as figures."""
