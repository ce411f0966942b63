"""`python -m core`, and `image-search` where it is installed."""

import sys

from core.running.client import reply_of_app


def main() -> None:
    """Run one command, by the app that runs on the same data folder where it can answer it; ends the process."""
    if reply := reply_of_app(sys.argv[1:]):
        from core.running.output import deliver

        deliver(reply)
    _run()


def _run() -> None:
    import atexit
    import gc
    import os

    gc.disable()  # what is imported stays: looking through it for garbage takes a tenth of a start
    status = 1  # of what nobody expected, and Python has told

    def leave() -> None:
        """End without taking Python apart, which takes a tenth of a search too.

        Registered first, it is called last: threads that are waited for have ended, whatever others registered was
        called.
        """
        try:
            for stream in filter(None, (sys.stdout, sys.stderr)):
                stream.flush()
        except (OSError, ValueError):  # nobody reads any more: Python says so, and ends with its own status
            return
        os._exit(status)

    atexit.register(leave)

    command = sys.argv[1] if len(sys.argv) > 1 else ""
    if command in ("search", "status"):
        from core.runtime.blas import begin_with_one_thread

        begin_with_one_thread()
    if command == "search" and "--help" not in sys.argv:
        from core.embedding.process.ahead import launch_towers

        launch_towers()

    from core.cli import program
    from core.telemetry.logs import configure_json
    from core.text.command import NAME

    configure_json()
    try:
        program(command)(prog_name=NAME)
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
        raise


if __name__ == "__main__":
    main()
