"""`python -m service_inspection serve|api|worker|migrate|check`."""

from service_inspection.app import RECIPE
from shared.web.process import main

if __name__ == "__main__":
    main(RECIPE)
