from . import waste_statement_dispute, waste_statement_make
