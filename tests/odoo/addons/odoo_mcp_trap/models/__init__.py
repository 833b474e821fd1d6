from . import dossier, ledger, letter, permit, price, shelf, thing
