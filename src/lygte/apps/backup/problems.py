"""What can be wrong with a backup, each with the file it is about and the remedy."""


class BackupProblem(Exception):
    """A backup cannot be made, read or brought back. The text says why, and what to do."""


class Damaged(BackupProblem):
    """A file of the backup is not what was written."""
