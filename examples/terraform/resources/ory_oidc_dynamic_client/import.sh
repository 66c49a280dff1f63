terraform import ory_oidc_dynamic_client.wiki 5b8f3d1c-7a62-4e0f-9a43-2c1d8e7f6b54
