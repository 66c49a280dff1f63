terraform import ory_workspace_api_key.automation b7d3c0a1-4e5f-4a6b-8c7d-9e0f1a2b3c4d/5b8f3d1c-7a62-4e0f-9a43-2c1d8e7f6b55
