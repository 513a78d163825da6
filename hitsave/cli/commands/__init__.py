"""One command a file: a function whose signature is its options and whose docstring is its help. `hitsave.cli.main` lists them."""
