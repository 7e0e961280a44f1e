"""caseflow: the working place of a litigation network, from a documented violation to a decision carried out."""
