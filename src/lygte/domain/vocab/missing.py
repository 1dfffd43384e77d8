"""The code that every closed list shares: asked, but not answered. Not recorded is the absence of a code."""

NOT_STATED = "not_stated"
