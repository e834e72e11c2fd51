"""How a process that is compared answers: one request after another, from its input."""

import json
import signal
import sys
from collections.abc import Iterable


def serve(answers: object, requests: Iterable[str] = sys.stdin) -> None:
    """Answer each request, a JSON list of a method's name and its arguments, with a line of JSON.

    Ctrl-C goes to all processes of a terminal. What it ends is the one that asks, which ends these.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for line in requests:
        name, *arguments = json.loads(line)
        print(json.dumps(getattr(answers, name)(*arguments)), flush=True)
