"""All pages, one router for each audience."""

from collections.abc import Sequence

from fastapi import APIRouter

from gateway.entrypoints.pages.console import routes as console
from gateway.entrypoints.pages.public import routes as public
from gateway.entrypoints.pages.sign_in import routes as sign_in
from gateway.entrypoints.pages.site import Site


def routes(site: Site) -> Sequence[APIRouter]:
    """The pages over their parts."""
    return public.routes(site), sign_in.routes(site), console.routes(site)
