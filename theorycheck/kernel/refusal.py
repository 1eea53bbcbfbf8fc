"""The one error of the kernel."""


class Refused(Exception):  # noqa: N818  # what a rule does, not a fault of the program
    """A rule does not apply, or data is no term or certificate: the message says why. No theorem was made."""
