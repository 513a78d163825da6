"""What a person would change from one run to the next."""

SHIFTS = ((0, 0), (0, 1), (1, 0), (0, -1), (-1, 0))
COMPONENTS = 24
FOLDS = 3
SIZES = (125, 250, 500, 1000)
TESTED = 1000
SWEEP = [(c, gamma) for c in (0.3, 1.0, 3.0, 10.0) for gamma in (0.003, 0.01, 0.03, 0.1, 0.25, 0.6)]
