"""What a generated SDK would hold, in small: the properties that these programs
use, and the tokens by which Pulumi knows them. Any other attribute of the
resource works the same way: Pulumi's name is the attribute's in camelCase, and
Python's is the attribute's own.
"""

from __future__ import annotations

from typing import Any, Optional, Sequence

import pulumi


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _properties(arguments: dict[str, Any]) -> dict[str, Any]:
    return {_camel(name): value for name, value in arguments.items() if value is not None}


class Oauth2Client(pulumi.CustomResource):
    """An OAuth 2.0 or OpenID Connect client."""

    def __init__(
        self,
        name: str,
        *,
        client_name: Optional[pulumi.Input[str]] = None,
        client_id: Optional[pulumi.Input[str]] = None,
        client_secret: Optional[pulumi.Input[str]] = None,
        grant_types: Optional[pulumi.Input[Sequence[pulumi.Input[str]]]] = None,
        response_types: Optional[pulumi.Input[Sequence[pulumi.Input[str]]]] = None,
        scope: Optional[pulumi.Input[str]] = None,
        audience: Optional[pulumi.Input[Sequence[pulumi.Input[str]]]] = None,
        redirect_uris: Optional[pulumi.Input[Sequence[pulumi.Input[str]]]] = None,
        post_logout_redirect_uris: Optional[pulumi.Input[Sequence[pulumi.Input[str]]]] = None,
        allowed_cors_origins: Optional[pulumi.Input[Sequence[pulumi.Input[str]]]] = None,
        token_endpoint_auth_method: Optional[pulumi.Input[str]] = None,
        skip_consent: Optional[pulumi.Input[bool]] = None,
        metadata: Optional[pulumi.Input[str]] = None,
        client_credentials_grant_access_token_lifespan: Optional[pulumi.Input[str]] = None,
        opts: Optional[pulumi.ResourceOptions] = None,
    ) -> None:
        arguments = {key: value for key, value in locals().items() if key not in ("self", "name", "opts", "__class__")}
        # A property has to be named here to become an output.
        outputs = {"clientId": None, "clientSecret": None, "scope": None}
        secret = pulumi.ResourceOptions(additional_secret_outputs=["clientSecret"])
        super().__init__(
            "ory:index/oauth2Client:Oauth2Client",
            name,
            {**outputs, **_properties(arguments)},
            pulumi.ResourceOptions.merge(secret, opts),
        )

    @property
    def client_id(self) -> pulumi.Output[str]:
        return pulumi.get(self, "clientId")

    @property
    def client_secret(self) -> pulumi.Output[Optional[str]]:
        """None for a public client, nor for an imported one: the server tells it only once."""
        return pulumi.get(self, "clientSecret")

    @property
    def scope(self) -> pulumi.Output[str]:
        return pulumi.get(self, "scope")


def get_oauth2_client_output(
    client_id: Optional[pulumi.Input[str]] = None,
    client_name: Optional[pulumi.Input[str]] = None,
) -> pulumi.Output[dict[str, Any]]:
    """A client by its id, or by its name if only one client has it."""
    arguments = _properties({"client_id": client_id, "client_name": client_name})
    return pulumi.runtime.invoke_output("ory:index/getOauth2Client:getOauth2Client", arguments)
