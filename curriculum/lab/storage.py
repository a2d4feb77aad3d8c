r"""What the day on storage engines builds on: the C around the learner's functions, and a sorted run with its Bloom filter.

``talk(text, lines)`` compiles a program and returns what it answers to lines of input. ``BOUND_MAIN`` and ``TREE_MAIN`` are the
mains that go behind a learner's functions: they read commands and print answers, a line each. ``Run`` is a sorted file that
never changes once it is written, as an LSM-tree makes them; ``Bloom`` says which keys it surely does not hold.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from pathlib import Path

from curriculum.lab import native
from curriculum.lab.check import check_value

#: ``a 3 10 20 30 20``: order (a ascending, d descending), n, the n keys, the key wanted. Answers: index and comparisons.
BOUND_MAIN = r"""
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static long comparisons;

static bool ascending(int64_t a, int64_t b)
{
    comparisons++;
    return a < b;
}

static bool descending(int64_t a, int64_t b)
{
    comparisons++;
    return a > b;
}

int main(void)
{
    char order;
    size_t n;
    while (scanf(" %c %zu", &order, &n) == 2) {
        int64_t *keys = malloc(n * sizeof *keys), wanted = 0;
        int all = 1;
        for (size_t i = 0; i < n; i++)
            all = all && scanf("%" SCNd64, &keys[i]) == 1;
        all = all && scanf("%" SCNd64, &wanted) == 1;
        comparisons = 0;
        size_t found = all ? lower_bound(keys, n, wanted, order == 'a' ? ascending : descending) : 0;
        printf("%zu %ld\n", found, comparisons);
        free(keys);
    }
    return 0;
}
"""

#: ``new t``, ``put key value``, ``get key``, ``scan low high`` (answers ``key:value``), ``dump``. A dump is JSON: a leaf is the list of its keys, another
#: node the list of its children with its keys between them.
TREE_MAIN = r"""
#include <inttypes.h>
#include <stdio.h>

static const char *between;

static void free_node(Node *node)
{
    for (int i = 0; !node->leaf && i <= node->count; i++)
        free_node(node->children[i]);
    free(node->keys);
    free(node->values);
    free(node->children);
    free(node);
}

static void dump(const Node *node)
{
    printf("[");
    for (int i = 0; i <= node->count; i++) {
        if (!node->leaf)
            dump(node->children[i]);
        if (i < node->count)
            printf("%s%" PRId64 "%s", node->leaf ? "" : ",", node->keys[i], node->leaf && i + 1 == node->count ? "" : ",");
    }
    printf("]");
}

static void show(int64_t key, int64_t value)
{
    printf("%s%" PRId64 ":%" PRId64, between, key, value);
    between = " ";
}

int main(void)
{
    char word[8];
    int64_t a, b;
    Tree tree = {0, NULL};
    while (scanf("%7s", word) == 1) {
        if (!strcmp(word, "new") && scanf("%d", &tree.t) == 1) {
            if (tree.root)
                free_node(tree.root);
            tree.root = new_node(tree.t, true);
        } else if (!strcmp(word, "put") && scanf("%" SCNd64 "%" SCNd64, &a, &b) == 2) {
            put(&tree, a, b);
        } else if (!strcmp(word, "get") && scanf("%" SCNd64, &a) == 1) {
            if (get(&tree, a, &b))
                printf("%" PRId64 "\n", b);
            else
                printf("none\n");
        } else if (!strcmp(word, "scan") && scanf("%" SCNd64 "%" SCNd64, &a, &b) == 2) {
            between = "";
            scan(tree.root, a, b, show);
            printf("\n");
        } else if (!strcmp(word, "dump")) {
            dump(tree.root);
            printf("\n");
        }
    }
    if (tree.root)
        free_node(tree.root);
    return 0;
}
"""


def talk(text: str, lines: Iterable[str]) -> list[str]:
    """What a C program answers to lines of input. What the sanitizers find is a failed check; leaks are left for another."""
    given = "".join(f"{line}\n" for line in lines)
    done = native.build(text).run(stdin=given, environment={"ASAN_OPTIONS": "detect_leaks=0"})
    check_value("what the sanitizers find in your program", done.fault).equals(
        "", idea="an index or a pointer that leaves what was allocated; the report names the line of your cell"
    )
    check_value("how your program ends", (done.status, done.signal)).equals((0, None), idea="it was ended by a signal")
    return done.stdout.splitlines()


class Bloom:
    """A set that may say yes wrongly and never no: k bits of m are set for each key."""

    def __init__(self, keys: Iterable[str], bits_per_key: int = 10) -> None:
        keys = list(keys)
        self.size = max(64, bits_per_key * len(keys))
        self.hashes = min(8, max(1, round(bits_per_key * math.log(2))))
        self.bits = 0
        for key in keys:
            for place in self._places(key):
                self.bits |= 1 << place

    def may_hold(self, key: str) -> bool:
        return all(self.bits >> place & 1 for place in self._places(key))

    def _places(self, key: str) -> list[int]:
        digest = hashlib.blake2b(key.encode(), digest_size=8 * self.hashes).digest()
        return [int.from_bytes(digest[i : i + 8], "big") % self.size for i in range(0, len(digest), 8)]


class Run:
    """A sorted run: a file of lines [key, value], ascending by key, never changed. A value of None is a tombstone.

    In memory are a Bloom filter and every sixteenth key with its place in the file; the entries stay on disk.
    """

    EVERY = 16

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        keys, places, at = list[str](), list[int](), 0
        with self.path.open("rb") as file:
            for line in file:
                keys.append(json.loads(line)[0])
                places.append(at)
                at += len(line)
        self._keys, self._places = keys[:: self.EVERY], places[:: self.EVERY]
        self._filter = Bloom(keys)

    @classmethod
    def write(cls, path: str | Path, entries: Iterable[tuple[str, str | None]]) -> Run:
        """Write a new run from entries that are sorted by key; whole or not at all, whenever the process dies."""
        path = Path(path)
        beside = path.with_name(path.name + ".tmp")
        with beside.open("wb") as file:
            for key, value in entries:
                file.write(json.dumps([key, value]).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        return cls(path)

    def may_hold(self, key: str) -> bool:
        """False if the key is surely not in this run. Looks at no file."""
        return self._filter.may_hold(key)

    def find(self, key: str) -> tuple[str | None] | None:
        """(value,) of a key, a tuple of one since a tombstone's value is None; None where the run does not have it."""
        block = bisect_right(self._keys, key) - 1
        if block < 0:
            return None
        with self.path.open("rb") as file:
            file.seek(self._places[block])
            for line, _ in zip(file, range(self.EVERY), strict=False):
                found, value = json.loads(line)
                if found == key:
                    return (value,)
        return None

    def entries(self) -> Iterator[tuple[str, str | None]]:
        """All (key, value), in order of key, tombstones included."""
        with self.path.open("rb") as file:
            for line in file:
                key, value = json.loads(line)
                yield key, value
