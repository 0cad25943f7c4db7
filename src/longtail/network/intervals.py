"""Whole numbers from … to … → exact sets of them: united, intersected, subtracted.

A set is a tuple of inclusive ranges, sorted, with a gap between each two: equal sets are equal tuples.
Ports and addresses are both such sets.
"""

from collections.abc import Iterable

Interval = tuple[int, int]
Intervals = tuple[Interval, ...]


def merged(ranges: Iterable[Interval]) -> Intervals:
    """The set that the ranges cover together, in whatever order they come; what ends before it begins is none."""
    found: list[Interval] = []
    for first, last in sorted(ranges):
        if last < first:
            continue
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return tuple(found)


def common(a: Intervals, b: Intervals) -> Intervals:
    """What lies in both sets."""
    found: list[Interval] = []
    at, other = 0, 0
    while at < len(a) and other < len(b):
        first, last = max(a[at][0], b[other][0]), min(a[at][1], b[other][1])
        if first <= last:
            found.append((first, last))
        if a[at][1] < b[other][1]:
            at += 1
        else:
            other += 1
    return tuple(found)


def without(a: Intervals, b: Intervals) -> Intervals:
    """What lies in the first set and not in the second."""
    found: list[Interval] = []
    other = 0
    for begin, last in a:
        first = begin
        while other < len(b) and b[other][1] < first:
            other += 1
        at = other
        while at < len(b) and b[at][0] <= last:
            if b[at][0] > first:
                found.append((first, b[at][0] - 1))
            first = b[at][1] + 1
            at += 1
        if first <= last:
            found.append((first, last))
    return tuple(found)


def size(intervals: Intervals) -> int:
    """How many numbers are in the set."""
    return sum(last - first + 1 for first, last in intervals)
