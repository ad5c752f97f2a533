"""What the tests stand on: real servers, both engines, both buses, a whole Retour."""
