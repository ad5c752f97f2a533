"""`python -m service_notifications serve|api|worker|migrate|check`."""

from service_notifications.app import RECIPE
from shared.web.process import main

if __name__ == "__main__":
    main(RECIPE)
