"""The protocol of the workers: one JSON request a line on stdin, one JSON answer a line on stdout."""

import json
import os
import sys


def serve(requests):
    """Answers requests by the function of their name until stdin ends; what a function raises is the answer's error."""
    # Answers go to a copy of stdout, and whatever a library prints to stderr, so that the two never mix.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = requests[request.pop("request")](**request)
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)
