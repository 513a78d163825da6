"""What a person would change from one run to the next."""

SHIFTS = ((0, 0), (0, 1), (1, 0), (0, -1), (-1, 0))
COMPONENTS = 24
FOLDS = 3
SWEEP = [(c, gamma) for c in (1.0, 10.0) for gamma in (0.01, 0.05, 0.25)]
