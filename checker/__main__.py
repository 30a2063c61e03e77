"""`checker` and `python -m checker`: runs the command line; known errors become one message on stderr and exit 2."""

from __future__ import annotations

import io
import sys


def main() -> None:
    # Threads that spin while waiting make everything beside them slow; must be set before any OpenMP library loads.
    import os

    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    from checker.cli.app import app
    from checker.errors import CheckerError

    for stream in (sys.stdout, sys.stderr):
        # Reports are UTF-8 everywhere, also where a pipe would have another encoding; a file name may hold what UTF-8 cannot.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        app(prog_name="checker")
    except CheckerError as error:
        print(f"checker: {error}", file=sys.stderr)
        raise SystemExit(error.exit_code) from None
    except KeyboardInterrupt:
        print("checker: afbrudt", file=sys.stderr)
        raise SystemExit(130) from None
    except BrokenPipeError:
        # The reader of our output went away (`checker ... | head`): not an error.
        sys.stderr.close()
        raise SystemExit(0) from None
    except OSError as error:
        print(f"checker: {error.strerror or error}{f': {error.filename}' if error.filename else ''}", file=sys.stderr)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
