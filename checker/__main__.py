"""`checker` and `python -m checker`: runs the command line; known errors become one message on stderr and exit 2."""

from __future__ import annotations

import sys


def main() -> None:
    # Threads that spin while waiting make everything beside them slow; must be set before any OpenMP library loads.
    import os

    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    from checker.cli.app import app
    from checker.errors import CheckerError

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


if __name__ == "__main__":
    main()
