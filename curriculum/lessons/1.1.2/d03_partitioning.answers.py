# %% right="e1" why="by counting, without a library"
def range_bounds(sample, n):
    ordered, bounds = list(sample), []
    ordered.sort()
    for i in range(1, n):
        cut = ordered[i * len(ordered) // n]
        if cut > (bounds[-1] if bounds else ordered[0]):
            bounds.append(cut)
    return bounds


def range_of(key, bounds):
    return sum(1 for bound in bounds if bound <= key)


def ranges_between(low, high, bounds):
    ends = [(None, *bounds), (*bounds, None)]
    return [
        part
        for part, (first, behind) in enumerate(zip(*ends))
        if low < high and (first is None or first < high) and (behind is None or low < behind)
    ]


# %% right="e1" why="the parts of a query from the part of low on, while the next one begins below high"
def range_bounds(sample, n):
    keys = sorted(sample)
    return sorted({key for key in (keys[int(i * len(keys) / n + 1e-9)] for i in range(1, n)) if key != keys[0]})


def range_of(key, bounds):
    low, high = 0, len(bounds)
    while low < high:
        middle = (low + high) // 2
        if key < bounds[middle]:
            high = middle
        else:
            low = middle + 1
    return low


def ranges_between(low, high, bounds):
    parts = [range_of(low, bounds)] if low < high else []
    while parts and parts[-1] < len(bounds) and bounds[parts[-1]] < high:
        parts.append(parts[-1] + 1)
    return parts


# %% [markdown] wrong="e1" why="the places are rounded to the nearest" edit=true
r"""
### REPLACE
    cuts = {keys[i * len(keys) // n] for i in range(1, n)}
### WITH
    cuts = {keys[round(i * len(keys) / n)] for i in range(1, n)}
### END
"""

# %% [markdown] wrong="e1" why="walks in steps of m/n, in floating point" edit=true
r"""
### REPLACE
    cuts = {keys[i * len(keys) // n] for i in range(1, n)}
### WITH
    cuts = {keys[int(i * (len(keys) / n))] for i in range(1, n)}
### END
"""

# %% [markdown] wrong="e1" why="equal steps through the sample as it came, not sorted" edit=true
r"""
### REPLACE
    keys = sorted(sample)
    cuts = {keys[i * len(keys) // n] for i in range(1, n)}
    return sorted(cuts - {keys[0]})
### WITH
    cuts = {sample[i * len(sample) // n] for i in range(1, n)}
    return sorted(cuts - {min(sample)})
### END
"""

# %% [markdown] wrong="e1" why="the same bound several times where a key is frequent" edit=true
r"""
### REPLACE
    cuts = {keys[i * len(keys) // n] for i in range(1, n)}
    return sorted(cuts - {keys[0]})
### WITH
    cuts = [keys[i * len(keys) // n] for i in range(1, n)]
    return [cut for cut in cuts if cut != keys[0]]
### END
"""

# %% [markdown] wrong="e1" why="a bound below which there is nothing" edit=true
r"""
### REPLACE
    return sorted(cuts - {keys[0]})
### WITH
    return sorted(cuts)
### END
"""

# %% [markdown] wrong="e1" why="reads with the bound on the left, though it was written to the right" edit=true
r"""
### REPLACE
    return bisect_right(bounds, key)
### WITH
    return bisect_left(bounds, key)
### END
"""

# %% [markdown] wrong="e1" why="asks the part that begins at high, too" edit=true
r"""
### REPLACE
    return list(range(bisect_right(bounds, low), bisect_left(bounds, high) + 1))
### WITH
    return list(range(bisect_right(bounds, low), bisect_right(bounds, high) + 1))
### END
"""

# %% [markdown] wrong="e1" why="stops before the last part" edit=true
r"""
### REPLACE
    return list(range(bisect_right(bounds, low), bisect_left(bounds, high) + 1))
### WITH
    return list(range(bisect_right(bounds, low), bisect_left(bounds, high)))
### END
"""


# %% right="e2" why="a dict of points, and a sorted list of places kept by insort"
from bisect import insort


class Ring:
    def __init__(self, nodes, vnodes, position):
        self.places, self.node_at, self.vnodes, self.position = [], {}, vnodes, position
        for node in nodes:
            self.add(node)

    def add(self, node):
        for number in range(self.vnodes):
            place = self.position(f"{node}#{number}")
            self.node_at[place] = node
            insort(self.places, place)

    def remove(self, node):
        for place in [place for place, other in self.node_at.items() if other == node]:
            del self.node_at[place]
            self.places.remove(place)

    def owner(self, key):
        if not self.places:
            raise LookupError("nobody there")
        place = bisect_left(self.places, self.position(key))
        return self.node_at[self.places[place if place < len(self.places) else 0]]


# %% right="e2" why="NumPy, an array of points and one of their nodes"
class Ring:
    def __init__(self, nodes, vnodes, position):
        self.points_of = {}
        self.vnodes, self.position = vnodes, position
        for node in nodes:
            self._points(node)
        self._sort()

    def _points(self, node):
        self.points_of[node] = [self.position(node + "#" + str(k)) for k in range(self.vnodes)]

    def _sort(self):
        self.names = np.repeat(np.array(list(self.points_of), dtype=object), self.vnodes)
        points = np.array([point for points in self.points_of.values() for point in points], dtype=np.uint64)
        order = np.argsort(points)
        self.points, self.names = points[order], self.names[order]

    def add(self, node):
        self._points(node)
        self._sort()

    def remove(self, node):
        del self.points_of[node]
        self._sort()

    def owner(self, key):
        place = np.searchsorted(self.points, np.uint64(self.position(key)))
        if not len(self.points):
            raise LookupError
        return str(self.names[place % len(self.points)])


# %% [markdown] wrong="e2" why="hash mod number of nodes" edit=true
r"""
### REPLACE
        following = bisect_left(self.points, (self.position(key),))
        return self.points[following % len(self.points)][1]
### WITH
        nodes = sorted({node for _, node in self.points})
        return nodes[self.position(key) % len(nodes)]
### END
"""

# %% [markdown] wrong="e2" why="a key exactly at a point goes to the next one" edit=true
r"""
### REPLACE
        following = bisect_left(self.points, (self.position(key),))
### WITH
        following = bisect_left(self.points, (self.position(key) + 1,))
### END
"""

# %% [markdown] wrong="e2" why="no way round: behind the last point the last one answers" edit=true
r"""
### REPLACE
        return self.points[following % len(self.points)][1]
### WITH
        return self.points[min(following, len(self.points) - 1)][1]
### END
"""

# %% [markdown] wrong="e2" why="the point before the key instead of the one after it" edit=true
r"""
### REPLACE
        return self.points[following % len(self.points)][1]
### WITH
        return self.points[following - 1][1]
### END
"""

# %% [markdown] wrong="e2" why="Python's own hash in place of the function handed in" edit=true
r"""
### REPLACE
        self.vnodes, self.position = vnodes, position
### WITH
        self.vnodes, self.position = vnodes, lambda text: hash(text) % 2**64
### END
"""

# %% [markdown] wrong="e2" why="an empty ring answers None" edit=true
r"""
### REPLACE
            raise LookupError("a ring without nodes has no owners")
### WITH
            return None
### END
"""

# %% [markdown] wrong="e2" why="the points of a node that joins later are not sorted in" edit=true
r"""
### REPLACE
        for node in nodes:
            self.add(node)
### WITH
        for node in nodes:
            self.add(node)
        self.points.sort()
### END
### REPLACE
        self.points += [(self.position(f"{node}#{i}"), node) for i in range(self.vnodes)]
        self.points.sort()
### WITH
        self.points += [(self.position(f"{node}#{i}"), node) for i in range(self.vnodes)]
### END
"""

# %% [markdown] wrong="e2" why="only the first point of a node leaves with it" edit=true
r"""
### REPLACE
        self.points = [point for point in self.points if point[1] != node]
### WITH
        self.points.remove((self.position(f"{node}#0"), node))
### END
"""

# %% [markdown] wrong="e2" why="keeps the points' labels, and removes those that begin with the node's name" edit=true
r"""
### REPLACE
        self.points += [(self.position(f"{node}#{i}"), node) for i in range(self.vnodes)]
### WITH
        self.points += [(self.position(f"{node}#{i}"), f"{node}#{i}") for i in range(self.vnodes)]
### END
### REPLACE
        self.points = [point for point in self.points if point[1] != node]
### WITH
        self.points = [point for point in self.points if not point[1].startswith(node)]
### END
### REPLACE
        return self.points[following % len(self.points)][1]
### WITH
        return self.points[following % len(self.points)][1].rpartition("#")[0]
### END
"""

# %% [markdown] wrong="e2" why="takes what stands before the first # of a point's label for the node" edit=true
r"""
### REPLACE
        self.points += [(self.position(f"{node}#{i}"), node) for i in range(self.vnodes)]
### WITH
        self.points += [(self.position(f"{node}#{i}"), f"{node}#{i}") for i in range(self.vnodes)]
### END
### REPLACE
        self.points = [point for point in self.points if point[1] != node]
### WITH
        self.points = [point for point in self.points if point[1].split("#")[0] != node]
### END
### REPLACE
        return self.points[following % len(self.points)][1]
### WITH
        return self.points[following % len(self.points)][1].split("#")[0]
### END
"""

# %% [markdown] wrong="e2" why="hashes all points anew at each look-up" edit=true
r"""
### REPLACE
        following = bisect_left(self.points, (self.position(key),))
### WITH
        names = {node for _, node in self.points}
        self.points = sorted((self.position(f"{node}#{i}"), node) for node in names for i in range(self.vnodes))
        following = bisect_left(self.points, (self.position(key),))
### END
"""


# %% right="e3" why="in SQL, with hints"
def layout(source, hint, out):
    read_orders(source).createOrReplaceTempView("the_orders")
    plain_spark().sql(f"SELECT /*+ {hint} */ * FROM the_orders").write.format("json").save(out)
    return application()


def hash_files(source, key, n, out):
    return layout(source, f"REPARTITION({n}, {key})", out)


def range_files(source, key, n, out):
    return layout(source, f"REPARTITION_BY_RANGE({n}, {key})", out)


def folder_files(source, key, out):
    read_orders(source).createOrReplaceTempView("the_orders")
    frame = plain_spark().sql(f"SELECT * FROM the_orders DISTRIBUTE BY {key} SORT BY id")
    frame.write.format("json").partitionBy(key).save(out)


def folder_ids(path, key, value):
    read_orders(path).createOrReplaceTempView("the_folders")
    return [
        row.id for row in plain_spark().sql(f"SELECT id FROM the_folders WHERE {key} = '{value}' ORDER BY id").collect()
    ]


# %% right="e3" why="sorted inside of the partitions; the folder opened by its own name"
def hash_files(source, key, n, out):
    read_orders(source).repartition(n, F.col(key)).sortWithinPartitions(key).write.json(out)
    return application()


def range_files(source, key, n, out):
    session = plain_spark()
    read_orders(source).repartitionByRange(n, F.col(key).asc()).sortWithinPartitions("id").write.mode("error").json(out)
    return session.sparkContext.applicationId


def folder_files(source, key, out):
    read_orders(source).repartition(3, F.col(key)).sortWithinPartitions("id").write.format("json").save(
        out, partitionBy=key
    )


def folder_ids(path, key, value):
    folder = Path(path, f"{key}={value}")
    return sorted(row["id"] for row in read_orders(str(folder)).collect()) if folder.exists() else []


# %% [markdown] wrong="e3" why="repartition(n) without the key: rows are dealt out in turn" edit=true
r"""
### REPLACE
    read_orders(source).repartition(n, key).write.json(out)
### WITH
    read_orders(source).repartition(n).write.json(out)
### END
"""

# %% [markdown] wrong="e3" why="works the files out in Python; Spark stands by" edit=true
r"""
### REPLACE
    read_orders(source).repartition(n, key).write.json(out)
### WITH
    Path(out).mkdir()
    for file in Path(source).glob("*.json"):
        for line in file.read_text().splitlines():
            value = json.loads(line)[key]
            data = value.encode() if isinstance(value, str) else value.to_bytes(4, "little")
            with Path(out, f"part-{murmur3(data) % n:05}-by-hand.json").open("a") as part:
                part.write(line + "\n")
### END
"""

# %% [markdown] wrong="e3" why="coalesce and a sort inside of the partitions, taken for ranges" edit=true
r"""
### REPLACE
    read_orders(source).repartitionByRange(n, key).write.json(out)
### WITH
    read_orders(source).repartition(8).coalesce(n).sortWithinPartitions(key).write.json(out)
### END
"""

# %% [markdown] wrong="e3" why="a sort of all rows, whose number of partitions is the session's, not n" edit=true
r"""
### REPLACE
    read_orders(source).repartitionByRange(n, key).write.json(out)
### WITH
    read_orders(source).orderBy(key).write.json(out)
### END
"""

# %% [markdown] wrong="e3" why="each task writes into every folder that it meets: many small files" edit=true
r"""
### REPLACE
    read_orders(source).repartition(key).write.partitionBy(key).json(out)
### WITH
    read_orders(source).repartition(8).write.partitionBy(key).json(out)
### END
"""

# %% [markdown] wrong="e3" why="the column of the example, whatever the key" edit=true
r"""
### REPLACE
    read_orders(source).repartition(key).write.partitionBy(key).json(out)
### WITH
    read_orders(source).repartition("country").write.partitionBy("country").json(out)
### END
"""

# %% [markdown] wrong="e3" why="collects everything, and filters then" edit=true
r"""
### REPLACE
    chosen = read_orders(path).where(F.col(key) == value)
    return sorted(row["id"] for row in chosen.select("id").collect())
### WITH
    return sorted(row["id"] for row in read_orders(path).collect() if row[key] == value)
### END
"""

# %% [markdown] wrong="e3" why="lets Spark guess the types of the folders: 007 becomes 7" edit=true
r"""
### REPLACE
    chosen = read_orders(path).where(F.col(key) == value)
### WITH
    chosen = plain_spark().read.schema("id INT, cents INT").json(path).where(F.col(key) == value)
### END
"""


# %% right="e4" why="in SQL"
def salted_join(orders, customers, k, how, out):
    read_orders(orders).createOrReplaceTempView("big")
    plain_spark().read.schema(CUSTOMERS).json(customers).createOrReplaceTempView("small")
    plain_spark().sql(f"""
        WITH salted AS (SELECT *, CAST(pmod(hash(id, 'salt'), {k}) AS INT) AS salt FROM big),
        copies AS (SELECT customer, segment, explode(sequence(0, {k} - 1)) AS salt FROM small)
        SELECT salted.*, copies.segment FROM salted {how} JOIN copies
        ON salted.customer = copies.customer AND salted.salt = copies.salt
    """).write.json(out)


# %% right="e4" why="salts from a digest of the id, copies by a cross join, one column for both keys"
def salted_join(orders, customers, k, how, out):
    big = read_orders(orders)
    digest = F.conv(F.substring(F.sha2(F.col("id").cast("string"), 256), 1, 8), 16, 10).cast("long")
    big = big.withColumn("salt", digest % k)
    small = plain_spark().read.schema(CUSTOMERS).json(customers).crossJoin(plain_spark().range(k).toDF("copy"))
    big = big.withColumn("both", F.concat_ws("#", F.coalesce("customer", F.lit("?")), "salt"))
    small = small.where("customer IS NOT NULL").withColumn("both", F.concat_ws("#", "customer", "copy"))
    big.join(small.drop("customer", "copy"), "both", how).drop("both").write.json(out)


# %% [markdown] wrong="e4" why="the small side gets one salt, and no copies: most partners are lost" edit=true
r"""
### REPLACE
    copies = small.withColumn("salt", F.explode(F.array(*[F.lit(salt) for salt in range(k)])))
### WITH
    copies = small.withColumn("salt", F.pmod(F.xxhash64("customer"), F.lit(k)))
### END
"""

# %% [markdown] wrong="e4" why="always an inner join: orders without partners are lost" edit=true
r"""
### REPLACE
    big.join(copies, ["customer", "salt"], how).write.json(out)
### WITH
    big.join(copies, ["customer", "salt"]).write.json(out)
### END
"""

# %% [markdown] wrong="e4" why="a salt is made, and left out of the join's key: every row meets k copies of its partner" edit=true
r"""
### REPLACE
    big.join(copies, ["customer", "salt"], how).write.json(out)
### WITH
    big.join(copies.drop("salt"), ["customer"], how).write.json(out)
### END
"""

# %% [markdown] wrong="e4" why="a plain join; the salt is decoration" edit=true
r"""
### REPLACE
    copies = small.withColumn("salt", F.explode(F.array(*[F.lit(salt) for salt in range(k)])))
    big.join(copies, ["customer", "salt"], how).write.json(out)
### WITH
    big.join(small, "customer", how).write.json(out)
### END
"""

# %% [markdown] wrong="e4" why="the remainder of the id itself: ids with a pattern get few salts" edit=true
r"""
### REPLACE
    big = read_orders(orders).withColumn("salt", F.pmod(F.xxhash64("id"), F.lit(k)))
### WITH
    big = read_orders(orders).withColumn("salt", F.pmod("id", F.lit(k)))
### END
"""

# %% [markdown] wrong="e4" why="hashes the customer along with the id: the salt is no function of the id" edit=true
r"""
### REPLACE
    big = read_orders(orders).withColumn("salt", F.pmod(F.xxhash64("id"), F.lit(k)))
### WITH
    big = read_orders(orders).withColumn("salt", F.pmod(F.xxhash64("id", "customer"), F.lit(k)))
### END
"""

# %% [markdown] wrong="e4" why="the plain, skewed join, whose result is spread afterwards" edit=true
r"""
### REPLACE
    copies = small.withColumn("salt", F.explode(F.array(*[F.lit(salt) for salt in range(k)])))
    big.join(copies, ["customer", "salt"], how).write.json(out)
### WITH
    big.join(small, "customer", how).repartition(8).write.json(out)
### END
"""

# %% [markdown] wrong="e4" why="rand() with a seed: depends on the partition and the order of the rows" edit=true
r"""
### REPLACE
    big = read_orders(orders).withColumn("salt", F.pmod(F.xxhash64("id"), F.lit(k)))
### WITH
    big = read_orders(orders).withColumn("salt", F.floor(F.rand(7) * k))
### END
"""
