"""A clock that only a test moves."""


class FakeClock:
    """In place of a module's `time`."""

    def __init__(self) -> None:
        self.seconds = 600.0

    def monotonic(self) -> float:
        return self.seconds

    def time(self) -> float:
        return self.seconds
