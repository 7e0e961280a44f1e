"""caseflow: case management for strategic human-rights litigation."""
