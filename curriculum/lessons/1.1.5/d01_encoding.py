# %% [markdown]
r"""
You will take one record apart, byte by byte, in three formats, and then let a running application change its schema
while old and new programs go on reading each other's data.

**You will be able to**

- **encode** and **decode** integers the way Avro and Protocol Buffers do, and predict how many bytes they take
  (exercise 1);
- **compare** Avro, Protocol Buffers and JSON on the same records, by exact size, by speed and by what survives
  (exercise 2);
- **decide** whether a reader's Avro schema can read what another schema wrote (exercise 3);
- **run** an application on a schema registry through a change of schema (exercise 4);
- **find** the changes to a `.proto` file that break programs that are already out there (exercise 5).
"""

# %% [markdown]
r"""
## Warm-up

1. A checksum covers every page of a file, and all of them match. What do you know about the numbers in those pages, and
   what do you not?
2. Three servers of one service are upgraded one after the other, while they pass messages to each other. In which two
   directions do old and new program meet?

<details><summary>Answers</summary>

1. The bytes are those that were written. Which of them make up a price, and whether it is in cents, is said somewhere
   else: in the program that wrote them, or in a schema.
2. Both. A new program gets messages from an old one, and an old one from a new one. After the upgrade the first
   direction stays, since yesterday's data outlives yesterday's program. The second comes back when the upgrade is
   rolled back.

</details>

## Set-up
"""

# %% setup=true
import base64
import io
import json
import statistics
from itertools import accumulate, product

import fastavro
import numpy as np
from google.protobuf import descriptor_pb2, json_format
from matplotlib import pyplot as plt

from curriculum.lab import check, check_value, figures, protobuf, seeded

figures.style()

ORDER_SCHEMA = {
    "type": "record",
    "name": "Order",
    "fields": [
        {"name": "id", "type": "long"},
        {"name": "customer", "type": "string"},
        {"name": "token", "type": "bytes"},
        {"name": "cents", "type": "long"},
        {"name": "tags", "type": {"type": "array", "items": "string"}},
        {"name": "coupon", "type": ["null", "string"], "default": None},
    ],
}
ORDER_PROTO = """
syntax = "proto3";
message Order {
  int64 id = 1;
  string customer = 2;
  bytes token = 3;
  sint64 cents = 4;
  repeated string tags = 5;
  optional string coupon = 6;
}
"""


def avro_bytes(schema, record):
    """One record in Avro's binary encoding, without a header."""
    buffer = io.BytesIO()
    fastavro.schemaless_writer(buffer, fastavro.parse_schema(schema), record)
    return buffer.getvalue()


def avro_record(data, writer, reader):
    """The record in `data`, which `writer` wrote, as a program with the schema `reader` sees it."""
    return fastavro.schemaless_reader(io.BytesIO(data), fastavro.parse_schema(writer), fastavro.parse_schema(reader))


def sample(schema, rng):
    """A random value that the schema allows; arrays and maps have one to three entries."""
    if isinstance(schema, list):
        branch = schema[rng.integers(len(schema))]
        name = branch if isinstance(branch, str) else branch.get("name", branch["type"])
        return (name, sample(branch, rng))
    kind = schema if isinstance(schema, str) else schema["type"]
    number = int(rng.integers(-(2**31), 2**31))
    letters = rng.bytes(rng.integers(4)).hex()
    plain = {"null": None, "boolean": number < 0, "int": number, "long": number << 20, "float": number / 2**31}
    plain |= {"double": number / 7, "string": letters, "bytes": letters.encode()}
    if kind in plain:
        return plain[kind]
    if kind == "enum":
        return schema["symbols"][rng.integers(len(schema["symbols"]))]
    if kind == "fixed":
        return rng.bytes(schema["size"])
    if kind == "array":
        return [sample(schema["items"], rng) for _ in range(rng.integers(1, 4))]
    if kind == "map":
        return {key: sample(schema["values"], rng) for key in "xyz"[: rng.integers(1, 4)]}
    return {field["name"]: sample(field["type"], rng) for field in schema["fields"]}


def really_reads(writer, reader, rng=None, count=60):
    """Whether fastavro decodes `count` random values, written with the schema `writer`, into the schema `reader`."""
    rng = rng or np.random.default_rng(0)
    written, wanted = fastavro.parse_schema(writer), fastavro.parse_schema(reader)
    for _ in range(count):
        data = avro_bytes(written, sample(writer, rng))
        try:
            avro_record(data, written, wanted)
        except fastavro.read.SchemaResolutionError:
            return False
    return True


# %% [markdown]
r"""
## The tidy schema that swapped goods for money

A shop stores its orders in Avro. Its schema has three fields. One day somebody sorts them by name: no type changes, no
name changes, and every test passes, since each test writes and reads with the same schema. The service then opens a
message that was written the day before.

**Predict.** An order 7 of 3 items for 12.99 is read with the tidy schema. What happens: nothing, an error, or something
worse?
"""

# %%
before = {
    "type": "record",
    "name": "Sale",
    "fields": [{"name": name, "type": "long"} for name in ("id", "items", "cents")],
}
tidy = before | {"fields": sorted(before["fields"], key=lambda field: field["name"])}
stored = avro_bytes(before, {"id": 7, "items": 3, "cents": 1299})
print(f"{len(stored)} bytes: {stored.hex(' ')}")
print("read as if the tidy schema had written it:", avro_record(stored, tidy, tidy))

# %% [markdown]
r"""
Something worse: 1299 items for 7 cents, and no error. There are four bytes for three numbers, so nothing in them can
say which is which. Avro leaves that to the **writer's schema**, and whoever decodes has to have it. The remedy is to
hand over both schemas, the writer's to find the fields and the **reader's** to say what is wanted. Fields are then
matched by name:
"""

# %%
print("read with both schemas:", avro_record(stored, before, tidy))

# %% [markdown]
r"""
Today is about that second argument: what formats put into the bytes, what they leave out, and which changes of a schema
are safe because of it.

## A varint: seven bits at a time

How do three numbers fit into four bytes? In both Avro and Protocol Buffers (**Protobuf** from here on) an integer takes
as many bytes as it needs. A **varint** cuts a number into groups of seven bits, lowest group first. Each group is a
byte, and the eighth bit says whether another follows. So 300, in binary 10 0101100, becomes the group `0101100` with
the mark, `ac`, and then `10` without, `02`.
"""

# %%
numbers = protobuf.build('syntax = "proto3"; message N { optional int32 plain = 1; optional sint32 zigzag = 2; }')["N"]
for n in (1, 127, 128, 300, 16_383, 16_384):
    print(f"{n:>6}: {numbers(plain=n).SerializeToString()[1:].hex(' ')}")

# %% [markdown]
r"""
(The first byte, cut off here, names the field. We come to it below.)

**Predict.** How many bytes does the `int32` −1 take?
"""

# %%
for name in ("plain", "zigzag"):
    sizes = {n: len(numbers(**{name: n}).SerializeToString()) - 1 for n in (1, -1, 1299, -1299, -(2**31))}
    print(f"{name:>6}:", ", ".join(f"{n} takes {size}" for n, size in sizes.items()))

# %% [markdown]
r"""
Ten! Protobuf extends a negative `int32` to 64 bits, two's complement, so that a program that knows the field as `int64`
reads the same number. That sets the top bit, and $64/7$ rounds up to 10. Where negative numbers are common, one takes
`sint32` or `sint64`. They first fold the numbers like a **zigzag**, 0, −1, 1, −2, 2, … to 0, 1, 2, 3, 4, …, so that
whatever is near zero stays small. Avro does so always, for `int` and for `long`.

The price of the fold: the same byte means one number to `int32` and another to `sint32`, and nothing in it tells them
apart.

**Vary.** Add `2**31 - 1` to the numbers above. Which of the two needs fewer bytes for it? (Five each: 31 bits make five
groups, and so do the 32 bits of its zigzag.)
"""

# %% [markdown] exercise="e1" title="Varints and zigzags" level="warm-up" minutes=25 exports=["encode_varint", "decode_varint", "zigzag", "unzigzag", "int_field"]
r"""
Write, with Python's integers and bytes alone,

- `encode_varint(n)`: the bytes of $n$ as a varint, as few as possible, for $-2^{63} \le n < 2^{64}$. A negative number
  stands for $n + 2^{64}$.
- `decode_varint(data, start)`: the pair `(value, end)` of the varint that begins at index `start` of the bytes `data`.
  `value` is not negative; `end` is the index of the first byte behind the varint. Other bytes may follow. If `data`
  ends before the varint does, raise `ValueError`. No varint that you are handed is longer than ten bytes or stands for
  $2^{64}$ or more.
- `zigzag(n)` for $-2^{63} \le n < 2^{63}$: $2n$ if $n \ge 0$, and $-2n - 1$ if $n < 0$; `unzigzag(z)` is its inverse.
- `int_field(number, kind, n)`: the bytes of a Protobuf field. First comes its key, the varint of $8 \cdot
  \text{number}$ (the three lowest bits are 0: "a varint follows"), then the value. `kind` is `"int32"`, `"int64"` or
  `"uint64"`, for which the value is the varint of `n`, or `"sint32"` or `"sint64"`, for which it is the varint of its
  zigzag. `n` fits into its kind, and `number` lies between 1 and $2^{29} - 1$.

`encode_varint(300)` is `b"\xac\x02"`, `decode_varint(b"\x07\xac\x02\x09", 1)` is `(300, 3)`, `zigzag(-2)` is `3`, and
`int_field(1, "sint32", -1)` is `b"\x08\x01"`.
"""

# %% [markdown] hints="e1" reading="DDIA ch. 4, on Protocol Buffers: the byte sequence of a record; the field's key is its tag and type"
r"""
1. Do 300 on paper, in binary. Which operation takes the lowest seven bits, which one drops them, and when are you done?
2. Make a negative number positive first, by adding $2^{64}$: shifting a negative number to the right never ends at 0.
   To decode, add up `(byte & 127) << shift` and stop behind the first byte below 128.
3. Encoding: `while n > 127`, append `n & 127 | 128`, then `n >>= 7`; append what is left, also when that is 0.
   Decoding: a loop over `range(start, len(data))` that returns from the inside; behind the loop there is only the
   error.
"""


# %% solution="e1"
def encode_varint(n):
    """The bytes of n as a varint; a negative n in two's complement of 64 bits."""
    ### BEGIN SOLUTION
    if n < 0:
        n += 2**64
    groups = bytearray()
    while n > 127:
        groups.append(n & 127 | 128)
        n >>= 7
    groups.append(n)
    return bytes(groups)
    ### END SOLUTION


def decode_varint(data, start):
    """The pair (value, index of the first byte behind it) of the varint at data[start]."""
    ### BEGIN SOLUTION
    value = 0
    for place in range(start, len(data)):
        value |= (data[place] & 127) << 7 * (place - start)
        if data[place] < 128:
            return value, place + 1
    raise ValueError("the data end inside a varint")
    ### END SOLUTION


def zigzag(n):
    """0, -1, 1, -2, 2, … become 0, 1, 2, 3, 4, …"""
    ### BEGIN SOLUTION
    return 2 * n if n >= 0 else -2 * n - 1
    ### END SOLUTION


def unzigzag(z):
    """The number whose zigzag is z."""
    ### BEGIN SOLUTION
    return z // 2 if z % 2 == 0 else -(z + 1) // 2
    ### END SOLUTION


def int_field(number, kind, n):
    """Key and value of an integer field of a Protobuf message."""
    ### BEGIN SOLUTION
    return encode_varint(8 * number) + encode_varint(zigzag(n) if kind.startswith("sint") else n)
    ### END SOLUTION


# %% test="e1_encode" points=1 title="A number takes the bytes that it needs"
check(encode_varint, 300).equals(
    b"\xac\x02", idea="seven bits at a time, lowest first; a set eighth bit says: there is more"
)
### BEGIN HIDDEN TESTS
check(encode_varint, 0).equals(b"\x00", idea="zero needs a byte too: with none there would be nothing to read")
kind = protobuf.build('syntax = "proto3"; message N { optional int64 i = 1; optional uint64 u = 2; }')["N"]
edges = sorted({2**k + d for k in (7, 14, 31, 32, 35, 56, 62) for d in (-1, 0, 1)} | {1, 2, 2**63 - 1})
for n in edges:
    check(encode_varint, n).equals(
        kind(i=n).SerializeToString()[1:], idea="where does a number begin to need one more group?"
    )
for n in (2**63, 2**64 - 1):
    check(encode_varint, n).equals(
        kind(u=n).SerializeToString()[1:], idea="64 bits are nine groups of seven and one more bit"
    )
for n in (-1, -2, -128, -(2**31), -(2**63)):
    check(encode_varint, n).equals(
        kind(i=n).SerializeToString()[1:], idea="a negative number stands for n + 2**64, and takes ten bytes"
    )
### END HIDDEN TESTS

# %% test="e1_decode" points=1 title="A varint is read where it stands, and says where it ends"
check(decode_varint, b"\x07\xac\x02\x09", 1).equals(
    (300, 3), idea="`end` counts from the beginning of the data, not from `start`"
)
### BEGIN HIDDEN TESTS
check(decode_varint, b"\x00", 0).equals((0, 1), idea="zero is a byte long")
check(decode_varint, b"\xff" * 9 + b"\x01", 0).equals((2**64 - 1, 10), idea="the value of a varint is not negative")
kind = protobuf.build('syntax = "proto3"; message N { optional int64 i = 1; optional uint64 u = 2; }')["N"]
for seed in range(4):
    rng = seeded(seed)
    values = [int(rng.integers(2**62)) >> int(rng.integers(62)) for _ in range(6)]
    pieces = [kind(u=value).SerializeToString()[1:] for value in values]
    ends = list(accumulate(map(len, pieces)))
    for value, end, piece in zip(values, ends, pieces):
        check(decode_varint, b"".join(pieces), end - len(piece)).note(f"seed {seed}").equals(
            (value, end), idea="the groups come lowest first; stop behind the first byte below 128"
        )
### END HIDDEN TESTS

# %% test="e1_cut" points=1 title="A varint that is cut off is refused"
check(decode_varint, b"\x07\xac", 1).raises(
    ValueError, idea="the last byte says that another one follows, and none does"
)
### BEGIN HIDDEN TESTS
check(decode_varint, b"", 0).raises(ValueError, idea="no byte at all is not a number")
check(decode_varint, b"\x80\x80\x80", 0).raises(ValueError, idea="groups of zeros count too: the end is still to come")
check(decode_varint, b"\x01\x02", 2).raises(ValueError, idea="there is nothing behind the last byte")
### END HIDDEN TESTS

# %% test="e1_zigzag" points=1 title="The zigzag folds the numbers and unfolds them"
check(zigzag, -2).equals(3, idea="0, -1, 1, -2, 2 become 0, 1, 2, 3, 4")
check(unzigzag, 3).equals(-2, idea="even numbers come from above, odd ones from below zero")
### BEGIN HIDDEN TESTS
check(zigzag, 0).equals(0, idea="zero stays where it is")
for z, n in enumerate([0, -1, 1, -2, 2, -3, 3]):
    check(unzigzag, z).equals(n, idea="the inverse of the fold: 1 comes from -1")
for n in (-(2**31), 2**31, 2**53 + 1, -(2**53) - 1, 2**63 - 1, -(2**63)):
    folded = 2 * n if n >= 0 else -2 * n - 1
    check(zigzag, n).equals(folded, idea="exactly, for 64 bits: no floats on the way, and no 31 where 63 is meant")
    check(unzigzag, folded).equals(n, idea="exactly, for 64 bits: no floats on the way")
### END HIDDEN TESTS

# %% test="e1_field" points=2 title="A field is a key and a value of its kind"
check(int_field, 1, "sint32", -1).equals(b"\x08\x01", idea="the key is 8 times the number, then comes the value")
### BEGIN HIDDEN TESTS
numbers, kinds = (1, 15, 16, 2047, 2**29 - 1), ("int32", "int64", "uint64", "sint32", "sint64")
text = "".join(
    f"message M{kind}_{number} {{ optional {kind} v = {number}; }}" for number, kind in product(numbers, kinds)
)
made = protobuf.build('syntax = "proto3";' + text)
for number, kind in product(numbers, kinds):
    below = [] if kind == "uint64" else [-1, -64, -(2**31)]
    wide = {"uint64": [2**40, 2**64 - 1], "int64": [-(2**40), -(2**63)], "sint64": [2**40, -(2**63)]}
    for n in [1, 64, 300, 2**31 - 1, *below, *wide.get(kind, [])]:
        check(int_field, number, kind, n).equals(
            made[f"M{kind}_{number}"](v=n).SerializeToString(),
            idea="the key is a varint too; only the sint kinds fold their value; the 64-bit kinds keep all their bits",
        )
### END HIDDEN TESTS

# %% [markdown]
r"""
## One record, three formats

The set-up cell describes an order twice: as an Avro schema, in JSON, and as a Protobuf message, in its own language, in
which each field has a number. `protobuf.build` hands that text to the real compiler, `protoc`, and returns Python
classes. JSON has no schema here; what is in a document is what its writer put there.

**Predict.** The same order in all three: which parts of it will you find in the JSON that are in neither of the others?
"""

# %%
order = {
    "id": 1000,
    "customer": "Zoë",
    "token": b"\x00\xfe\xff",
    "cents": -1299,
    "tags": ["gift", "eu"],
    "coupon": "MAY",
}
types = {field["name"]: field["type"] for field in ORDER_SCHEMA["fields"]}
texts = order | {"token": base64.b64encode(order["token"]).decode(), "id": "1000", "cents": "-1299"}
compact = [json.dumps({name: value}, ensure_ascii=False, separators=(",", ":"))[1:-1] for name, value in texts.items()]
Order = protobuf.build(ORDER_PROTO)["Order"]
pieces = {
    "JSON": [(("{" if k == 0 else "") + text + ("}" if k == 5 else ",")).encode() for k, text in enumerate(compact)],
    "Protobuf": [Order(**{name: value}).SerializeToString() for name, value in order.items()],
    "Avro": [avro_bytes(types[name], value) for name, value in order.items()],
}
for name, parts in pieces.items():
    print(f"{name:>8}: {sum(map(len, parts)):>3} bytes, by field {[len(part) for part in parts]}")

# %%
heights = [-(-sum(map(len, parts)) // 24) for parts in pieces.values()]
fig, axes = plt.subplots(3, 1, figsize=(7.6, 3.6), height_ratios=heights)
for ax, (name, parts), rows in zip(axes, pieces.items(), heights):
    place = 0
    for field, part in enumerate(parts):
        for k, byte in enumerate(part):
            column, row = place % 24, place // 24
            _ = ax.barh(row, 1, left=column, height=0.9, color=figures.OKABE_ITO[field], alpha=0.35)
            _ = ax.text(column + 0.5, row, f"{byte:02x}", ha="center", va="center", family="monospace", fontsize=8)
            if k == 0:
                _ = ax.plot([column, column], [row - 0.45, row + 0.45], color="black", linewidth=2, linestyle="-")
            place += 1
    _ = ax.set(xlim=(-0.2, 24), ylim=(rows - 0.5, -0.5), xticks=[], yticks=[], title=f"{name}, {place} bytes")
    ax.spines[:].set_visible(False)
key = [plt.Rectangle((0, 0), 1, 1, color=figures.OKABE_ITO[k], alpha=0.35) for k in range(6)]
_ = fig.legend(key, [f"{k + 1}. {field}" for k, field in enumerate(order)], loc="lower center", ncols=6, fontsize=8)
_ = fig.suptitle("Names, or numbers, or nothing in front of each value", x=0.02, ha="left")
fig.subplots_adjust(hspace=0.6, bottom=0.1, top=0.84)
figures.show(
    fig,
    alt="Hex dumps of one order, coloured by field, a bar before the first byte of each. JSON takes 98 bytes, most of them names and "
    "punctuation; Protobuf 32, with a key byte before each value; Avro 28, values only.",
)

# %% [markdown]
r"""
Read the dumps from the bottom.

- **Avro** writes the values in the order of the schema, and nothing else: a text is its length and its bytes, an array
  is blocks of items, each with its count, up to a count of 0. A union, as the coupon's, is the index of the branch and
  then its value. There are no names, so the bytes mean nothing without the writer's schema.
- **Protobuf** puts a **key** in front of each value: field number and wire type in a varint. There are six wire types
  (two of them obsolete), just enough to tell where a value ends. So a reader can skip a field it has never heard of.
  Fields with the default value of their type (0, empty) are left out, unless they are marked `optional`: then being
  there is information too.
- **JSON** spells names out, in every record. It can be read by eye, and needs no schema to be taken apart; but it has
  no bytes (base64 makes three bytes into four characters), and its numbers have no type.

That last point has bitten many. RFC 8259 lets a reader keep numbers as it likes and warns that many keep them as IEEE
doubles, JavaScript for one. A double holds every integer up to $2^{53}$, and then only some:
"""

# %%
document = json.dumps({"id": 2**53 + 1})
print("sent:                 ", document)
print("read by Python:       ", json.loads(document))
print("read as a browser does:", {name: int(value) for name, value in json.loads(document, parse_int=float).items()})

# %% [markdown]
r"""
That is another order's id. Protobuf's own mapping to JSON therefore writes 64-bit integers as *text*, and so will you.
The field's type in a schema is what makes this a rule rather than a habit.

Avro also has a format for files: the schema once, in a header, then the records in blocks, between them a random mark
of 16 bytes at which a reader can start. Sizes can only be compared when one says what is counted:
"""

# %%
small = [{"id": k, "customer": "Ada", "token": b"", "cents": 100 * k, "tags": [], "coupon": None} for k in range(1000)]
for count in (1, 10, 1000):
    file = io.BytesIO()
    fastavro.writer(file, ORDER_SCHEMA, small[:count])
    bare = sum(len(avro_bytes(ORDER_SCHEMA, record)) for record in small[:count])
    print(f"{count:>4} records: {bare:>6} bytes bare, {len(file.getvalue()):>6} as a file")

# %% [markdown] exercise="e2" title="The same records as JSON, Avro and Protobuf" level="core" minutes=35 exports=["encode", "decode", "compare_formats"] goals=[2]
r"""
A record is a dict as above, with all six keys in the order of `ORDER_SCHEMA`: `id` and `cents` are integers of 64 bits
with sign, `customer` is text, `token` is bytes, `tags` a list of texts, and `coupon` a text or `None`. Write

- `encode(kind, record)`: its bytes.
    - `"avro"`: bare, without a header, with `ORDER_SCHEMA`.
    - `"protobuf"`: the message `Order` of `ORDER_PROTO`. A coupon that is `None` is not set; an empty one is.
    - `"json"`: a UTF-8 document, keys in the order of the record, no spaces outside of texts, every character that JSON
      lets stand for itself as itself (`ensure_ascii=False`). `id` and `cents` are texts of decimal digits, `token` is a
      base64 text (`base64.b64encode`), and a coupon that is `None` is left out.
- `decode(kind, data)`: the record that `encode` made these bytes of, with all six keys.
- `compare_formats(records, clock)`, for a list of records: a dict with four keys. `"json"`, `"avro"` and `"protobuf"` each have a dict:
  `"bytes"` is the total size of the records, encoded one by one; `"encode"` and `"decode"` are seconds. `"avro file"`
  has a dict with only `"bytes"`: the size of what `fastavro.writer(file, ORDER_SCHEMA, records)` writes.

To take the times, go through the kinds in the order json, avro, protobuf. For each, encode all the records, five times
over; then decode all of their encodings, five times over. Call `clock()`, which returns seconds, just before and just
after each of these 30 rounds, and nowhere else. Report the **median** of the five durations. (A slow round tells of the
machine, not of the format.)

For the `order` above, `encode("json", order)` begins with
`{"id":"1000","customer":"Zoë","token":"AP7/","cents":"-1299",`.
"""

# %% [markdown] hints="e2" reading="DDIA ch. 4, on JSON and its binary variants, Protocol Buffers and Avro: compare the byte counts there with yours"
r"""
1. Get one kind through `decode(kind, encode(kind, record))` before you begin with the next. What does each format do
   with a coupon that is `None`, and with one that is empty?
2. `avro_bytes` and `avro_record` of the set-up cell do the work for Avro. A Protobuf class takes its fields as keyword
   arguments; passing `None` leaves a field unset, and `message.HasField("coupon")` says whether it is there.
3. For JSON, copy the record, replace `id`, `cents` and `token` by texts, drop the coupon if it is `None`, and dump with
   `ensure_ascii=False, separators=(",", ":")`. For the times, write an inner function that takes what to run and
   returns `statistics.median` of five differences of `clock()`.
"""


# %% solution="e2"
def encode(kind, record):
    """The bytes of one order as "json", "avro" or "protobuf"."""
    ### BEGIN SOLUTION
    if kind == "avro":
        return avro_bytes(ORDER_SCHEMA, record)
    if kind == "protobuf":
        return protobuf.build(ORDER_PROTO)["Order"](**record).SerializeToString()
    document = record | {
        "id": str(record["id"]),
        "token": base64.b64encode(record["token"]).decode(),
        "cents": str(record["cents"]),
    }
    if document["coupon"] is None:
        del document["coupon"]
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    ### END SOLUTION


def decode(kind, data):
    """The order that `encode` made these bytes of."""
    ### BEGIN SOLUTION
    if kind == "avro":
        return avro_record(data, ORDER_SCHEMA, ORDER_SCHEMA)
    if kind == "protobuf":
        message = protobuf.build(ORDER_PROTO)["Order"].FromString(data)
        return {
            "id": message.id,
            "customer": message.customer,
            "token": message.token,
            "cents": message.cents,
            "tags": list(message.tags),
            "coupon": message.coupon if message.HasField("coupon") else None,
        }
    document = json.loads(data)
    return {
        "id": int(document["id"]),
        "customer": document["customer"],
        "token": base64.b64decode(document["token"]),
        "cents": int(document["cents"]),
        "tags": document["tags"],
        "coupon": document.get("coupon"),
    }
    ### END SOLUTION


def compare_formats(records, clock):
    """Exact sizes, and the median times that encoding and decoding take."""

    ### BEGIN SOLUTION
    def median_seconds(convert, values):
        durations = []
        for _ in range(5):
            begin = clock()
            for value in values:
                convert(value)
            durations.append(clock() - begin)
        return statistics.median(durations)

    result = {}
    for kind in ("json", "avro", "protobuf"):
        encoded = [encode(kind, record) for record in records]
        result[kind] = {
            "bytes": sum(map(len, encoded)),
            "encode": median_seconds(lambda record: encode(kind, record), records),
            "decode": median_seconds(lambda data: decode(kind, data), encoded),
        }
    file = io.BytesIO()
    fastavro.writer(file, ORDER_SCHEMA, records)
    result["avro file"] = {"bytes": len(file.getvalue())}
    return result
    ### END SOLUTION


# %% test="e2_json" points=2 title="JSON: exact bytes, and every value survives"
order = {
    "id": 1000,
    "customer": "Zoë",
    "token": b"\x00\xfe\xff",
    "cents": -1299,
    "tags": ["gift", "eu"],
    "coupon": "MAY",
}
text = '{"id":"1000","customer":"Zoë","token":"AP7/","cents":"-1299","tags":["gift","eu"],"coupon":"MAY"}'
check(encode, "json", order).equals(text.encode(), idea="compact, in UTF-8; 64-bit integers and base64 as texts")
check(decode, "json", text.encode()).equals(order, idea="digits become an integer again, base64 becomes bytes")
### BEGIN HIDDEN TESTS
bare = {"id": 2**53 + 1, "customer": 'a "b" \\ 😀\n', "token": b"", "cents": -(2**63), "tags": [], "coupon": None}
text = '{"id":"9007199254740993","customer":"a \\"b\\" \\\\ 😀\\n","token":"","cents":"-9223372036854775808","tags":[]}'
check(encode, "json", bare).equals(
    text.encode(), idea="a coupon that is None is left out; json.dumps escapes what must be escaped"
)
check(decode, "json", text.encode()).equals(bare, idea="all six keys come back; integers never go through a float")
empty = order | {"coupon": "", "tags": [""]}
check(encode, "json", empty).equals(
    '{"id":"1000","customer":"Zoë","token":"AP7/","cents":"-1299","tags":[""],"coupon":""}'.encode(),
    idea="an empty coupon is a coupon: only None is left out",
)
for seed in range(3):
    rng = seeded(seed)
    record = order | {
        "token": rng.bytes(seed + 10),
        "id": int(rng.integers(2**53, 2**63 - 1)),
        "cents": int(rng.integers(-99, 99)),
    }
    data = check(encode, "json", record).note(f"seed {seed}").value(idea="any bytes can be a token")
    check(decode, "json", data).note(f"seed {seed}").equals(
        record, idea="what was encoded comes back, to the last digit"
    )
### END HIDDEN TESTS

# %% test="e2_avro" points=1 title="Avro: bare records, and every value survives"
order = {
    "id": 1000,
    "customer": "Zoë",
    "token": b"\x00\xfe\xff",
    "cents": -1299,
    "tags": ["gift", "eu"],
    "coupon": "MAY",
}
check(encode, "avro", order).equals(
    avro_bytes(ORDER_SCHEMA, order), idea="the values alone, in the order of the schema, without a header"
)
check(decode, "avro", avro_bytes(ORDER_SCHEMA, order)).equals(order, idea="written and read with ORDER_SCHEMA")
### BEGIN HIDDEN TESTS
for change in (
    {"coupon": None},
    {"coupon": ""},
    {"id": 2**63 - 1, "cents": -(2**63)},
    {"customer": "", "token": b"", "tags": ["", "Ω"]},
):
    record = order | change
    check(encode, "avro", record).equals(
        avro_bytes(ORDER_SCHEMA, record), idea="the values as they are: None, empty and full apart"
    )
    check(decode, "avro", avro_bytes(ORDER_SCHEMA, record)).equals(
        record, idea="the coupon's branch tells None from an empty text"
    )
### END HIDDEN TESTS

# %% test="e2_protobuf" points=2 title="Protobuf: a message of Order, and every value survives"
order = {
    "id": 1000,
    "customer": "Zoë",
    "token": b"\x00\xfe\xff",
    "cents": -1299,
    "tags": ["gift", "eu"],
    "coupon": "MAY",
}
made = protobuf.build(ORDER_PROTO)["Order"]
check(encode, "protobuf", order).satisfies(
    lambda data: made.FromString(data) == made(**order),
    "the bytes of this Order",
    idea="set every field and serialise the message",
)
check(decode, "protobuf", made(**order).SerializeToString()).equals(
    order, idea="plain data come back: `tags` is a list"
)
### BEGIN HIDDEN TESTS
for change in (
    {"coupon": None},
    {"coupon": ""},
    {"id": 2**63 - 1, "cents": -(2**63)},
    {"id": 0, "customer": "", "token": b"", "tags": ["", "Ω"]},
):
    record = order | change
    check(encode, "protobuf", record).satisfies(
        lambda data: made.FromString(data) == made(**record),
        "the bytes of this Order",
        idea="None leaves the coupon unset, an empty text sets it",
    )
    check(decode, "protobuf", made(**record).SerializeToString()).equals(
        record,
        idea="an unset coupon reads as an empty text: ask whether it is there; fields that were left out have their default",
    )
### END HIDDEN TESTS

# %% test="e2_sizes" points=2 title="Sizes say what was counted"
order = {
    "id": 1000,
    "customer": "Zoë",
    "token": b"\x00\xfe\xff",
    "cents": -1299,
    "tags": ["gift", "eu"],
    "coupon": "MAY",
}
sizes = lambda report: {name: entry["bytes"] for name, entry in report.items()}
one = io.BytesIO()
fastavro.writer(one, ORDER_SCHEMA, [order])
check(compare_formats, [order], iter(range(60)).__next__).satisfies(
    lambda report: sizes(report) == {"json": 98, "avro": 28, "protobuf": 32, "avro file": len(one.getvalue())},
    f"bytes: json 98, avro 28, protobuf 32, avro file {len(one.getvalue())}",
    idea="bare records one by one; the file once, with its header",
)
### BEGIN HIDDEN TESTS
rng = seeded(0)
records = [
    order | {"id": int(rng.integers(2**62)), "customer": "é" * k, "coupon": [None, "", "JUNE"][k % 3]}
    for k in range(12)
]
file = io.BytesIO()
fastavro.writer(file, ORDER_SCHEMA, records)
expected = {
    "avro": sum(len(avro_bytes(ORDER_SCHEMA, record)) for record in records),
    "protobuf": sum(protobuf.build(ORDER_PROTO)["Order"](**record).ByteSize() for record in records),
    "avro file": len(file.getvalue()),
}
expected["json"] = sum(
    len(f'{{"id":"{r["id"]}","customer":"","token":"AP7/","cents":"-1299","tags":["gift","eu"]}}')
    + 2 * k
    + (0 if r["coupon"] is None else len(f',"coupon":"{r["coupon"]}"'))
    for k, r in enumerate(records)
)
check(compare_formats, records, iter(range(60)).__next__).note("seed 0").satisfies(
    lambda report: sizes(report) == expected,
    f"bytes: {expected}",
    idea="bytes, not characters; the file's header is written once",
)
### END HIDDEN TESTS

# %% test="e2_times" points=2 title="Times are medians of five rounds by the clock that was handed in"
order = {
    "id": 1000,
    "customer": "Zoë",
    "token": b"\x00\xfe\xff",
    "cents": -1299,
    "tags": ["gift", "eu"],
    "coupon": "MAY",
}
times = lambda report: [report[kind][what] for kind in ("json", "avro", "protobuf") for what in ("encode", "decode")]
even = iter(range(0, 600, 10))
check(compare_formats, [order, order], even.__next__).satisfies(
    lambda report: times(report) == [10] * 6,
    "10 seconds for every time: this clock goes on by 10 at each call",
    idea="after minus before",
)
### BEGIN HIDDEN TESTS
for seed in range(3):
    lasts = seeded(seed).integers(1, 50, (6, 5))
    lasts[:, seed] += 1000  # one slow round, which a mean would notice and a minimum never
    steps = np.stack([np.full(30, 7000), lasts.ravel()], axis=1).ravel()
    ticks = iter(np.cumsum(steps).tolist())
    check(compare_formats, [order], ticks.__next__).note(f"seed {seed}").satisfies(
        lambda report: times(report) == np.median(lasts, axis=1).tolist() and next(ticks, None) is None,
        f"encode and decode for json, avro, protobuf: {np.median(lasts, axis=1).tolist()}, with 60 readings of the clock",
        idea="the median of five durations; a reading before and one after each round, in the order of the statement",
    )
### END HIDDEN TESTS

# %% [markdown]
r"""
**Vary.** Import `time`, and run `compare_formats(small, time.perf_counter)`. Who is fastest, and is it who writes
least? In CPython that says as much about the libraries as about the formats: `json` is written in C, fastavro is
compiled, and Protobuf's messages live in C until you touch a field. Set up as this harness is, it also counts what your
own code does around the libraries.

## Two schemas, one record

Schemas change, and data stay. With new code first: is yesterday's data readable? That is **backward compatibility**.
With old code: is tomorrow's? That is **forward compatibility**. Avro answers both by one procedure, **schema
resolution**: decode with the writer's schema, and fit the result to the reader's. In the specification's rules,

- a record's fields are matched by **name**, their order does not matter. A field that only the writer has is skipped;
  one that only the reader has takes its **default**, and without one the data cannot be read;
- a reader's field or type may list **aliases**, older names by which it knows itself in the writer's schema;
- numbers may grow: `int` to `long`, `float` or `double`, `long` to `float` or `double`, `float` to `double`; `string`
  and `bytes` may be swapped for each other;
- an enum's symbol that the reader lacks becomes the enum's **default** symbol, or an error;
- with **unions**, the value's own branch is what is read: it needs a counterpart in the reader.

Here is the career of a schema. **Predict** the matrix for it, ten cells below the diagonal and ten above, before you
look.
"""

# %%
long_id, city, cents = ({"name": n, "type": t} for n, t in (("id", "long"), ("city", "string"), ("cents", "int")))
coupon = {"name": "coupon", "type": ["null", "string"], "default": None}
wide = cents | {"type": "long"}
town = {"name": "town", "type": "string", "aliases": ["city"]}
channel = {"name": "channel", "type": {"type": "enum", "name": "Channel", "symbols": ["WEB", "SHOP"]}}
career = {
    "1: first": [long_id, city, cents],
    "2: + coupon, with default": [long_id, city, cents, coupon],
    "3: cents int to long": [long_id, city, wide, coupon],
    "4: city now town, alias": [long_id, town, wide, coupon],
    "5: + channel, no default": [long_id, town, wide, coupon, channel],
}
versions = [{"type": "record", "name": "Order", "fields": fields} for fields in career.values()]
reads = np.array([[really_reads(writer, reader) for reader in versions] for writer in versions])
print(f"{reads.sum()} of {reads.size} pairs can be read")

# %%
fig, ax = plt.subplots(figsize=(6.4, 3.2))
colours = np.where(reads[..., None], plt.matplotlib.colors.to_rgb("#99d8c9"), plt.matplotlib.colors.to_rgb("#e8a07a"))
_ = ax.imshow(colours, aspect="auto")
for (row, column), fine in np.ndenumerate(reads):
    _ = ax.text(
        column, row, "reads" if fine else "fails", ha="center", va="center", fontweight="normal" if fine else "bold"
    )
_ = ax.set(
    xticks=range(5),
    xticklabels=range(1, 6),
    yticks=range(5),
    yticklabels=career,
    xlabel="reader's version",
    ylabel="writer's version",
)
_ = ax.set_title("Adding a field with a default is the one step that breaks nobody", loc="left")
ax.grid(visible=False)
figures.show(
    fig,
    alt="Matrix of five schema versions, writer by reader, from really decoding 60 random records each. Readers at "
    "versions 1 and 2 read versions 1 and 2; a reader at 3 reads 1 to 3; at 4 it reads all five; at 5 only 5.",
)

# %% [markdown]
r"""
Below the diagonal the writer is newer: that is where forward compatibility shows. Above it the reader is newer:
backward compatibility. Only the new field *with a default* is green on both sides. A rename by alias is a one-way
street: the new reader knows the old name, the old reader cannot know the new one. And version 5 shuts the door on all
the old data, for want of a default, while readers at version 4 take its records gladly.

Sixty records each filled this matrix. That is evidence, not proof: a union of two with `null` once in a million records
would have been green. To *promise* that no record will ever fail one has to look at the schemas.
"""

# %% [markdown] exercise="e3" title="Can this reader read that writer?" level="core" minutes=40 exports=["can_read"] goals=[1]
r"""
Write `can_read(writer, reader)`: `True` if *every* value that the schema `writer` allows can be decoded into the schema
`reader`, `False` if some cannot. A schema is a Python value: a text for a primitive type (`"null"`, `"boolean"`,
`"int"`, `"long"`, `"float"`, `"double"`, `"string"`, `"bytes"`), a list for a union, a dict for the rest, with `"type"`
one of `"record"`, `"enum"`, `"fixed"`, `"array"` (with `"items"`) and `"map"` (with `"values"`). The rules:

1. If the writer has a union, the reader must be able to read each of its branches. If only the reader has one, it must
   be able to read the writer's type with at least one of its branches.
2. The same primitive type can be read, and so can these: `int` as `long`, `float`, `double`; `long` as `float`,
   `double`; `float` as `double`; `string` as `bytes`; `bytes` as `string`.
3. An array can be read as an array whose items can read its items; maps likewise by their values.
4. For records, enums and fixed, the writer's `"name"` must be the reader's, or one of the reader's `"aliases"` (a list
   that may be missing). Fixed types need the same `"size"` too. An enum also needs that the reader knows all of the
   writer's `"symbols"`, in any order, or that the reader has a `"default"`.
5. In a record, each of the reader's `"fields"` is looked up among the writer's, by its name and its aliases. If it is
   there, its type must be able to read the writer's. If not, it must have a `"default"`, whatever that is. What only
   the writer has does not matter.
6. Nothing else can be read.

The schemas that you are handed are valid. Their names have no namespaces, and no type is used before or apart from
where it is defined. A name stands for types of one kind: if it is a record's, it is no enum's. Of the name and the
aliases of a reader's field at most one occurs in the writer's record, and no two fields of a reader claim the same one
of the writer's. A union has at most one record, one enum and one fixed type.

`can_read("int", "long")` is `True`, `can_read("long", "int")` is `False`; `can_read(["null", "string"], "string")` is
`False` though some values would do.
"""

# %% [markdown] hints="e3" reading="Avro specification, Schema Resolution; DDIA ch. 4, on the writer's and the reader's schema"
r"""
1. The schemas are trees. What can you decide at the root, and what has to be asked of the parts, by the same function?
2. Deal with unions first, the writer's before the reader's: then both sides have one type each. Take the type's word,
   `schema if isinstance(schema, str) else schema["type"]`, and if the two differ only rule 2 is left.
3. Unions are `all(…)` over the writer's branches and `any(…)` over the reader's. For a field, collect those of the
   writer's fields whose name is in `{field["name"], *field.get("aliases", [])}`; if none is, the answer is `"default"
   in field`: the default itself may be `None` or `0`.
"""


# %% solution="e3"
def can_read(writer, reader):
    """Whether every value of the Avro schema `writer` can be decoded into the schema `reader`."""
    ### BEGIN SOLUTION
    if isinstance(writer, list):
        return all(can_read(branch, reader) for branch in writer)
    if isinstance(reader, list):
        return any(can_read(writer, branch) for branch in reader)
    wrote, wanted = (schema if isinstance(schema, str) else schema["type"] for schema in (writer, reader))
    if wrote != wanted:
        wider = {"int": ["long", "float", "double"], "long": ["float", "double"], "float": ["double"]}
        return wanted in (wider | {"string": ["bytes"], "bytes": ["string"]}).get(wrote, [])
    if wrote == "array":
        return can_read(writer["items"], reader["items"])
    if wrote == "map":
        return can_read(writer["values"], reader["values"])
    if wrote in ("record", "enum", "fixed") and writer["name"] not in (reader["name"], *reader.get("aliases", [])):
        return False
    if wrote == "fixed":
        return writer["size"] == reader["size"]
    if wrote == "enum":
        return "default" in reader or set(writer["symbols"]) <= set(reader["symbols"])
    if wrote == "record":
        written = {field["name"]: field["type"] for field in writer["fields"]}
        for field in reader["fields"]:
            found = [written[name] for name in (field["name"], *field.get("aliases", [])) if name in written]
            if not (can_read(found[0], field["type"]) if found else "default" in field):
                return False
    return True
    ### END SOLUTION


# %% test="e3_fields" points=2 title="Fields: by name, skipped, or by default"
record = lambda *fields: {"type": "record", "name": "Order", "fields": list(fields)}
first, second = {"name": "id", "type": "long"}, {"name": "city", "type": "string"}
check(can_read, record(first), record(first, second)).equals(
    False, idea="what should stand in a new field when old data are read?"
)
check(can_read, record(first, second), record(second)).equals(True, idea="a field that only the writer has is skipped")
### BEGIN HIDDEN TESTS
defaults = [
    {"name": n, "type": t, "default": d}
    for n, t, d in (("city", "string", ""), ("n", "int", 0), ("c", ["null", "int"], None))
]
records = [
    record(),
    record(first),
    record(first, second),
    record(second, first),
    record(first, *defaults),
    record(first | {"type": "string"}),
]
records += [record(first, defaults[2]), record(first, {"name": "c", "type": ["null", "int"]})]
for writer, reader in product(records, repeat=2):
    check(can_read, writer, reader).equals(
        really_reads(writer, reader),
        idea="look a reader's field up by name; if the writer has none, is there a default, whatever it is?",
    )
### END HIDDEN TESTS

# %% test="e3_numbers" points=1 title="Primitive types grow and never shrink"
check(can_read, "int", "long").equals(True, idea="every int is a long")
check(can_read, "long", "int").equals(False, idea="not every long is an int")
### BEGIN HIDDEN TESTS
primitive = ["null", "boolean", "int", "long", "float", "double", "string", "bytes"]
for writer, reader in product(primitive, repeat=2):
    check(can_read, writer, reader).equals(
        really_reads(writer, reader), idea="rule 2 lists them all, and their direction"
    )
### END HIDDEN TESTS

# %% test="e3_enums" points=1 title="Enums need the symbols, or a default"
enum = lambda *symbols, **more: {"type": "enum", "name": "Channel", "symbols": list(symbols), **more}
check(can_read, enum("WEB", "SHOP"), enum("WEB")).equals(False, idea="what would SHOP be read as?")
check(can_read, enum("WEB", "SHOP"), enum("WEB", default="WEB")).equals(
    True, idea="the default stands for what the reader does not know"
)
### BEGIN HIDDEN TESTS
enums = [enum("WEB"), enum("WEB", "SHOP"), enum("SHOP", "WEB"), enum("WEB", "SHOP", "FAX"), enum("FAX", default="FAX")]
for writer, reader in product([*enums, enum("WEB", "FAX", default="WEB")], repeat=2):
    check(can_read, writer, reader).equals(
        really_reads(writer, reader),
        idea="all of the writer's symbols, in any order; the reader's default counts, not the writer's",
    )
many = [f"S{k}" for k in range(3000)]
check(can_read, enum(*many), enum(*many[:1234], *many[1235:])).equals(
    False, idea="one symbol of 3000 is missing: a sample will hardly find it, the schemas show it"
)
### END HIDDEN TESTS

# %% test="e3_unions" points=2 title="Every branch of the writer, some branch of the reader"
check(can_read, ["null", "string"], "string").equals(False, idea="what if the value is null?")
check(can_read, "string", ["null", "string"]).equals(True, idea="one branch of the reader is enough")
### BEGIN HIDDEN TESTS
numbers, texts = {"type": "array", "items": "int"}, {"type": "map", "values": "string"}
unions = [
    "int",
    "null",
    "double",
    ["null"],
    ["int"],
    ["null", "int"],
    ["int", "null"],
    ["null", "long"],
    ["int", "string"],
]
unions += [
    ["string", "double", "null"],
    numbers,
    ["null", numbers],
    ["null", texts],
    {"type": "array", "items": ["null", "long"]},
]
for writer, reader in product(unions, repeat=2):
    check(can_read, writer, reader).equals(
        really_reads(writer, reader),
        idea="take the writer's branches one by one; the order of branches does not matter",
    )
seldom, wanted = "null", "string"
for depth in range(20):
    holder = {"type": "record", "name": f"Box{depth}"}
    seldom = ["string", holder | {"fields": [{"name": "inside", "type": seldom}]}]
    wanted = ["string", holder | {"fields": [{"name": "inside", "type": wanted}]}]
check(can_read, seldom, wanted).equals(
    False, idea="a null behind 20 unions: hardly a sample will hold it, the schemas show it"
)
### END HIDDEN TESTS

# %% test="e3_names" points=2 title="A new name reads an old one by its alias, not the other way"
named = lambda name, *fields, **more: {"type": "record", "name": name, "fields": list(fields), **more}
city, town = {"name": "city", "type": "string"}, {"name": "town", "type": "string", "aliases": ["place", "city"]}
check(can_read, named("Order", city), named("Order", town)).equals(True, idea="the reader's field knows its older name")
check(can_read, named("Order", town), named("Order", city)).equals(
    False, idea="the writer's aliases are of no use to a reader"
)
### BEGIN HIDDEN TESTS
shapes = [named("Order", city), named("Order", town), named("Order", town | {"type": "int"}), named("Sale", city)]
shapes += [
    named("Sale", city, aliases=["Order"]),
    named("Sale", town, aliases=["Deal", "Order"]),
    named("Order", town | {"default": ""}),
]
shapes += [named("Sale", aliases=["Order"]), named("Order", {"name": "place", "type": "string"})]
for old, new, more in (
    ("Channel", "Way", {"type": "enum", "symbols": ["WEB"]}),
    ("Hash", "Sum", {"type": "fixed", "size": 4}),
):
    shapes += [more | {"name": old}, more | {"name": new}, more | {"name": new, "aliases": [old]}]
for writer, reader in product(shapes, repeat=2):
    check(can_read, writer, reader).equals(
        really_reads(writer, reader),
        idea="rule 4 for types, rule 5 for fields: the reader's own name, or one of its aliases",
    )
### END HIDDEN TESTS

# %% test="e3_nested" points=2 title="What is inside counts too"
array = lambda items: {"type": "array", "items": items}
check(can_read, array("int"), array("long")).equals(True, idea="the items have to be readable")
check(can_read, array("long"), array("int")).equals(False, idea="the items have to be readable")
### BEGIN HIDDEN TESTS
map_of = lambda values: {"type": "map", "values": values}
fixed = lambda size: {"type": "fixed", "name": "Hash", "size": size}
line = lambda *fields: {"type": "record", "name": "Line", "fields": [{"name": n, "type": t} for n, t in fields]}
inner = [line(("n", "int")), line(("n", "long")), line(("n", "int"), ("m", "int")), fixed(4), fixed(8)]
outer = ["int", "long", map_of("int"), map_of("long"), array("int"), array(["null", "long"]), map_of(array("double"))]
outer += inner + [array(schema) for schema in inner[:3]] + [map_of(["null", schema]) for schema in inner[2:4]]
for writer, reader in product(outer, repeat=2):
    check(can_read, writer, reader).equals(
        really_reads(writer, reader),
        idea="an array is no map; items, values, sizes and the fields of inner records have to fit",
    )
wraps = [array, map_of, lambda t: ["null", t]]
for seed in range(20):
    rng = seeded(seed)
    old, new = str(rng.choice(["int", "float", "string"])), str(rng.choice(["int", "long", "double", "bytes"]))
    for k in rng.permutation(3):
        old, new = wraps[k](old), wraps[k](new)
    check(can_read, line(("n", old)), line(("n", new))).note(f"seed {seed}").equals(
        really_reads(line(("n", old)), line(("n", new))), idea="the same rules at every depth"
    )
seldom, wanted = array("long"), array("int")
for depth in range(20):
    holder = {"type": "record", "name": f"Box{depth}"}
    seldom = ["null", holder | {"fields": [{"name": "inside", "type": seldom}]}]
    wanted = ["null", holder | {"fields": [{"name": "inside", "type": wanted}]}]
check(can_read, seldom, wanted).equals(
    False, idea="the items at the very bottom count: hardly a sample will hold one, the schemas show them"
)
### END HIDDEN TESTS

# %% [markdown]
r"""
## A registry keeps the promise

Two questions are left: how does a reader get the *writer's* schema, and who stops version 5 above? Both have one
answer, a **schema registry**. It keeps every version of each *subject* (a kind of message) under a number. Writers put
that number in front of each record. Confluent's registry for Kafka, the best known, uses a zero byte and four more, so
five bytes say what would otherwise take a header of hundreds. Readers look the number up, once, and remember it.

And the registry refuses a version that would break a promise. Which promise is the subject's **mode**: `BACKWARD`, the
new schema must read what the last one wrote; `FORWARD`, the last one must read what the new one writes; `FULL`, both.
`NONE` promises nothing. Each speaks of the *last* version only.

**Predict.** A field comes with a default; then, since all writers send it by now, the default goes. Each step is
backward compatible with the one before. Is the third version with the first?
"""

# %%
first = {"type": "record", "name": "Visit", "fields": [{"name": "page", "type": "string"}]}
second = first | {"fields": [*first["fields"], {"name": "seconds", "type": "int", "default": 0}]}
third = first | {"fields": [*first["fields"], {"name": "seconds", "type": "int"}]}
for old, new, names in ((first, second, "2 reads 1"), (second, third, "3 reads 2"), (first, third, "3 reads 1")):
    print(f"{names}: {really_reads(old, new)}")

# %% [markdown]
r"""
Compatibility is not transitive. A store that keeps years of messages needs `BACKWARD_TRANSITIVE`, checked against *all*
the versions; a queue that is emptied within the hour can live with the last one.

A mode also fixes the order of a rollout. `BACKWARD` promises nothing to old readers, so **readers are upgraded first**,
and then writers. With `FORWARD` writers go first. With `FULL` in any order, and back again.
"""

# %% [markdown] exercise="e4" title="An application that changes its schema while it runs" level="core" minutes=40 exports=["Registry"] goals=[1]
r"""
Write the class `Registry`, made by `Registry(can_read)`. Here `can_read(writer, reader)` is a function as in exercise
3, handed in: use it, do not write it again. Schemas are Avro schemas as Python values. Four methods:

- `register(subject, schema, mode="BACKWARD")`: the integer id of `schema` as a version of the text `subject`. Ids count
  1, 2, 3, … over all subjects together. A schema that is equal (`==`) to a version of this subject already has an id:
  return that one, check nothing, add nothing. A subject's first version needs no check. Every other is checked against
  the subject's last version, by `mode`:
    - `"BACKWARD"`: the new schema can read what the old one wrote;
    - `"FORWARD"`: the old schema can read what the new one writes;
    - `"FULL"`: both;
    - `"NONE"`: no check.

  `"BACKWARD_TRANSITIVE"`, `"FORWARD_TRANSITIVE"` and `"FULL_TRANSITIVE"` check against all versions of the subject. If
  the check fails, raise `ValueError`; the registry is then as it was before, and no id is used up. Any other mode:
  `ValueError`, whatever the schema.
- `schema(schema_id)`: the schema with this id; `KeyError` if there is none.
- `encode(schema_id, record)`: a message of `record` written with that schema: a zero byte, the id in four bytes, most
  significant first, then the record in Avro, bare. `KeyError` if there is no such schema.
- `decode(message, reader_id)`: the record in a message, as a reader with schema `reader_id` sees it, whichever schema
  wrote it. If the message is shorter than five bytes or does not begin with a zero byte, raise `ValueError`; if one of
  the two ids is unknown, `KeyError`.

If `registry.register("orders", schema)` is the first call, it returns `1`, and with `{"type": "record", "name": "N",
"fields": [{"name": "n", "type": "int"}]}` for a schema, `registry.encode(1, {"n": -1})` is
`b"\x00\x00\x00\x00\x01\x01"`.
"""

# %% [markdown] hints="e4" reading="DDIA ch. 4, on how a reader comes by the writer's schema, and on dataflow through databases, services and messages"
r"""
1. What has to be remembered: which schema has which id, and which ids a subject has, oldest first. Two dicts are
   enough. For each mode, say aloud who wrote and who reads.
2. Check everything before you change anything: mode, equal version, compatibility; only then take the next id.
   `mode.partition("_")` parts the promise from its reach.
3. `versions[-1:]` is the last version as a list, and empty for a new subject, so one loop serves both reaches. In it,
   BACKWARD asks `can_read(old, new)` and FORWARD `can_read(new, old)`. `id.to_bytes(4, "big")` and
   `int.from_bytes(message[1:5], "big")` do the header.
"""


# %% solution="e4"
class Registry:
    """Schemas under ids, a promise kept between the versions of a subject, and messages that name their writer's schema."""

    def __init__(self, can_read):
        ### BEGIN SOLUTION
        self._can_read = can_read
        self._schemas = {}  # by id
        self._versions = {}  # ids by subject, oldest first
        ### END SOLUTION

    def register(self, subject, schema, mode="BACKWARD"):
        """The id of `schema` as a version of `subject`; ValueError if that would break the promise of `mode`."""
        ### BEGIN SOLUTION
        rule, _, reach = mode.partition("_")
        if mode != "NONE" and (rule not in ("BACKWARD", "FORWARD", "FULL") or mode not in (rule, rule + "_TRANSITIVE")):
            raise ValueError(f"no such mode: {mode}")
        versions = self._versions.get(subject, [])
        for known in versions:
            if self._schemas[known] == schema:
                return known
        for known in versions if reach else versions[-1:]:
            old = self._schemas[known]
            if rule in ("BACKWARD", "FULL") and not self._can_read(old, schema):
                raise ValueError(f"the new schema cannot read what version {known} wrote")
            if rule in ("FORWARD", "FULL") and not self._can_read(schema, old):
                raise ValueError(f"version {known} cannot read what the new schema writes")
        number = len(self._schemas) + 1
        self._schemas[number] = schema
        self._versions[subject] = [*versions, number]
        return number
        ### END SOLUTION

    def schema(self, schema_id):
        """The schema with this id; KeyError if there is none."""
        ### BEGIN SOLUTION
        return self._schemas[schema_id]
        ### END SOLUTION

    def encode(self, schema_id, record):
        """A message: zero byte, id, and the record written with the schema of that id."""
        ### BEGIN SOLUTION
        return b"\x00" + schema_id.to_bytes(4, "big") + avro_bytes(self._schemas[schema_id], record)
        ### END SOLUTION

    def decode(self, message, reader_id):
        """The record of a message, whoever wrote it, as the schema `reader_id` sees it."""
        ### BEGIN SOLUTION
        if len(message) < 5 or message[0] != 0:
            raise ValueError("a message begins with a zero byte and the id of its schema")
        writer_id = int.from_bytes(message[1:5], "big")
        return avro_record(message[5:], self._schemas[writer_id], self._schemas[reader_id])
        ### END SOLUTION


# %% test="e4_modes" points=2 title="Each mode keeps its promise towards the last version"
base = {"type": "record", "name": "Sale", "fields": [{"name": "id", "type": "long"}]}
more = base | {"fields": [*base["fields"], {"name": "city", "type": "string"}]}
registry = Registry(really_reads)
check(registry.register, "sales", base).equals(1, idea="a first version has nothing to be compatible with")
check(registry.register, "sales", more).raises(
    ValueError, idea="BACKWARD: can the new schema read the old data? It wants a city"
)
check(registry.register, "sales", more, "FORWARD").equals(
    2, idea="FORWARD: the old schema reads the new data, and skips the city"
)
### BEGIN HIDDEN TESTS
schemas = [base | {"fields": [{"name": "id", "type": kind}]} for kind in ("int", "long")] + [more]
schemas += [base | {"fields": [{"name": "id", "type": "long"}, {"name": "city", "type": "string", "default": ""}]}]
for (k, old), (j, new) in product(enumerate(schemas), repeat=2):
    if k == j:
        continue
    back, forth = really_reads(old, new), really_reads(new, old)
    for mode, fine in (("BACKWARD", back), ("FORWARD", forth), ("FULL", back and forth), ("NONE", True)):
        for reach in ("", "_TRANSITIVE") if mode != "NONE" else ("",):
            registry = Registry(really_reads)
            registry.register("sales", old, "NONE")
            verdict = check(registry.register, "sales", new, mode + reach)
            idea = "BACKWARD: the new schema reads old data; FORWARD: the old schema reads new data; FULL: both"
            verdict.equals(2, idea=idea) if fine else verdict.raises(ValueError, idea=idea)
### END HIDDEN TESTS

# %% test="e4_transitive" points=2 title="Transitive modes look at all versions, the others at the last"
base = {"type": "record", "name": "Visit", "fields": [{"name": "page", "type": "string"}]}
with_default = base | {"fields": [*base["fields"], {"name": "seconds", "type": "int", "default": 0}]}
without = base | {"fields": [*base["fields"], {"name": "seconds", "type": "int"}]}
registry = Registry(really_reads)
for schema in (base, with_default):
    registry.register("visits", schema)
check(registry.register, "visits", without, "BACKWARD_TRANSITIVE").raises(
    ValueError, idea="the data of version 1 are still there"
)
check(registry.register, "visits", without, "BACKWARD").equals(3, idea="every record of the last version has the field")
### BEGIN HIDDEN TESTS
for mode, order in (
    ("FORWARD", (without, with_default, base)),
    ("FULL", (base, with_default, without)),
    ("FULL", (without, with_default, base)),
):
    for reach in ("_TRANSITIVE", ""):
        registry = Registry(really_reads)
        for schema in order[:2]:
            registry.register("visits", schema, "NONE")
        verdict = check(registry.register, "visits", order[2], mode + reach)
        if reach:
            verdict.raises(ValueError, idea="between the first and the third version the promise breaks")
        else:
            verdict.equals(3, idea="without TRANSITIVE only the last version counts")
registry = Registry(really_reads)
kinds = ("int", "long", "double")
schemas = [base | {"fields": [{"name": "n", "type": kind}]} for kind in kinds]
for number, schema in enumerate(schemas, start=1):
    check(registry.register, "sums", schema, "BACKWARD_TRANSITIVE").equals(
        number, idea="int, long, double: each reads all that came before"
    )
### END HIDDEN TESTS

# %% test="e4_refused" points=1 title="What is refused leaves no trace"
base = {"type": "record", "name": "Sale", "fields": [{"name": "id", "type": "long"}]}
text = base | {"fields": [{"name": "id", "type": "string"}]}
registry = Registry(really_reads)
registry.register("sales", base)
check(registry.register, "sales", text).raises(ValueError, idea="a text cannot be read as a number")
check(registry.register, "refunds", base).equals(2, idea="a version that was refused has used up no id")
check(registry.register, "sales", text, "SIDEWAYS").raises(ValueError, idea="a mode that does not exist")
### BEGIN HIDDEN TESTS
check(registry.schema, 3).raises(KeyError, idea="nothing was stored for what was refused")
check(registry.register, "sales", text).raises(ValueError, idea="refused once, refused again")
fraction = base | {"fields": [{"name": "id", "type": "double"}]}
check(registry.register, "sales", fraction).equals(3, idea="compare with the last version that was accepted")
check(registry.register, "fresh", base, "backward").raises(
    ValueError, idea="the mode is looked at even if there is nothing to check"
)
check(registry.register, "sales", base, "").raises(
    ValueError, idea="the mode is looked at even for a version that is known"
)
check(registry.register, "fresh", base, "NONE_TRANSITIVE").raises(
    ValueError, idea="only three modes have a transitive form"
)
### END HIDDEN TESTS

# %% test="e4_ids" points=1 title="One id a version, one history a subject"
base = {"type": "record", "name": "Sale", "fields": [{"name": "id", "type": "long"}]}
text = base | {"fields": [{"name": "id", "type": "string"}]}
registry = Registry(really_reads)
check(registry.register, "sales", base).equals(1, idea="ids begin with 1")
check(registry.register, "names", text).equals(2, idea="another subject has a history of its own; ids run on")
check(registry.register, "sales", base).equals(
    1, idea="a program that starts again registers the same schema, and gets its id"
)
### BEGIN HIDDEN TESTS
check(registry.register, "sales", text, "NONE").equals(
    3, idea="the next id, over all subjects; equal only counts within a subject"
)
check(registry.register, "sales", base, "FULL").equals(1, idea="a version that is known is not checked again")
raw = base | {"fields": [{"name": "id", "type": "bytes"}]}
check(registry.register, "sales", raw).equals(
    4, idea="asking for version 1 again did not make it the last one: bytes read text"
)
for number, schema in enumerate((base, text, text, raw), start=1):
    check(registry.schema, number).equals(schema, idea="the schema with this id")
check(registry.schema, 0).raises(KeyError, idea="ids begin with 1")
turned = dict(reversed(base.items()))
check(registry.register, "sales", turned).equals(1, idea="equal as dicts: the order of the keys is no difference")
### END HIDDEN TESTS

# %% test="e4_message" points=2 title="A message names the schema that wrote it"
schema = {"type": "record", "name": "N", "fields": [{"name": "n", "type": "int"}]}
registry = Registry(really_reads)
registry.register("numbers", schema)
check(registry.encode, 1, {"n": -1}).equals(
    b"\x00\x00\x00\x00\x01\x01", idea="a zero byte, four bytes of id, and the bare record"
)
check(registry.decode, b"\x00\x00\x00\x00\x01\x01", 1).equals(
    {"n": -1}, idea="the id is in bytes 1 to 4, the record behind them"
)
### BEGIN HIDDEN TESTS
for unknown in (0, 2):
    check(registry.encode, unknown, {"n": 1}).raises(KeyError, idea="who writes registers first; ids begin with 1")
for message in (b"", b"\x00\x00\x00\x01", b"\x01\x00\x00\x00\x01\x01", b"{"):
    check(registry.decode, message, 1).raises(ValueError, idea="a zero byte and four more, or it is no message of ours")
for unknown in (0, 9, 2**16 + 1, 2**24 + 1):
    check(registry.decode, b"\x00" + unknown.to_bytes(4, "big") + b"\x01", 1).raises(
        KeyError, idea="the writer's schema is not known here; its id has four bytes"
    )
for unknown in (0, 2):
    check(registry.decode, b"\x00\x00\x00\x00\x01\x01", unknown).raises(
        KeyError, idea="the reader's schema is not known here"
    )
for k in range(2, 301):
    registry.register(f"subject {k}", schema)
check(registry.encode, 300, {"n": 1}).equals(b"\x00\x00\x00\x01\x2c\x02", idea="the most significant byte first")
check(registry.decode, b"\x00\x00\x00\x01\x2c\x02", 1).equals({"n": 1}, idea="the most significant byte first")
registry.register("ticks", {"type": "record", "name": "Tick", "fields": []})
check(registry.decode, b"\x00\x00\x00\x01\x2d", 301).equals(
    {}, idea="a record without fields takes no bytes: five are a whole message"
)
### END HIDDEN TESTS

# %% test="e4_rollout" points=2 title="Old and new programs read each other through a change"
old = {"type": "record", "name": "Sale", "fields": [{"name": n, "type": "long"} for n in ("id", "items", "cents")]}
new = old | {
    "fields": [*sorted(old["fields"], key=lambda f: f["name"]), {"name": "city", "type": "string", "default": "?"}]
}
registry = Registry(really_reads)
v1, v2 = registry.register("sales", old, "FULL"), registry.register("sales", new, "FULL")
message = registry.encode(v1, {"id": 7, "items": 3, "cents": 1299})
check(registry.decode, message, v2).equals(
    {"cents": 1299, "id": 7, "items": 3, "city": "?"},
    idea="decode with the schema that the message names, resolve to the reader's",
)
### BEGIN HIDDEN TESTS
later = new | {
    "fields": [f | {"aliases": ["items"], "name": "pieces"} if f["name"] == "items" else f for f in new["fields"]]
}
check(registry.register, "sales", later, "FORWARD").raises(
    ValueError, idea="old readers would look for `items` in vain"
)
v3 = check(registry.register, "sales", later, "BACKWARD_TRANSITIVE").value(
    idea="new readers know the old name by its alias"
)
for seed in range(4):
    rng = seeded(seed)
    facts = {
        "id": int(rng.integers(2**40)),
        "items": int(rng.integers(1, 99)),
        "cents": int(rng.integers(-(10**6), 10**6)),
    }
    full = facts | {"city": "Oslo"}
    pieces = {("pieces" if name == "items" else name): value for name, value in full.items()}
    sent = {v1: facts, v2: full, v3: pieces}
    for writer, reader in product((v1, v2, v3), (v1, v2, v3)):
        if writer == v3 and reader != v3:
            continue
        seen = facts if reader == v1 else sent[reader] | ({"city": "?"} if writer == v1 else {})
        message = (
            check(registry.encode, writer, sent[writer])
            .note(f"seed {seed}")
            .value(idea="a record as its schema has it")
        )
        check(registry.decode, message, reader).note(f"seed {seed}").equals(
            seen, idea="a message of any version, seen by a reader of any version that was promised it"
        )
### END HIDDEN TESTS

# %% [markdown]
r"""
**Vary.** Use your `can_read` and your `Registry` together: register the five schemas of the matrix one after the other,
with `BACKWARD`, then in a new registry with `FULL`. Which is refused first, and does the matrix say so too? (Version 5, for
want of a default; and with `FULL` already version 3, since readers at version 2 know no `long`.)

## Protobuf: numbers are for ever

Protobuf has no writer's schema when it reads. What evolves there rests on the key in front of each value. **Predict**
for each line: does the old program read the new message, with which city, and what becomes of the coupon when it passes
the message on?
"""

# %%
text = 'syntax = "proto3"; message Order {{ int64 id = 1; {} }}'
old = protobuf.build(text.format("string city = 2;"))["Order"]
for change in ("string town = 2; string coupon = 3;", "int64 city = 2;", "string city = 4;"):
    new = protobuf.build(text.format(change))["Order"]
    values = {field.name: 5 if field.type == field.TYPE_INT64 else "Oslo" for field in new.DESCRIPTOR.fields}
    seen = old.FromString(new(**values).SerializeToString())
    kept = new.FromString(seen.SerializeToString()) == new(**values)
    print(f"{change:<36} old program sees city {seen.city!r:>6}; what it passes on is complete: {kept}")

# %% [markdown]
r"""
The first change renames a field and adds one. Names are not on the wire, so the rename does no harm; and the coupon,
which the old program does not know, is among its **unknown fields**, which are passed on untouched. The others fail in
silence: a wire type that does not fit, or a number never heard of, makes an unknown field too, and the city is simply
empty.

In JSON the tables turn: names are all there is. Protobuf's JSON calls a field by its `json_name`, by default the name
in lower camel case, so `unit_price` becomes `unitPrice`. There a rename is what breaks.

Among the types, some share a wire format *and* a meaning, and can be exchanged as long as the values fit both. The rest
either cannot be parsed as each other or, worse, can:
"""

# %%
pair = protobuf.build(
    'syntax = "proto3"; message A { int32 n = 1; } message B { sint32 n = 1; } message C { bool n = 1; }'
)
for n in (1, 2, 3):
    data = pair["A"](n=n).SerializeToString()
    print(f"int32 {n} read as sint32: {pair['B'].FromString(data).n:>2}, as bool: {pair['C'].FromString(data).n}")

# %% [markdown]
r"""
The most treacherous change is to delete a field and give its number to another one, months later. Old messages, and old
programs, still mean the old field by it. Nobody can see that from one version to the next, if the number stood free in
between. Hence `reserved 2;`: the number is out of use for ever, and `protoc` refuses the file that uses it, as long as
somebody does not delete that line too.

The `DESCRIPTOR` of a message class tells what a tool needs to know:
"""

# %%
text = 'syntax = "proto3"; message M { reserved 2, 5 to 7; sint64 unit_price = 1; bytes key = 3; }'
gone = protobuf.build(text)["M"].DESCRIPTOR
for field in gone.fields:
    print(f"{field.number}: {field.name}, {field.json_name} in JSON; is sint64: {field.type == field.TYPE_SINT64}")
described = descriptor_pb2.DescriptorProto()
gone.CopyToProto(described)
print("reserved, first and one past the last:", [(r.start, r.end) for r in described.reserved_range])

# %% [markdown] exercise="e5" title="What breaks between two .proto files" level="stretch" minutes=30 exports=["proto_breaks"]
r"""
Write `proto_breaks(old, new)`, which holds two texts of `.proto` files (proto3) against each other and returns a sorted
list of tuples `(message, number, what)`: the name of a message, a field number in it, and one of four words.

- `"type"`: both versions have the number, with types that do not understand each other on the wire. Types do if they
  are the same, or stand in one of these groups: `int32 int64 uint32 uint64 bool`; `sint32 sint64`; `fixed32 sfixed32`;
  `fixed64 sfixed64`; `string bytes`.
- `"json"`: both versions have the number, under different names in JSON (the descriptor's `json_name`).
- `"lost"`: only `old` has a field with the number, and `new` does not reserve that number.
- `"reused"`: `new` has a field with a number that `old` reserves.

A number may be listed with more than one word. A field that is new under a fresh number breaks nothing, nor does one
that became `optional` or ceased to be. Both texts compile, have no package, and define the same messages; none is
nested. All fields are singular and of scalar types, with or without `optional`; some state a `json_name`. For

- `old`: `syntax = "proto3"; message M { int32 a = 1; string b = 2; bool c = 3; }` and
- `new`: `syntax = "proto3"; message M { sint32 a = 1; string name = 2; reserved 3; }`

the result is `[("M", 1, "type"), ("M", 2, "json")]`.
"""

# %% [markdown] hints="e5" reading="Protocol Buffers language guide (proto3), on updating a message type; DDIA ch. 4, on field tags and schema evolution"
r"""
1. Go by numbers. What can be asked about a number that is in both versions, what about one that only the old has, what
   about one in the new?
2. `fields_by_number` of a descriptor is a mapping from number to field. Make a dict from type to the name of its group,
   so that two types understand each other if the dict says the same of both. Reserved numbers come from the
   `reserved_range` of a `DescriptorProto`, as in the cell above.
3. With `GROUPS = ["int32 int64 uint32 uint64 bool", …, "float", "double"]`, the type constants are `getattr(field,
   "TYPE_" + name.upper())`. Collect the tuples in a set, message by message and number by number, and return it
   `sorted`. A number is reserved if `r.start <= number < r.end`.
"""


# %% solution="e5"
def proto_breaks(old, new):
    """Sorted (message, number, what) for all that breaks between two versions of a .proto file."""
    ### BEGIN SOLUTION
    groups = ["int32 int64 uint32 uint64 bool", "sint32 sint64", "fixed32 sfixed32", "fixed64 sfixed64", "string bytes"]
    enum = descriptor_pb2.FieldDescriptorProto.Type
    group_of = {enum.Value("TYPE_" + kind.upper()): group for group in groups for kind in group.split()}

    def reserves(message, number):
        plain = descriptor_pb2.DescriptorProto()
        message.CopyToProto(plain)
        return any(gap.start <= number < gap.end for gap in plain.reserved_range)

    breaks = set()
    befores, afters = protobuf.build(old), protobuf.build(new)
    for name in befores:
        before, after = befores[name].DESCRIPTOR, afters[name].DESCRIPTOR
        for number, field in before.fields_by_number.items():
            heir = after.fields_by_number.get(number)
            if heir is None:
                if not reserves(after, number):
                    breaks.add((name, number, "lost"))
                continue
            if group_of.get(field.type, field.type) != group_of.get(heir.type, heir.type):
                breaks.add((name, number, "type"))
            if field.json_name != heir.json_name:
                breaks.add((name, number, "json"))
        breaks |= {(name, number, "reused") for number in after.fields_by_number if reserves(before, number)}
    return sorted(breaks)
    ### END SOLUTION


# %% test="e5_type" points=2 title="Types that misunderstand each other, as messages show"
proto = lambda body: 'syntax = "proto3";' + body
check(proto_breaks, proto("message M { int32 a = 1; }"), proto("message M { sint32 a = 1; }")).equals(
    [("M", 1, "type")], idea="the same wire type, and another meaning: 1 would be read as -1"
)
### BEGIN HIDDEN TESTS
plain, marked = proto("message M { int32 a = 1; }"), proto("message M { optional int32 a = 1; }")
for one, other in ((plain, marked), (marked, plain)):
    check(proto_breaks, one, other).equals([], idea="`optional` changes nothing on the wire: the type is the same")
held = {kind: {1, 5, -3} for kind in "int32 int64 sint32 sint64 sfixed32 sfixed64 float double".split()}
held |= {kind: {1, 5} for kind in "uint32 uint64 fixed32 fixed64".split()} | {
    "bool": {1},
    "string": {b"a"},
    "bytes": {b"a"},
}
pairs = list(product(held, repeat=2))
texts = [proto("".join(f"message M{k} {{ {pair[side]} f = 1; }}" for k, pair in enumerate(pairs))) for side in (0, 1)]
made = [protobuf.build(text) for text in texts]


def survives(source, target, kind, value):
    """Whether one version reads the value that the other one wrote; what it cannot place reads as its default."""
    sent = source(f=value.decode() if kind == "string" else value).SerializeToString()
    seen = target.FromString(sent).f
    return (seen.encode() if isinstance(seen, str) else seen) == value


expected = []
for k, (one, other) in enumerate(pairs):
    values = held[one] & held[other] or held[one]
    there = all(survives(made[0][f"M{k}"], made[1][f"M{k}"], one, value) for value in values)
    back = all(
        survives(made[1][f"M{k}"], made[0][f"M{k}"], other, value) for value in held[one] & held[other] or held[other]
    )
    if not (there and back):
        expected.append((f"M{k}", 1, "type"))
result = check(proto_breaks, *texts).value(idea="message by message, field by field")
for k, (one, other) in enumerate(pairs):
    check_value(
        f"what proto_breaks says of {one} becoming {other}", [entry for entry in result if entry[0] == f"M{k}"]
    ).equals(
        [entry for entry in expected if entry[0] == f"M{k}"],
        idea="the groups: can the values that both types hold be read by the other?",
    )
### END HIDDEN TESTS

# %% test="e5_json" points=1 title="Names count in JSON, and nowhere else"
proto = lambda body: 'syntax = "proto3"; message M { ' + body + " }"
check(proto_breaks, proto("string city = 1;"), proto("string town = 1;")).equals(
    [("M", 1, "json")], idea="on the wire there is only the number; in JSON there is only the name"
)
### BEGIN HIDDEN TESTS
names = ["unit_price", "unitPrice", "unitprice", "price", "cost|price", "price|unitPrice"]  # name|json_name
pairs = list(product(names, repeat=2))
texts = ['syntax = "proto3";', 'syntax = "proto3";']
for (k, pair), side in product(enumerate(pairs), (0, 1)):
    name, _, told = pair[side].partition("|")
    option = f'[json_name = "{told}"]' if told else ""
    texts[side] += f"message M{k:02} {{ optional int32 {name} = 7 {option}; }}"
made = [protobuf.build(text) for text in texts]


def understood(source, target):
    """Whether one version reads the JSON that the other one wrote."""
    message = source()
    setattr(message, source.DESCRIPTOR.fields[0].name, 5)
    try:
        return bool(json_format.Parse(json_format.MessageToJson(message), target()).ByteSize())
    except json_format.ParseError:
        return False


result = check(proto_breaks, *texts).value(idea="message by message, field by field")
for k, (one, other) in enumerate(pairs):
    before, after = (kinds[f"M{k:02}"] for kinds in made)
    fine = understood(before, after) and understood(after, before)
    check_value(f"what proto_breaks says of {one} becoming {other}", [e for e in result if e[0] == f"M{k:02}"]).equals(
        [] if fine else [(f"M{k:02}", 7, "json")],
        idea="JSON uses `json_name` (behind the bar here); by default it is the name in lower camel case",
    )
### END HIDDEN TESTS

# %% test="e5_lost" points=1 title="A number that is given up has to be reserved"
proto = lambda body: 'syntax = "proto3"; message M { int32 a = 1; ' + body + " }"
check(proto_breaks, proto("bool c = 3;"), proto("")).equals(
    [("M", 3, "lost")], idea="who keeps the next person from using 3 again?"
)
check(proto_breaks, proto("bool c = 3;"), proto("reserved 3;")).equals(
    [], idea="deleted and reserved: that is how it is done"
)
### BEGIN HIDDEN TESTS
fields = " ".join(f"optional bytes f{k} = {k};" for k in range(10, 31))
check(proto_breaks, proto(fields), proto("reserved 2, 10 to 14, 16; reserved 18 to 20, 22 to max;")).equals(
    [("M", 15, "lost"), ("M", 17, "lost"), ("M", 21, "lost")], idea="ranges, both of whose ends belong to them"
)
check(proto_breaks, proto(""), proto(fields)).equals([], idea="a fresh number breaks nothing")
check(proto_breaks, proto("bool c = 3;"), proto('reserved "c";')).equals(
    [("M", 3, "lost")], idea="that keeps the name out of use; the number is free for anybody"
)
two = 'syntax = "proto3"; message A {{ {} }} message B {{ {} }}'
check(proto_breaks, two.format("int32 a = 1;", "int32 a = 1;"), two.format("reserved 1;", "")).equals(
    [("B", 1, "lost")], idea="each message has its own numbers and reserves its own"
)
### END HIDDEN TESTS

# %% test="e5_reused" points=1 title="A reserved number stays out of use"
proto = lambda body: 'syntax = "proto3"; message M { int32 a = 1; ' + body + " }"
check(proto_breaks, proto("reserved 3;"), proto("bool c = 3;")).equals(
    [("M", 3, "reused")], idea="somebody gave up that number for a reason"
)
### BEGIN HIDDEN TESTS
uses = " ".join(f"optional string f{k} = {k};" for k in range(4, 12))
check(proto_breaks, proto("reserved 2, 5 to 7, 10;"), proto(uses)).equals(
    [("M", k, "reused") for k in (5, 6, 7, 10)],
    idea="all numbers of a range, and none beside it; the list is sorted by number",
)
check(proto_breaks, proto("reserved 5; bool b = 4;"), proto("string z = 5; sint32 y = 4;")).equals(
    [("M", 4, "json"), ("M", 4, "type"), ("M", 5, "reused")],
    idea="each finding has a tuple of its own; the list is sorted",
)
two = 'syntax = "proto3"; message Z {{ {} }} message A {{ {} }}'
check(proto_breaks, two.format("reserved 1;", "reserved 2;"), two.format("bool b = 1;", "bool b = 2;")).equals(
    [("A", 2, "reused"), ("Z", 1, "reused")], idea="the list is sorted, whatever order the messages come in"
)
### END HIDDEN TESTS

# %% [markdown]
r"""
## In practice

**What it costs.** A schema id in front costs five bytes a message, an Avro file header some hundred a file; names in
JSON cost their length, in every record. Compression narrows the gap, since it finds repeated names easily, but it has
to be paid in time, and does little for single short messages. At a hundred times the traffic the format is a line in
the bill.

**Where libraries and specifications part.** fastavro does not check that a default fits its type, looks only at the
name where an enum meets a fixed type, and fails on bytes that are no UTF-8 where the specification lets `bytes` be read
as `string`. Until version 1.11 the specification asked that a union's default fit its *first* branch; later versions
let it fit any. So write `["null", "string"]` with the default `null` first, and every library of any age agrees.
Exercise 3 kept to ground on which fastavro and the specification say the same.

**Rewriting drops what it does not know.** An Avro reader with an old schema skips new fields; if it writes the record
back, with its own schema, they are gone. Protobuf's binary form carries them along, its JSON form refuses them or, if
told to, drops them. A program that reads, changes and writes is the most dangerous one in a rollout.

**Compatible is not correct.** If `cents` comes to mean tenths of a cent, every check of today passes. A changed meaning
takes a new name.

**Defaults are decisions.** "No coupon" and "a coupon field I have not heard of" look alike after resolution. Where the
difference matters, ask for the writer's version.

## Summary

- Varints take seven bits a byte; negative numbers take ten, unless a zigzag folds them; what is cut off is refused.
- The same record is names and text in JSON, keyed values in Protobuf, bare values in Avro; say what you count, and
  carry 64-bit integers in JSON as text.
- A reader's schema can read a writer's if every value has a place to go: by name or alias, by growing, by default.
- A registry names the writer's schema in each message, and keeps backward, forward or full compatibility, with the last
  version or with all.
- Protobuf numbers are for ever: reserve what you give up; a rename breaks only JSON; some types share bytes and not
  meaning.

## Reflection

A team keeps five years of events in a queue and replays all of them into new services. Its registry is set to
`BACKWARD`. Somebody wants to rename `user` to `customer`, on a weekday, without stopping anything.

Write 3 to 5 sentences of advice. Give yourself a point for each: you say whether `BACKWARD` is enough for a replay, and
why; you say what an alias does, and for whom it does nothing; you give the order in which readers and writers are
upgraded; you say what a rollback meets.
"""

# %% [markdown] reflection="reflection"
r"""
`BACKWARD` only holds each version against the last one, and a replay meets them all, so the mode should be
`BACKWARD_TRANSITIVE`. Renaming with the alias `user` passes that: every new reader finds the field in old records,
whichever version wrote them. But an old reader has no alias and no default for `user`, so all the readers have to be
upgraded before the first writer. If a reader is rolled back after that, it cannot read what has been written since. It
would be safer to add `customer` with a default beside `user`, write both for a while, and stop writing `user` when
nobody reads it.
"""

# %% [markdown]
r"""
## Further reading

- *Designing Data-Intensive Applications*, chapter 4: field tags and what may change about them in Protobuf; how Avro
  tells the writer's schema from the reader's, and three ways in which a reader comes by the first. Then the part on
  dataflow: databases, where data outlive code; services; messages.
- Apache Avro specification, *Schema Resolution* and *Parsing Canonical Form*: the rules of exercise 3 at the source,
  with those that we left out; the single-object encoding, Avro's own way of naming the writer's schema, by a
  fingerprint.
- Protocol Buffers documentation, *Encoding* and, in the proto3 language guide, *Updating A Message Type*: the groups of
  exercise 5 and their small print (values that do not fit are cut off as a cast in C++ does it).
- RFC 8259, section 6: what may be expected of numbers in JSON.
"""
