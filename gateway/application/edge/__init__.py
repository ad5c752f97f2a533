"""The one OpenAPI document."""
