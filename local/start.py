"""`npm start`, once everything is installed: start, deploy, wait for the first answer, and stay."""

import signal
import sys
import time
from types import FrameType
from typing import Any, NoReturn

from local import env_file
from local.application import Application
from local.problem import Problem
from local.screen import say
from local.seed import seed, serve
from local.settings import Settings


def main() -> int:
    """Run until a signal or until something ends by itself; exit status."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, _stop)
    began = time.monotonic()
    try:
        settings = Settings.from_environment()
        env_file.write(settings)
        with Application(settings) as application:
            application.deploy()
            model = serve(application)
            application.describe("ready")
            say(greeting(application.url, model, time.monotonic() - began))
            say(next_steps(application))
            while True:
                application.check()
                time.sleep(0.5)
    except Problem as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    # Once is enough: a second signal must not interrupt the stopping. npm, Node and the terminal each send one.
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    raise SystemExit(128 + number)


def greeting(url: str, model: dict[str, Any], seconds: float) -> str:
    """What the person reads first: how good the model is, the page, and three commands that work when pasted."""
    metrics, data = model["metrics"], model["data"]
    return f"""
The model {model["version"]} gets {metrics["accuracy"]:.1%} of {data["test"]:,} held-out texts right; always guessing
the larger class would get {metrics["majority"]:.1%} of them.
Ready in {seconds:.0f} s. The page:  {url}/

{_curl(url, '{"text": "A wonderful film, moving and beautifully acted."}')}
{_curl(url, '{"text": "A dull, badly written mess; I want my two hours back."}')}
{_curl(url, '{"texts": ["I loved every minute.", "Not good at all."]}')}
"""


def next_steps(application: Application) -> str:
    """What the person reads last: how to train a model of their own; the data for it is fetched first."""
    try:
        seed(application)
    except Problem as problem:
        retraining = f"There is no data to retrain on yet; all else works. {problem}\n"
    else:
        retraining = """Train another model, in a second shell:
npx serverless invoke -f retrain --stage local -d '{"preset": "sentences"}'
It learns from other texts than the baseline, so whether it is better is for you to say: see npm run status.
"""
    return f"{retraining}\nCtrl-C stops everything; what is trained is kept for the next start."


def _curl(url: str, body: str) -> str:
    return f"curl -s {url}/sentiment -H 'Content-Type: application/json' -d '{body}'"


if __name__ == "__main__":
    sys.exit(main())
