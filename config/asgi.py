"""The ASGI application: pages through the bridge, `/live` as a stream of its own."""

from __future__ import annotations

import os
import threading

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from config.bridge import Bridge, Receive, Scope, Send

wsgi = get_wsgi_application()

from piste.web.later import warm  # noqa: E402 - the rooms must be loaded first
from piste.web.live import LiveStream  # noqa: E402

pages = Bridge(wsgi, threads=settings.ENV.threads, limit=settings.UPLOAD_LIMIT + 1_000_000)
live = LiveStream()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Routes a request to the pages or to the live stream, and runs the stream's hub for as long as the server lives."""
    if scope["type"] == "lifespan":
        await lifespan(receive, send)
    elif scope["path"] == "/live":
        await live(scope, receive, send)
    else:
        await pages(scope, receive, send)


async def lifespan(receive: Receive, send: Send) -> None:
    """Starts and stops with the server."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            threading.Thread(target=warm, args=[pages.rest], name="warm", daemon=True).start()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await live.close()
            pages.pool.shutdown(wait=False, cancel_futures=True)
            await send({"type": "lifespan.shutdown.complete"})
            return
