"""Markdown as safe HTML: what people write is never a tag, a picture from elsewhere or an address that runs."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from django.utils.safestring import SafeString

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.renderer import RendererProtocol
    from markdown_it.token import Token
    from markdown_it.utils import OptionsDict


@cache
def _parser() -> MarkdownIt:
    # Read when the first text is shown, not at every start.
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable("image")
    parser.add_render_rule("link_open", _link)
    return parser


def _link(
    self: RendererProtocol, tokens: Sequence[Token], place: int, options: OptionsDict, env: MutableMapping[str, Any]
) -> str:
    tokens[place].attrSet("rel", "noopener noreferrer nofollow")
    tokens[place].attrSet("target", "_blank")
    return _tag(self, tokens, place, options)


def _tag(renderer: Any, tokens: Sequence[Token], place: int, options: OptionsDict) -> str:
    """A tag as the parser writes it by itself, its attributes escaped."""
    return str(renderer.renderToken(tokens, place, options, {}))


def as_html(text: str, *, under: int = 3) -> SafeString:
    """A text in Markdown as HTML that may stand in any page; its first heading comes next below the page's of level `under`."""
    env: dict[str, Any] = {}
    parser = _parser()
    tokens = parser.parse(text, env)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1:]) + under)}"
    html: str = parser.renderer.render(tokens, parser.options, env)
    return SafeString(html)  # The parser escapes all it is given.
