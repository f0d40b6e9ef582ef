"""The web server: uvicorn, which ends the live streams as soon as it is told to stop (they would keep it waiting)."""

from __future__ import annotations

from types import FrameType

import uvicorn


class EndingServer(uvicorn.Server):
    """A server that stops within a moment although streams are open."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        from config import asgi

        asgi.live.hub.stop()
        super().handle_exit(sig, frame)


def serve(*, host: str, port: int, workers: int = 1) -> None:
    """Serves until told to stop."""
    settings = uvicorn.Config(
        "config.asgi:application",
        host=host,
        port=port,
        workers=workers,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=5,
        proxy_headers=False,
    )
    if workers == 1:
        EndingServer(settings).run()
        return
    from uvicorn.supervisors import Multiprocess

    Multiprocess(settings, [settings.bind_socket()]).run()
