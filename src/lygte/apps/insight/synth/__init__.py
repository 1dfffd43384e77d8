"""Invented municipalities that follow the published pattern, with the right answers to the leader's month."""
