"""Something told to a server: one POST, by the same way out as everything that is fetched. Follows no redirect."""

from collections.abc import Mapping

import httpcore2

from transcriptions.links.address import Address
from transcriptions.links.connect import CheckedBackend, Deadline, refusing
from transcriptions.links.values import Limits

HEADERS = {"User-Agent": "TranscribeSite", "Content-Type": "application/json", "Connection": "close"}


def post(address: Address, body: bytes, headers: Mapping[str, str], limits: Limits) -> int:
    """The status of the answer, of which nothing else is read. Raises LinkRefused."""
    url = httpcore2.URL(scheme=address.scheme, host=address.host, port=address.port, target=address.target)
    sent = [("Host", address.authority), ("Content-Length", str(len(body))), *{**HEADERS, **headers}.items()]
    timeouts = dict.fromkeys(("connect", "read", "write"), limits.seconds)
    request = httpcore2.Request("POST", url, headers=sent, content=body, extensions={"timeout": timeouts})
    backend = CheckedBackend(limits.allowed_hosts, Deadline(limits.seconds))
    with refusing(), httpcore2.ConnectionPool(network_backend=backend) as pool:
        answer = pool.handle_request(request)
        answer.close()
        return int(answer.status)
