"""The one error of the kernel."""


class Refused(Exception):
    """A rule does not apply, or data is no term or certificate: the message says why. No theorem was made."""
