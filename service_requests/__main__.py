"""`python -m service_requests serve|api|worker|migrate|check`."""

from service_requests.app import RECIPE
from shared.web.process import main

if __name__ == "__main__":
    main(RECIPE)
