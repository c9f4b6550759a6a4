"""Errors, with the words of the command line."""


class PolysemError(RuntimeError):
    """A failure of polysem, in the words of the command line."""


class UsageError(PolysemError, ValueError):
    """Bad input: one line that names the field or flag, what was found, and what to give instead.

    A flag such as ``--skip-bad`` is the keyword ``skip_bad=True``.
    """
