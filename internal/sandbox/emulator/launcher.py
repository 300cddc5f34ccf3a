"""Serve the emulator on an inherited socket, and end with whoever holds stdin.

The parent never writes to stdin. When it dies, however it dies, the kernel
closes its end of the pipe; the read below returns and takes this process group
with it, function workers included.
"""

import asyncio
import os
import signal
import socket
import threading

LISTENER = 3


def end_with_parent() -> None:
    while os.read(0, 64):
        pass
    os.killpg(os.getpgrp(), signal.SIGKILL)


def keep_workers_apart() -> None:
    """UpdateFunctionConfiguration ends the workers of its own account only.

    The emulator ends those of every account that has a function of that name,
    in the middle of their invocations.
    """
    from ministack.core.responses import get_account_id, get_region
    from ministack.services import lambda_svc

    invalidate = lambda_svc.invalidate_worker

    def scoped(name, qualifier=None, account=None, region=None):
        invalidate(
            name,
            qualifier=qualifier,
            account=account or get_account_id(),
            region=region or get_region(),
        )

    lambda_svc.invalidate_worker = scoped


def log_failed_starts() -> None:
    """A function that does not start says why in its log group, as on Lambda.

    The emulator answers an invocation with the reason and logs nothing, so
    that behind a queue nobody learns of it.
    """
    from ministack.services import lambda_svc

    for name in "_execute_function_warm", "_execute_function_provided_warm":
        execute = getattr(lambda_svc, name)

        def logging(func, event, request_id, execute=execute):
            result = execute(func, event, request_id)
            body = result.get("body")
            if result.get("error") and not result.get("log") and isinstance(body, dict):
                result["log"] = f"[ERROR] {body.get('errorType')}: {body.get('errorMessage')}"
            return result

        setattr(lambda_svc, name, logging)


def main() -> None:
    threading.Thread(target=end_with_parent, daemon=True).start()
    keep_workers_apart()
    log_failed_starts()

    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack.app import app

    # Accepted connections take this over. Answers go out in two pieces, and
    # the second would wait 40 ms for the first to be acknowledged.
    listener = socket.socket(fileno=LISTENER)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listener.detach()

    config = Config()
    config.bind = [f"fd://{LISTENER}"]
    config.loglevel = os.environ["LOG_LEVEL"]
    # Longer than the proxy keeps idle connections, so that the emulator never
    # closes one while a request is on its way.
    config.keep_alive_timeout = 300
    asyncio.run(serve(app, config))


main()
