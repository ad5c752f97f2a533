"""The recipes of the four services, for the composition root."""

from typing import Any, Final

import service_inspection.app
import service_notifications.app
import service_refunds.app
import service_requests.app
from shared.web.service import Recipe

RECIPES: Final[tuple[Recipe[Any], ...]] = (
    service_requests.app.RECIPE,
    service_inspection.app.RECIPE,
    service_refunds.app.RECIPE,
    service_notifications.app.RECIPE,
)
