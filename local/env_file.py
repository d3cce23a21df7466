"""`.env.local`: makes serverless in any shell, with `--stage local`, talk to this machine and never to AWS."""

from local.settings import DEFAULT_STATE, ROOT, Settings


def write(settings: Settings) -> None:
    """Write it for the copy with the default state folder; a second copy leaves it alone.

    It stays when the application stops: what is sent to a stopped one is refused, and does not go to AWS instead.
    """
    if settings.state == DEFAULT_STATE:
        lines = [f"{name}={value}" for name, value in settings.aws_environment().items()]
        text = "# Written by `npm start`. Read by serverless for the stage “local”.\n" + "\n".join(lines) + "\n"
        temporary = ROOT / ".env.local.new"
        temporary.write_text(text)
        temporary.replace(ROOT / ".env.local")
