import pulumi
import janiform_ory as ory

# A project and how it is configured, in one update. What is not set is left as it is.
portal = ory.Project("portal",
    name="Portal",
    environment=ory.ProjectEnvironment.DEV)
portal_config = ory.ProjectConfig("portalConfig",
    project_id=portal.id,
    cors_enabled=True,
    cors_origins=["https://portal.example.com"],
    selfservice_default_browser_return_url="https://portal.example.com/",
    allowed_return_urls=["https://portal.example.com/welcome"],
    selfservice_methods_passkey_enabled=True,
    selfservice_methods_password_config_min_password_length=12,
    session_lifespan="720h",
    oauth2_ttl_access_token="30m")
