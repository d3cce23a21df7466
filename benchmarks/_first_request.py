"""Imports the module named on the command line, sends its handler a first request, and prints how long each took."""

import time

started = time.perf_counter()

import importlib  # noqa: E402
import json  # noqa: E402
import sys  # noqa: E402

handler = importlib.import_module(sys.argv[1]).handler
imported = time.perf_counter()
event = {
    "httpMethod": "POST",
    "path": "/sentiment",
    "resource": "/sentiment",
    "headers": {"Content-Type": "application/json"},
    "requestContext": {"requestId": "1", "path": "/sentiment", "stage": "bench"},
    "body": json.dumps({"text": sys.argv[2]}),
}
answer = handler(event, None)
answered = time.perf_counter()
if answer["statusCode"] != 200:
    sys.exit(f"{sys.argv[1]} answered {answer['statusCode']}: {answer['body']}")
print(json.dumps([(imported - started) * 1000, (answered - imported) * 1000]))
