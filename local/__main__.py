"""`python -m local COMMAND`: what the scripts of package.json come down to. Runs on a bare Python."""

import itertools
import os
import shutil
import subprocess
import sys

from local import check, chromium, install
from local.lock import is_held
from local.problem import Problem
from local.screen import say
from local.settings import INSTALLS, ROOT, SDK_PYTHON, SERVERLESS, STAGE, VENV_PYTHON, Settings, without_aws
from local.supervise import Command, supervised


def start(arguments: list[str]) -> int:
    settings = Settings.from_environment()
    settings.state.mkdir(parents=True, exist_ok=True)
    if not is_held(settings.state):  # else local.start says that it runs already
        check.ports(settings)
        install.application()
    return _become([VENV_PYTHON, "-m", "local.start", *arguments])


def url(arguments: list[str]) -> int:
    from local.status import running_url

    say(running_url(Settings.from_environment()))
    return 0


def status(arguments: list[str]) -> int:
    if not VENV_PYTHON.exists():
        raise Problem("Nothing is installed yet; `npm start` installs and starts everything.")
    return _become([VENV_PYTHON, "-m", "local.status"])


def reset(arguments: list[str]) -> int:
    settings = Settings.from_environment()
    if is_held(settings.state):
        raise Problem("The application is running; stop it first (Ctrl-C where it was started).")
    folders = [settings.state]
    if arguments == ["--all"]:
        folders += [INSTALLS, ROOT / ".venv", ROOT / "node_modules", ROOT / "layers" / "text" / "build"]
    elif arguments:
        raise Problem(f"`npm run reset` does not know {arguments[0]}; `-- --all` removes what is installed as well.")
    for folder in folders:
        if folder.exists():
            shutil.rmtree(folder)
            say(f"removed {folder}")
    return 0


def test(arguments: list[str]) -> int:
    _install_for_tests()
    checks = {
        "lint": ["ruff", "check", "."],
        "format": ["ruff", "format", "--check", "."],
        "types": ["mypy"],
        "unit tests": ["pytest", "tests/unit", *arguments],
        "stack tests": ["pytest", "tests/stack", *arguments],
    }
    if chromium.find():
        checks["browser tests"] = ["pytest", "tests/browser", *arguments]
    failed = [title for title, command in checks.items() if _check(title, command) != 0]
    if "browser tests" not in checks:
        say(f"\n{chromium.MISSING}")
    say(f"\nFailed: {', '.join(failed)}" if failed else "\nAll checks passed.")
    return 1 if failed else 0


def test_slow(arguments: list[str]) -> int:
    _install_for_tests()
    return _check("slow tests", ["pytest", "tests/slow", *arguments])


def test_faults(arguments: list[str]) -> int:
    _install_for_tests()
    every_call = ["tests/unit/handlers/test_faults.py", "--every-call", "--timeout=3000", "-v"]
    return _check("every call fails in turn", ["pytest", *every_call, *arguments])


def data(arguments: list[str]) -> int:
    return _python("ml.data", arguments, dict(os.environ))  # whose AWS part `upload` and `feedback` need


def train(arguments: list[str]) -> int:
    return _python("ml.train", arguments, {**ALLOCATOR, **without_aws()} if sys.platform == "linux" else None)


def ask(arguments: list[str]) -> int:
    return _python("ml.ask", arguments)


def behaviour(arguments: list[str]) -> int:
    return _python("ml.evaluation.behaviour", arguments)


def bench(arguments: list[str]) -> int:
    names = sorted(path.stem for path in (ROOT / "benchmarks").glob("[a-z]*.py"))
    if not arguments or arguments[0].startswith("-"):
        arguments = ["all", *arguments]
    if arguments[0] not in names:
        raise Problem(f"There is no benchmark {arguments[0]!r}, only: {', '.join(names)}.")
    install.application()
    return _become([VENV_PYTHON, "-m", f"benchmarks.{arguments[0]}", *arguments[1:]])


def images(arguments: list[str]) -> int:
    install.sdk_environment()
    return _become([SDK_PYTHON, "-m", "local.images"])


def deploy(arguments: list[str]) -> int:
    return _serverless("deploy", arguments if _stages(arguments) else ["--stage", "dev", *arguments])


def remove(arguments: list[str]) -> int:
    return _serverless("remove", arguments)


def smoke(arguments: list[str]) -> int:
    install.python_environment()
    return _become([VENV_PYTHON, "-m", "local.smoke", *arguments], dict(os.environ))


def audit(arguments: list[str]) -> int:
    from local import audit

    install.audit_environment()
    return audit.audit()


def lock(arguments: list[str]) -> int:
    _install_for_tests()
    requirements = sorted(f"requirements/{path.stem}" for path in (ROOT / "requirements").glob("*.in"))
    for name in [*requirements, "layers/text/requirements"]:
        command: Command = [VENV_PYTHON.with_name("uv"), "pip", "compile", f"{name}.in", "-o", f"{name}.txt"]
        options = ["--universal", "--python-version=3.11", "--generate-hashes", "--no-emit-index-url", "--quiet"]
        said = ["--custom-compile-command", "npm run lock", *arguments]
        left_out = ["--excludes", f"{name}.excluded"] if (ROOT / f"{name}.excluded").exists() else []
        say(f"{name}.txt")
        subprocess.run([*command, *options, *said, *left_out], cwd=ROOT, check=True)
    return 0


# What a batch gives back the process keeps for the next one, in huge pages: the LSTM trains 1.3 times as fast as where
# the kernel takes it and clears it anew each time (measured on two cores). Only glibc reads these, when it is loaded.
ALLOCATOR = {
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": "20000000000",  # bytes
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
}

COMMANDS = {
    "start": start,
    "url": url,
    "status": status,
    "reset": reset,
    "test": test,
    "test-slow": test_slow,
    "test-faults": test_faults,
    "data": data,
    "train": train,
    "try": ask,
    "behaviour": behaviour,
    "bench": bench,
    "images": images,
    "deploy": deploy,
    "remove": remove,
    "smoke": smoke,
    "audit": audit,
    "lock": lock,
}


def _stages(arguments: list[str]) -> list[str]:
    """The stages that the arguments of `serverless` name."""
    stages = [b for a, b in itertools.pairwise(arguments) if a in ("--stage", "-s")]
    return stages + [argument.removeprefix("--stage=") for argument in arguments if argument.startswith("--stage=")]


def _serverless(command: str, arguments: list[str]) -> int:
    stages = _stages(arguments)
    if not stages or STAGE in stages:
        raise Problem(f"Say to which stage of AWS: npm run {command} -- --stage dev   (`npm start` is the local one)")
    install.node_tools()
    install.layer("arm64")
    return _become([SERVERLESS, command, *arguments], dict(os.environ))


def _python(module: str, arguments: list[str], env: dict[str, str] | None = None) -> int:
    install.python_environment()
    return _become([VENV_PYTHON, "-m", module, *arguments], env)


def _install_for_tests() -> None:
    install.application()
    install.development_tools()


def _check(title: str, command: list[str]) -> int:
    say(f"\n── {title}: {' '.join(command)}")
    env = {**without_aws(), "PATH": f"{VENV_PYTHON.parent}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(supervised([VENV_PYTHON, "-m", *command]), cwd=ROOT, env=env, check=False).returncode


def _become(command: Command, env: dict[str, str] | None = None) -> int:
    """Go on as another program, in the user's environment without its AWS part unless told."""
    sys.stdout.flush()
    os.chdir(ROOT)
    os.execve(command[0], [os.fspath(part) for part in command], without_aws() if env is None else env)


def main() -> int:
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:
        print(f"usage: python -m local {{{','.join(COMMANDS)}}}", file=sys.stderr)
        return 2
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        return COMMANDS[sys.argv[1]](sys.argv[2:])
    except Problem as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
