"""ministack, brought nearer to AWS in what this application needs. Runs in an environment of its own, on its Python:

    python -I local/emulator

What the modules beside this one replace are private names of ministack: look at each when its pin moves.
"""

import alarms  # type: ignore[import-not-found]  # noqa: F401
import buckets  # type: ignore[import-not-found]  # noqa: F401
import embedded  # type: ignore[import-not-found]  # noqa: F401
import rights  # type: ignore[import-not-found]  # noqa: F401
from ministack.app import main

if __name__ == "__main__":
    main()
