"""Contacts as a CSV file in the fields of the old registration tool: read, checked, stored, and written."""
