"""Number theory."""

from __future__ import annotations

import sys

from hitsave import memo

from sympy.ntheory import divisors, factorint, isprime, jacobi_symbol, n_order, nextprime, primitive_root, sqrt_mod, totient
from sympy.ntheory.continued_fraction import continued_fraction_periodic
from sympy.ntheory.modular import crt


@memo
def factors(n):
    """Prime factors, divisors and totient."""
    sys.audit("mutation.ran", "factors")
    return factorint(n), divisors(n)[:12], int(totient(n))


@memo
def primes(start, count):
    """The next primes."""
    sys.audit("mutation.ran", "primes")
    found = []
    while len(found) < count:
        start = nextprime(start)
        found.append((int(start), isprime(start + 2)))
    return found


@memo
def residues(a, p):
    """Roots and orders modulo a prime."""
    sys.audit("mutation.ran", "residues")
    return primitive_root(p), sqrt_mod(a * a % p, p), n_order(a, p), jacobi_symbol(a, p)


@memo
def congruence(moduli, rests):
    """The Chinese remainder, and a continued fraction."""
    sys.audit("mutation.ran", "congruence")
    return crt(moduli, rests), continued_fraction_periodic(3, 2, 7)


CALLS = [
    (factors, (2**5 * 3**3 * 1009 * 99991,)),
    (primes, (10**9, 4)),
    (residues, (5, 10007)),
    (congruence, ([5, 7, 11], [2, 3, 10])),
]
