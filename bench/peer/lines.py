"""Protocol of the workers: one JSON request per line on stdin, one JSON answer per line on stdout."""

import json
import os
import sys


def serve(requests):
    """Calls the function that each request names until stdin ends. An exception becomes the `error` of the answer."""
    # Answers go to a copy of stdout; output of libraries goes to stderr, so that the two never mix.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = requests[request.pop("request")](**request)
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)
