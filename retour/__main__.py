"""`python -m retour` is the command `retour`."""

from retour.command import main

if __name__ == "__main__":
    main()
