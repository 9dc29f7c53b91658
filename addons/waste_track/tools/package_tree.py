"""Packages and their conversions as a drawing: order of the rows, depth, shares. Plain Python, no ``env``."""

from collections import defaultdict
from fractions import Fraction

from .mass import kg


def draw_order(names, edges):
    """Order packages so that every conversion stands below all that went into it.

    Packages that share a conversion stand together; families and sources follow their numbers.

    :param dict names: {package id: number}, all packages of the drawing
    :param edges: list of (from id, to id), both in ``names``, without cycles
    :return: list of (package id, depth); a package without sources has depth 0
    """
    children, waiting = defaultdict(list), dict.fromkeys(names, 0)
    for source, target in edges:
        children[source].append(target)
        waiting[target] += 1
    family = _families(names, edges)
    roots = sorted(
        (package for package in names if not waiting[package]),
        key=lambda package: (names[family[package]], names[package]),
    )
    depths, ordered = dict.fromkeys(names, 0), []
    stack = roots[::-1]
    while stack:
        package = stack.pop()
        ordered.append((package, depths[package]))
        ready = []
        for child in sorted(children[package], key=names.get):
            depths[child] = max(depths[child], depths[package] + 1)
            waiting[child] -= 1
            if not waiting[child]:
                ready.append(child)
        stack.extend(reversed(ready))
    return ordered


def _families(names, edges):
    """Return {package id: the member of its family with the first number} (union-find)."""
    first = {package: package for package in names}

    def find(package):
        while first[package] != package:
            first[package] = package = first[first[package]]
        return package

    for source, target in edges:
        one, other = sorted((find(source), find(target)), key=names.get)
        first[other] = one
    return {package: find(package) for package in names}


def own_fractions(order, parents):
    """Say how much of each package is this batch's own material.

    :param order: package ids, sources before what was made of them
    :param parents: {package id: list of (source id, kilograms)}; a source not in ``order`` is foreign
    :return: {package id: Fraction between 0 and 1}
    """
    own = {}
    for package in order:
        sources = parents.get(package)
        if not sources:
            own[package] = Fraction(1)
            continue
        total = sum(Fraction(kg(quantity)) for _source, quantity in sources)
        mine = sum(own.get(source, 0) * Fraction(kg(quantity)) for source, quantity in sources)
        own[package] = Fraction(mine) / total if total else Fraction(0)
    return own


def percentages(weights):
    """Return the weights as percentages with one decimal that add up to exactly 100.

    The tenths lost by rounding down go to the largest remainders.

    :param weights: list of numbers >= 0
    :return: list of float, sum 100.0; all 0.0 when nothing weighs anything
    """
    exact = [Fraction(kg(weight)) for weight in weights]
    total = sum(exact)
    if not total:
        return [0.0] * len(exact)
    tenths = [1000 * weight / total for weight in exact]
    result = [int(tenth) for tenth in tenths]
    by_remainder = sorted(range(len(exact)), key=lambda at: (result[at] - tenths[at], at))
    for at in by_remainder[:1000 - sum(result)]:
        result[at] += 1
    return [tenth / 10 for tenth in result]
