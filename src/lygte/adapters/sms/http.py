from typing import Any

import httpx

from lygte.apps.outbox.gateway import SmsFailed

TIMEOUT_SECONDS = 10.0
LONGEST_REFERENCE = 120
# The gateway was busy or impatient, not against the message.
WORTH_TRYING_AGAIN = frozenset({408, 425, 429})


class HttpGateway:
    """Posts each message as JSON to a gateway: to, from, text, reference; answered by 2xx with an id.

    Other 4xx answers are final, 5xx and silence are tried again. The reference goes along as the idempotency
    key, so that a message that went through without our hearing of it is not sent twice.
    """

    def __init__(self, url: str, *, token: str, sender: str, timeout: float = TIMEOUT_SECONDS) -> None:
        self._url = url
        self._token = token
        self._sender = sender
        self._timeout = timeout

    def send(self, *, to: str, text: str, reference: str) -> str:
        """Post the message and return the gateway's id."""
        answer = self._post(
            {"to": to, "from": self._sender, "text": text, "reference": reference}, key=reference
        )
        if answer.is_success:
            return _id_in(answer)
        final = answer.status_code < 500 and answer.status_code not in WORTH_TRYING_AGAIN
        raise SmsFailed(f"status_{answer.status_code}", final=final)

    def _post(self, message: dict[str, str], *, key: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._token}", "Idempotency-Key": key}
        try:
            with httpx.Client(timeout=self._timeout, trust_env=False) as client:
                return client.post(self._url, json=message, headers=headers)
        except httpx.TimeoutException:
            raise SmsFailed("timeout", final=False) from None
        except httpx.HTTPError:
            raise SmsFailed("unreachable", final=False) from None


def _id_in(answer: httpx.Response) -> str:
    """Return the id in a 2xx answer. Without one we cannot know that the message was taken, so it is asked
    again.
    """
    try:
        body: Any = answer.json()
    except ValueError:
        raise SmsFailed("no_id", final=False) from None
    found = body.get("id") if isinstance(body, dict) else None
    if not isinstance(found, (str, int)) or found == "":
        raise SmsFailed("no_id", final=False)
    return str(found)[:LONGEST_REFERENCE]
