"""What makes the OpenAPI document fit for tools, used by `docs/generate_openapi.py`."""
