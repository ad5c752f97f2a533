"""`python -m service_refunds serve|api|worker|migrate|check`."""

from service_refunds.app import RECIPE
from shared.web.process import main

if __name__ == "__main__":
    main(RECIPE)
