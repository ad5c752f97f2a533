"""Ends with 0 when the service in this container says that it is ready, else with 1 and what it said."""

import http.client
import sys

connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=4)
try:
    connection.request("GET", "/readyz")
    answer = connection.getresponse()
    said = answer.read(2000).decode(errors="replace")
except (OSError, http.client.HTTPException) as error:
    sys.exit(f"no answer: {error}")
if answer.status != http.client.OK:
    sys.exit(f"{answer.status} {said}")
