"""Words that every part of Retour uses: errors, money, ids, who is asking. Standard library only."""
