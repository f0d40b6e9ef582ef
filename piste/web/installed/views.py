"""What a browser asks before it installs Piste."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

#: The blue of the mark, behind it while the app opens.
BLUE, PAPER = "#0a63a8", "#f7f8fa"
ICONS = (("app-192.png", "192x192", "any"), ("app-512.png", "512x512", "any"), ("app-maskable-512.png", "512x512", "maskable"))


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """Name, icons and shortcuts of the app, in the language of who asks; nothing in it is secret."""
    shortcuts = [(_("My day"), reverse("today")), (_("Pipeline"), "/"), (_("New deal"), reverse("new_deal"))]
    told = {
        "id": "/",
        "name": "Piste",
        "short_name": "Piste",
        "description": _("Every prospect from the first contact to the signature, and the next step of each."),
        "lang": get_language(),
        "start_url": reverse("today"),
        "scope": "/",
        "display": "standalone",
        "theme_color": BLUE,
        "background_color": PAPER,
        "icons": [
            {"src": static(f"piste/{name}"), "sizes": sizes, "type": "image/png", "purpose": purpose}
            for name, sizes, purpose in ICONS
        ],
        "shortcuts": [{"name": name, "url": url} for name, url in shortcuts],
    }
    return JsonResponse(told, content_type="application/manifest+json")
