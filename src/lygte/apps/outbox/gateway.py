"""The port through which text messages leave. Adapters implement it; the outbox only knows this."""

from typing import Protocol


class SmsFailed(Exception):
    """A message was not taken. `problem` is a code; `final` tells that trying again cannot help."""

    def __init__(self, problem: str, *, final: bool) -> None:
        super().__init__(problem)
        self.problem = problem
        self.final = final


class SmsGateway(Protocol):
    """Something that takes a text message and answers for it."""

    def send(self, *, to: str, text: str, reference: str) -> str:
        """Hand a message over and return the gateway's own reference; raises `SmsFailed`.

        The same `reference` handed over twice must not become two messages.
        """
        ...
