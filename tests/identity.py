"""Who asks, and what they may, for tests: an identity provider as a JupyterHub has one, where the token is the name, and an
authorizer that goes by these names."""

from __future__ import annotations

from urllib.parse import unquote

from jupyter_server.auth.authorizer import Authorizer
from jupyter_server.auth.identity import IdentityProvider, User
from jupyter_server.base.handlers import JupyterHandler
from tornado.web import RequestHandler


class ByToken(IdentityProvider):
    """A server of several people. Without a token nobody is let in."""

    def get_user(self, handler: RequestHandler) -> User | None:
        kind, _, name = handler.request.headers.get("Authorization", "").partition(" ")
        if kind != "token" or not name:
            return None
        handler._token_authenticated = True  # type: ignore[attr-defined]
        return User(username=unquote(name))


class ByName(Authorizer):
    """The user "reader" may write nothing, the user "stranger" may not even read; everybody else may all."""

    def is_authorized(self, handler: JupyterHandler, user: User, action: str, resource: str) -> bool:
        return {"reader": action == "read", "stranger": False}.get(user.username, True)
