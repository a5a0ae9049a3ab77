"""The few errors that logic may raise; `tracker.app` turns them into answers."""


class NotFound(Exception):
    """There is no such thing, or it belongs to somebody else: both answer 404."""


class Refused(Exception):
    """The request was understood and is against a rule (422); the text is shown to the person.

    `field` names the form field the text belongs to, if there is one.
    """

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class TooMany(Exception):
    """A limit of attempts is used up (429); `seconds` says when to come back."""

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.message = message
        self.seconds = seconds
