"""An identity provider as a JupyterHub has one, for tests: who asks is whom the token belongs to. The token is the name."""

from __future__ import annotations

from urllib.parse import unquote

from jupyter_server.auth.identity import IdentityProvider, User
from tornado.web import RequestHandler


class ByToken(IdentityProvider):
    """A server of several people. Without a token nobody is let in."""

    def get_user(self, handler: RequestHandler) -> User | None:
        kind, _, name = handler.request.headers.get("Authorization", "").partition(" ")
        if kind != "token" or not name:
            return None
        handler._token_authenticated = True  # type: ignore[attr-defined]
        return User(username=unquote(name))
