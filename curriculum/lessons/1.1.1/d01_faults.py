# %% [markdown]
r"""
You will break programs on purpose, with full disks, limits, flipped bits and signals, read off what each fault looks like from outside,
and write a program in C that loses nothing when it is killed.

**You will be able to**

- **compute** what redundancy does for availability, and say when it does nothing (exercise 1);
- **detect** pages that are damaged, misplaced or out of date (exercise 2);
- **inject** real faults into a Python program, **classify** what happened and **retry** only what may be retried (exercise 3);
- **handle** signals in C, and **resume** after a crash at any moment (exercise 4).
"""

# %% [markdown]
r"""
## Warm-up: two questions on what you bring along

1. A script calls `file.write("paid")`, and in the next instant somebody pulls the plug. In which three places may the word be?
2. A program ends with `sys.exit(3)`, another is killed. Both print nothing. Who still knows the difference?

<details><summary>Answers</summary>

1. In Python's buffer in the process, in the memory of the operating system, on the disk. `flush` takes it from the first to the second,
   `os.fsync` from the second to the third. Killing the process loses the first, cutting the power the second as well.
2. The operating system, which tells the parent: how a child ended is kept until its parent has asked.

</details>

## Set-up
"""

# %% setup=true
import itertools
import json
import math
import os
import resource
import signal
import struct
import subprocess
import sys
import tempfile
import zlib
from collections import Counter
from pathlib import Path

import numpy as np
from matplotlib import pyplot as plt

from curriculum.lab import check, check_value, figures, native, seeded
from curriculum.lab.faults import WORKER, Child, memory_faults, sealed, watched

figures.style()

PAGE = 128  # bytes of a page
ATTEMPTS = 4  # for one step, the first one included

#: What was observed -> (class, persistence).
KINDS = {
    "ENOSPC": ("hardware", "permanent"),
    "Damaged": ("hardware", "permanent"),
    "SIGKILL": ("hardware", "transient"),
    "timeout": ("software", "transient"),
    "EFBIG": ("software", "permanent"),
    "MemoryError": ("software", "permanent"),
    "ValueError": ("software", "permanent"),
}
UNKNOWN = ("software", "permanent")  # whatever is not in the table


def content(folder, name):
    """The text of a file; None if it is not there."""
    path = Path(folder, name)
    return path.read_text() if path.exists() else None


def records(folder, name="log.jsonl"):
    """What a run wrote into its log, a dict a line."""
    lines = (content(folder, name) or "").splitlines(True)
    keys = {"key", "attempt", "injected", "observed", "class", "persistence"}
    check_value("the lines of the log", lines).satisfies(
        lambda lines: all(line.endswith("\n") and keys <= set(json.loads(line)) for line in lines),
        "whole lines, each a JSON object with the six keys",
        idea="one attempt, one line",
    )
    return [json.loads(line) for line in lines]


def begin(folder, seed, count):
    """Put `count` random numbers into the file `input`; the numbers, and the output that belongs to them."""
    numbers = [int(number) for number in seeded(seed).integers(-500, 500, count)]
    Path(folder, "input").write_text("".join(f"{number}\n" for number in numbers))
    return numbers, "".join(f"{total}\n" for total in itertools.accumulate(numbers))


def checkpoint(numbers):
    """The text of a checkpoint after these numbers."""
    output = "".join(f"{total}\n" for total in itertools.accumulate(numbers))
    return f"{sum(len(f'{number}') + 1 for number in numbers)} {len(output)} {sum(numbers)}\n"


# %% [markdown]
r"""
## Forty-one, and then nothing

A program counts how much of a long job is done. After each part it reads the number, adds one, and writes it back. It closes its file, and never writes a wrong number. Below it is killed at a moment that we choose, as a power cut or a deployment
would choose it for us.

**Predict.** The file held 41. Which numbers can it hold after the kill?
"""

# %%
careful = """
import sys
path = sys.argv[1]
done = int(open(path).read())
with open(path, "w") as file:
    print("file is open", flush=True)
    sys.stdin.readline()
    file.write(str(done + 1))
"""
folder = tempfile.TemporaryDirectory(prefix="d1-")
counter = Path(folder.name, "counter")
_ = counter.write_text("41")
with subprocess.Popen(
    [sys.executable, "-c", careful, counter], stdin=subprocess.PIPE, stdout=subprocess.PIPE
) as process:
    _ = process.stdout.readline()
    process.kill()
print("the counter after the kill:", repr(counter.read_text()))

# %% [markdown]
r"""
Neither 41 nor 42: nothing. Opening a file with `"w"` empties it at once, and the new number was still on its way. No test of its results would show this; the program has a moment at which it must not die, and nobody told the world. The day ends with a
program without such a moment. On the way there you need words for what went wrong, numbers for how often it does, and the means to make it
happen while you watch.

## Three words that are not the same

By the definitions of Avižienis, Laprie, Randell and Landwehr (2004):

- A **failure** is an event that users see: the service delivered is not the correct one any more.
- An **error** is the part of the system's state that may lead to a failure.
- A **fault** is what is held to be the cause of an error: a worn-out cell, a wrong line, a cable that was pulled.

![A chain from fault to error to failure: a dormant fault is activated and becomes an error, the error spreads until users see a failure, and the failure of one part is a fault for the whole that it is in](d01_faults_chain.svg)

The arrows can be cut. A fault may stay *dormant*: the wrong line is never run, the bad sector never read. An error may be mended before it
reaches anyone; that is **fault tolerance**, and it rests on redundancy of some sort: a second disk, a checksum, a second attempt. And the failure of a part is a fault
of the whole: a disk fails, to the database that is a fault, and if there is a replica no user ever hears of it.

Three questions sort faults. *Where from?* **Hardware faults** are mostly independent: one disk's death says little
about the next one's. **Software faults** are *correlated*: the same bug waits in every copy, and one input wakes them all together. **Human errors** lead the
statistics of outages at many services. *How long?* A **transient** fault comes and goes (a bit flipped by radiation, a
reboot), an **intermittent** one returns now and then (a loose contact), a **permanent** one stays until it is repaired. *How does it look from outside?* A part
may **crash** and stay silent, **omit** some answers, answer too late (a **timing** fault), or wrongly (a **value** fault; *Byzantine* if it tells different lies to different listeners). The
last kind is the hardest: silence can be noticed, a plausible lie cannot.

## How often, and for how long

The **hazard rate** $h(t)$ of a part is the rate at which survivors of age $t$ fail: $h(t)\,dt$ is the probability to fail before $t + dt$ for one that has lived to $t$. Lifetimes with a Weibull distribution have

$$h(t) = \frac{\beta}{\eta} \left(\frac{t}{\eta}\right)^{\beta - 1},$$

falling for a shape $\beta < 1$ (bad parts die early), constant for $\beta = 1$ (no memory: an exponential lifetime), rising for $\beta > 1$ (wear). Three causes that compete
independently have the sum of their hazards.

**Predict.** You burn a new server in for a month before you trust it with data. Which of the three causes does this help against?
"""

# %%
years = np.linspace(0.02, 8, 400)
causes = {"early deaths, shape 0.5": (0.5, 60), "chance, shape 1": (1.0, 25), "wear, shape 5": (5.0, 9)}
hazards = {name: beta / eta * (years / eta) ** (beta - 1) for name, (beta, eta) in causes.items()}
fig, ax = plt.subplots(figsize=(6.5, 3))
for name, hazard in hazards.items():
    _ = ax.plot(years, hazard, label=name)
_ = ax.plot(years, sum(hazards.values()), color="black", linestyle="-", linewidth=2, label="all three")
_ = ax.set(title="Young parts and old ones fail most", xlabel="age (years)", ylabel="hazard (per year)", ylim=(0, 0.6))
_ = ax.legend()
figures.show(
    fig,
    alt="Hazard rate against age in years. Early deaths fall, chance stays at 0.04 a year, wear rises from the fifth year on; their sum has the shape of a bathtub.",
)

# %% [markdown]
r"""
Only against the first. Where the sum is flat, age says nothing, and replacing a healthy disk changes nothing either.

A part that is repaired goes up and down by turns. With a mean time to failure MTTF and a mean time to repair MTTR, the share of time that it is up tends to

$$A = \frac{\text{MTTF}}{\text{MTTF} + \text{MTTR}},$$

its steady-state **availability**, whatever the two distributions are, if their means are finite and all lives and repairs are independent. Two ways lead up: fail less
often, or repair faster, which is often cheaper.

Of $n$ such parts let a system need $k$. If the parts are **independent**, the number that is up at a late moment is binomial (unless lives and repairs end on a fixed grid of time), and the system is up with probability
$\sum_{i=k}^{n} \binom{n}{i} A^i (1 - A)^{n - i}$.
"""

# %% [markdown] exercise="e1" title="k out of n" level="warm-up" minutes=15 exports=["availability"]
r"""
Write `availability(mttf, mttr, k, n)`: the steady-state availability, a float, of a system that is up while at least `k` of its `n` parts are. Parts fail
and are repaired independently of each other, with the same means: `mttf > 0` and `mttr >= 0`, in the same unit. `k` and `n` are whole numbers with
`1 <= k <= n`. Anything outside of these ranges is a `ValueError`.

`availability(99, 1, 1, 1)` is `0.99`, `availability(99, 1, 1, 2)` is `0.9999`, and `availability(99, 1, 2, 2)` is `0.9801`. The tests allow a relative difference of $10^{-9}$, and one of $10^{-12}$ in any case.
"""

# %% [markdown] hints="e1" reading="Computer Organization and Design ch. 6 (4th edition; 5.5 in the 5th), on dependability: MTTF, MTTR and availability"
r"""
1. What is the probability that one part is up? That exactly two of three are?
2. There are $\binom{n}{i}$ ways to choose the $i$ parts that are up. Add up over all $i$ that are enough.
3. `up = mttf / (mttf + mttr)`, then `sum(math.comb(n, i) * up**i * (1 - up) ** (n - i) for i in range(k, n + 1))`; the ranges are tested before.
"""


# %% solution="e1"
def availability(mttf, mttr, k, n):
    """Share of time that at least k of n independent parts are up."""
    ### BEGIN SOLUTION
    if not (mttf > 0 and mttr >= 0 and 1 <= k <= n):
        raise ValueError("a time or a number of parts that cannot be")
    up = mttf / (mttf + mttr)
    return sum(math.comb(n, i) * up**i * (1 - up) ** (n - i) for i in range(k, n + 1))
    ### END SOLUTION


# %% test="e1_value" points=2 title="At least k of n parts"
check(availability, 99, 1, 1, 1).close(0.99, idea="the share of time that one part is up")
check(availability, 99, 1, 1, 2).close(0.9999, idea="down only if both are")
check(availability, 99, 1, 2, 2).close(0.9801, idea="up only if both are")
### BEGIN HIDDEN TESTS
check(availability, 5, 0, 2, 3).close(1.0, idea="repaired at once: never down")
for seed in range(4):
    random = seeded(seed)
    mttf, mttr, n = float(random.uniform(1, 100)), float(random.uniform(0.1, 50)), int(random.integers(2, 8))
    share = mttf / (mttf + mttr)  # of the time, in which one part is up
    for k in range(1, n + 1):
        states = [state for state in itertools.product([True, False], repeat=n) if sum(state) >= k]
        expected = sum(share ** sum(state) * (1 - share) ** (n - sum(state)) for state in states)
        check(availability, mttf, mttr, k, n).note(f"seed {seed}").close(
            expected, atol=1e-12, idea=f"added over all {2**n} states of {n} parts, those with at least {k} up"
        )
### END HIDDEN TESTS

# %% test="e1_refused" points=1 title="What cannot be is refused"
check(availability, 10, 1, 3, 2).raises(ValueError, idea="three of two parts")
### BEGIN HIDDEN TESTS
for wrong in ((0, 1, 1, 2), (-3, 1, 1, 2), (10, -1, 1, 2), (10, 1, 0, 2), (10, 1, -1, 2)):
    check(availability, *wrong).raises(ValueError, idea="mttf > 0, mttr >= 0, 1 <= k <= n")
check(availability, 10, 0, 1, 1).equals(1.0, idea="a repair may take no time")
### END HIDDEN TESTS

# %% [markdown]
r"""
The word *independent* carried the whole formula. Let a share $c$ of all downtime $u = 1 - A$ have causes that take down every part at once: one power line, one certificate, one release. With
one part needed out of $n$, the system is up with probability $(1 - cu)\,(1 - ((1 - c)u)^n)$. However large $n$ is, it is down for $cu$ of the time.

**Predict.** Parts are up 99 % of the time, and 1 % of their downtime is shared. How many nines can replication buy?
"""

# %%
parts, u = np.arange(1, 9), 0.01
fig, ax = plt.subplots(figsize=(6.5, 3))
for share in (0, 0.01, 0.1):
    down = 1 - (1 - share * u) * (1 - ((1 - share) * u) ** parts)
    _ = ax.plot(parts, down, marker="o", label=f"{share:.0%} of downtime shared")
_ = ax.set(
    yscale="log", xlabel="replicas, one is enough", ylabel="share of time down", title="A shared cause sets a floor"
)
_ = ax.legend()
figures.show(
    fig,
    alt="Share of time that a system is down against its number of replicas, on a logarithmic axis. Without shared causes each replica divides it by a hundred; "
    "with 1 percent shared it comes to rest at 0.0001 with three replicas, with 10 percent at 0.001 with two.",
)

# %% [markdown]
r"""
Four, and three replicas are practically there: the fourth is wasted. So ask of a design "what do these copies share?" before "how many are there?".

## Answers that are wrong

A crash is honest. A disk that returns other bytes than it was given is not. A **checksum** finds value faults: a
few bytes that follow from the others, so that damage in either makes the two disagree. 

**Predict.** The sum of all bytes is a checksum too. Which everyday damage does it miss?
"""

# %%
for damaged in (b"pay 19 euros", b"pay 82 euros"):
    same_sum = sum(damaged) == sum(b"pay 91 euros")
    same_crc = zlib.crc32(damaged) == zlib.crc32(b"pay 91 euros")
    print(damaged.decode(), "| sum sees nothing:", same_sum, "| CRC sees nothing:", same_crc)

# %% [markdown]
r"""
A **cyclic redundancy check** takes the bits for the coefficients of a polynomial over the field with two elements and keeps the remainder of a division. CRC-32 finds every single flipped bit, and every burst of damage that is at most 32 bits
long. Of damage that has no pattern it misses about one in $2^{32}$. It is no protection against malice: whoever can change the bytes can change the checksum.

It also depends on *what it covers*. A page that is written to the wrong place (a **misdirected** write) is in perfect order, only not the page that was asked for. If its number goes into the sum, this comes out. And if a write never reached
the disk (a **lost** write), the old page is still there, with a valid checksum: nothing within it can tell. One must know from elsewhere how new it has to be. Databases keep in each page the position in their log of its last change, the **LSN**, a number that only
grows.
"""

# %% [markdown] exercise="e2" title="Pages that notice" level="core" minutes=30 exports=["encode_page", "decode_page"]
r"""
A page has `PAGE` = 128 bytes. All numbers in it are unsigned, most significant byte first:

| bytes | what |
| --- | --- |
| 0 to 3 | the checksum |
| 4 to 11 | the LSN |
| 12 and 13 | how many bytes of payload there are |
| from 14 on | the payload, then zeros |

The checksum is `zlib.crc32` of the **page's number in 8 bytes, followed by bytes 4 to 127** of the page. The number itself does not stand in the page. Write

- `encode_page(number, lsn, payload)`: the page, as `bytes`. `number` and `lsn` are from 0 to $2^{64} - 1$. A payload of more than 114 bytes does not fit: `ValueError`;
- `decode_page(number, page, least=0)`: the tuple `(lsn, payload)` of the page with this number, for any `bytes` that a disk may return. `ValueError` if they are not 128 bytes, if the checksum does not fit, or if the LSN is less than `least`: then a later write has been lost.

`decode_page(7, encode_page(7, 500, b"ada 10"), 500)` is `(500, b"ada 10")`. With the number 8, or with `least=501`, it raises `ValueError`.
"""

# %% [markdown] hints="e2" reading="DDIA ch. 8, on weak forms of lying, for damage without malice; Python's documentation of struct"
r"""
1. Build everything after the checksum first; then the checksum is about bytes that you have.
2. `struct.pack(">QH", lsn, len(payload))` are the ten bytes before the payload. `bytes.ljust` fills up. Reading goes the same way back, once the checksum has been found to fit.
3. `body = (struct.pack(">QH", lsn, len(payload)) + payload).ljust(PAGE - 4, b"\0")`, and the page is `struct.pack(">I", zlib.crc32(struct.pack(">Q", number) + body)) + body`. The reader compares the first four bytes with the same sum over
   `page[4:]`.
"""


# %% solution="e2"
def encode_page(number, lsn, payload):
    """The bytes of a page, behind a checksum that covers its number as well."""
    ### BEGIN SOLUTION
    body = (struct.pack(">QH", lsn, len(payload)) + payload).ljust(PAGE - 4, b"\0")
    if len(body) > PAGE - 4:
        raise ValueError("the payload does not fit into a page")
    return struct.pack(">I", zlib.crc32(struct.pack(">Q", number) + body)) + body
    ### END SOLUTION


def decode_page(number, page, least=0):
    """LSN and payload of a page, if it is whole, the right one, and new enough."""
    ### BEGIN SOLUTION
    if len(page) != PAGE:
        raise ValueError("not a page")
    checksum, lsn, size = struct.unpack_from(">IQH", page)
    if checksum != zlib.crc32(struct.pack(">Q", number) + page[4:]):
        raise ValueError("damaged, or another page")
    if lsn < least:
        raise ValueError("an old page: a write was lost")
    return lsn, page[14 : 14 + size]
    ### END SOLUTION


# %% test="e2_format" points=2 title="Pages as the table says"
body = struct.pack(">QH", 500, 6) + b"ada 10" + bytes(108)
page = struct.pack(">I", zlib.crc32(struct.pack(">Q", 7) + body)) + body
check(encode_page, 7, 500, b"ada 10").equals(
    page, idea="checksum, LSN, length, payload, zeros; the sum covers the number and all that follows it"
)
check(decode_page, 7, page).equals((500, b"ada 10"), idea="the LSN and the payload without the zeros behind it")
### BEGIN HIDDEN TESTS
for seed in range(6):
    random = seeded(seed)
    number, lsn = (int(random.integers(0, 2**64, dtype=np.uint64)) for _ in "ab")
    payload = random.bytes(int(random.integers(0, 115)) if seed else 114)
    body = (struct.pack(">QH", lsn, len(payload)) + payload).ljust(124, b"\0")
    page = struct.pack(">I", zlib.crc32(struct.pack(">Q", number) + body)) + body
    check(encode_page, number, lsn, payload).note(f"seed {seed}").equals(
        page, idea="numbers are most significant byte first"
    )
    check(decode_page, number, page).note(f"seed {seed}").equals(
        (lsn, payload), idea="a payload may be empty, and may end in zeros"
    )
check(decode_page, 0, encode_page(0, 0, b"\0\0")).equals(
    (0, b"\0\0"), idea="a payload may end in zeros: its length says where it ends"
)
### END HIDDEN TESTS

# %% test="e2_damage" points=3 title="Every flipped bit, torn, misdirected and cut pages"
body = struct.pack(">QH", 500, 6) + b"ada 10" + bytes(108)
page = struct.pack(">I", zlib.crc32(struct.pack(">Q", 7) + body)) + body
check(decode_page, 8, page).raises(ValueError, idea="page 7 where page 8 should be: the sum covers the number")
check(decode_page, 7, page[:50] + b"\x01" + page[51:]).raises(
    ValueError, idea="a changed byte behind the payload is damage too"
)
### BEGIN HIDDEN TESTS
for bit in range(8 * PAGE):
    flipped = bytearray(page)
    flipped[bit // 8] ^= 1 << bit % 8
    check(decode_page, 7, bytes(flipped)).note(f"bit {bit} is flipped").raises(
        ValueError, idea="one bit, anywhere in the page"
    )
other = struct.pack(">QH", 501, 100) + bytes(range(100)) + bytes(14)
other = struct.pack(">I", zlib.crc32(struct.pack(">Q", 7) + other)) + other
check(decode_page, 7, other[:64] + page[64:]).raises(ValueError, idea="torn: the first half is new, the second old")
for wrong in (b"", page[:3], page[:13], page[:64], page[:-1], page + b"\0", bytes(PAGE)):
    check(decode_page, 7, wrong).raises(
        ValueError, idea="whatever the disk returns: not 128 bytes, or bytes that do not fit their sum"
    )
### END HIDDEN TESTS

# %% test="e2_lost" points=1 title="A lost write is noticed by the LSN"
body = struct.pack(">QH", 500, 6) + b"ada 10" + bytes(108)
page = struct.pack(">I", zlib.crc32(struct.pack(">Q", 7) + body)) + body
check(decode_page, 7, page, 501).raises(ValueError, idea="a page with LSN 500 cannot hold the change 501")
check(decode_page, 7, page, 500).equals((500, b"ada 10"), idea="as new as it has to be")
### BEGIN HIDDEN TESTS
check(decode_page, 7, page, least=2**64 - 1).raises(ValueError, idea="least may be any LSN")
check(decode_page, 7, page, least=3).equals((500, b"ada 10"), idea="newer than it has to be is fine")
### END HIDDEN TESTS

# %% test="e2_full" points=1 title="What does not fit is refused"
check(encode_page, 1, 1, bytes(115)).raises(ValueError, idea="114 bytes is the most")
check(encode_page, 1, 1, bytes(114)).satisfies(
    lambda page: len(page) == PAGE, "a page of 128 bytes", idea="114 bytes fit"
)

# %% [markdown]
r"""
## What the operating system says

A program in trouble hears of it from its operating system. A system call that cannot be done returns an **errno**: `ENOSPC`, no space left; `EFBIG`, larger than a
file may be; `ENOMEM`. Python makes an exception of it. A process that may not go on gets a **signal**, and if it does not handle it, it is ended; its parent sees a negative number. And sometimes there is **silence**: the process may be
slow, stopped, or waiting for something that never comes, and no observer can tell which. One waits for a time of one's choice, and gives up. A timeout is a decision, not a discovery.

All of it can be had without breaking anything (on Linux; elsewhere in a container or WSL). `/dev/full` is a disk that is always full. `resource.setrlimit` sets limits for a process. Signals can be sent.
"""

# %%
programs = {
    "a full disk": "open('/dev/full', 'w', buffering=1).write('paid\\n')",
    "a limit on files": "import resource, tempfile; file = tempfile.TemporaryFile(buffering=0); "
    "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)); file.write(b'paid')",
    "a limit on memory": "import resource; resource.setrlimit(resource.RLIMIT_AS, (1 << 27, 1 << 27)); bytes(1 << 28)",
    "a signal": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
}
for name, program in programs.items():
    ended = subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True)
    said = (ended.stderr.splitlines() or ["(nothing)"])[-1]
    print(f"{name:18} return code {ended.returncode:3}   last words: {said}")

# %% [markdown]
r"""
What the observer sees is a *symptom*. `ENOSPC` comes from a disk that is too small, from a log that a bug fills, and from a quota; the errno says what happened, never why. To act, one needs a table of what to assume. Ours, `KINDS` in
the set-up, is a convention like every such table:

| observed | stands for | class | persistence |
| --- | --- | --- | --- |
| `ENOSPC` | the disk has no room | hardware | permanent |
| `Damaged` | bits have changed | hardware | permanent |
| `SIGKILL` | the machine under it was gone | hardware | transient |
| `timeout` | it hangs | software | transient |
| `EFBIG`, `MemoryError` | it wants more than it was granted | software | permanent |
| `ValueError` | an input that it does not expect | software | permanent |
| anything else | something nobody has thought of yet | software | permanent |

*Permanent* means: the same attempt again will end the same. So retry what is transient, and nothing else: a retry of the rest adds load and hides the cause.

A retry has a trap. If the answer is missing, the work may have been done all the same, and only the answer was lost. Doing it again pays twice. The way out is an **idempotency key**: a name that is the same in
every attempt, by which the server knows what it has done already. "At least once" by the client and "at most once" by the server make one effect.
"""

# %%
with tempfile.TemporaryDirectory() as here:
    request, ledger = os.path.join(here, "request"), os.path.join(here, "ledger")
    _ = Path(request).write_bytes(sealed("rent", 700))
    for attempt in (1, 2):
        child = Child(WORKER, request, ledger)
        print("attempt", attempt, "says", child.hear(10))
        child.send(signal.SIGKILL) if attempt == 1 else child.go_on()
        print("and then      ", child.hear(10))
        child.end()
    print("the ledger:", Path(ledger).read_text().split())

# %% [markdown]
r"""
`WORKER` is the program that you will torment (it is in `curriculum/lab/faults.py`). It reads a request, checks it, asks for 256 MB of memory, writes a line into the ledger unless it is there, and says `written`. Told to go on, it says `done`. The cruellest moment is between the two: the effect is there, and nobody knows.
"""

# %% [markdown] exercise="e3" title="Inject, observe, log" level="core" minutes=45 goals=[1] exports=["run"]
r"""
Write `run(program, plan, folder, patience)`. `program` is the text of a program such as `WORKER`; `plan` is a list of steps, dicts such as `{"key": "rent", "amount": 700, "faults": ["killed", "hang"]}`; `folder` is the path of a folder; `patience` is in seconds. Steps are done in their order.
**Attempt number $i$** of a step (from 1 on) suffers the $i$-th of its `faults`; attempts beyond the list suffer none (`None`). One attempt:

1. the bytes `sealed(key, amount)` are written to the file `request` in the folder, in place of an earlier one. The key is the step's own, in all its attempts;
2. `Child(program, request, ledger, limits)` starts the program, where `request` is the path of that file, `ledger` that of the file `ledger` in the folder, and `limits` is empty;
3. messages are heard by `child.hear(patience)`: `{"state": "written"}` is answered by `child.go_on()`; only `{"state": "done"}` is success. The others are below, and may come before `written` or after it;
4. whatever happened, `child.end()` makes sure that the program is gone.

| fault | what is different |
| --- | --- |
| `"disk_full"` | `ledger` is the path `/dev/full` |
| `"file_limit"` | `limits` is `{resource.RLIMIT_FSIZE: 0}` |
| `"memory_limit"` | `limits` is `{resource.RLIMIT_AS: 1 << 27}` |
| `"bit_rot"` | after sealing, one bit of the request is flipped (any one) |
| `"bad_input"` | the text `"ten"` is sealed in place of the amount |
| `"killed"` | when it says `written` (if it does) it is not told to go on, but sent `SIGKILL` |
| `"hang"` | when it says `written` (if it does) it is not told to go on, but sent `SIGSTOP` |

**Observed** is what the program and the system told, whatever was injected: `None` after `done`; the text `error` of a message `{"state": "failed", "error": "ENOSPC"}`; the text `by` of `{"state": "ended", "by": "SIGKILL"}`, which says how it ended without a word; and `"timeout"` if `hear` raised `TimeoutError`.

After each attempt, and before the next starts, one line of JSON is **appended** to the file `log.jsonl` in the folder, and has left Python's buffer: an object with the keys `key`, `attempt`, `injected` (the fault's name or `null`), `observed`, `class` and `persistence`. The last two come from `KINDS`, or are `UNKNOWN` for what is not in it; both are `null`
if nothing was observed. Nothing else is in it, no time, no process number: the same plan gives the same log.

A step whose fault was transient is attempted again, up to `ATTEMPTS` = 4 in all; else it is over. `run` returns the list of keys of the steps that ended in `done`.

The cell proposes a second function, `attempted`, for one attempt. It is yours to keep or not: only `run` is tested.

For `[{"key": "rent", "amount": 700, "faults": ["killed"]}]` it returns `["rent"]`, the ledger has the one line `rent 700`, and the log has two lines, the first of which reads
`{"key": "rent", "attempt": 1, "injected": "killed", "observed": "SIGKILL", "class": "hardware", "persistence": "transient"}`.
"""

# %% [markdown] hints="e3" reading="DDIA ch. 8, on faults and partial failures and on timeouts and unbounded delays; Python's documentation of signal and resource"
r"""
1. Two functions: one for one attempt, which returns what was observed; one that walks through the plan, writes the log and decides whether to try again. Begin with attempts without faults.
2. In the first, all faults but two only change what goes into `Child`; the two others change what is done after `written`. `try: … except TimeoutError: return "timeout"`, and `finally: child.end()`. It may say `failed` in place of `written`.
3. `message = child.hear(patience)`; if its state is `written`, then `child.send(signal.SIGKILL)`, `child.send(signal.SIGSTOP)` or `child.go_on()`, and hear again. Then `None if message["state"] == "done" else message.get("error") or message["by"]`. The log: `with open(path, "a") as file` around each line; leaving the block empties the buffer.
"""


# %% solution="e3"
def attempted(program, step, fault, folder, patience):
    """What is observed when one attempt of a step suffers a fault; None if it ends well."""
    ### BEGIN SOLUTION
    request, ledger = Path(folder, "request"), Path(folder, "ledger")
    data = bytearray(sealed(step["key"], "ten" if fault == "bad_input" else step["amount"]))
    if fault == "bit_rot":
        data[-1] ^= 1
    request.write_bytes(data)
    limits = {"file_limit": {resource.RLIMIT_FSIZE: 0}, "memory_limit": {resource.RLIMIT_AS: 1 << 27}}
    child = Child(program, request, "/dev/full" if fault == "disk_full" else ledger, limits.get(fault))
    try:
        message = child.hear(patience)
        if message["state"] == "written":
            if fault in ("killed", "hang"):
                child.send(signal.SIGKILL if fault == "killed" else signal.SIGSTOP)
            else:
                child.go_on()
            message = child.hear(patience)
    except TimeoutError:
        return "timeout"
    finally:
        child.end()
    return None if message["state"] == "done" else message.get("error") or message["by"]
    ### END SOLUTION


def run(program, plan, folder, patience):
    """Run a plan of steps and faults, log each attempt, try transient faults again; the keys that were done."""
    ### BEGIN SOLUTION
    done = []
    for step in plan:
        for attempt in range(1, ATTEMPTS + 1):
            injected = step["faults"][attempt - 1] if attempt <= len(step["faults"]) else None
            observed = attempted(program, step, injected, folder, patience)
            kind, persistence = KINDS.get(observed, UNKNOWN) if observed else (None, None)
            line = {"key": step["key"], "attempt": attempt, "injected": injected, "observed": observed}
            with open(Path(folder, "log.jsonl"), "a") as log:
                log.write(json.dumps({**line, "class": kind, "persistence": persistence}) + "\n")
            if observed is None:
                done.append(step["key"])
            if persistence != "transient":
                break
    return done
    ### END SOLUTION


# %% test="e3_observed" points=3 title="What really happened stands in the log"
faults = ["disk_full", "file_limit", "memory_limit", "bit_rot", "bad_input"]
plan = [{"key": fault, "amount": 5, "faults": [fault]} for fault in faults]
plan += [{"key": "rent", "amount": 700, "faults": ["killed"]}, {"key": "fine", "amount": -3, "faults": []}]
with tempfile.TemporaryDirectory() as here:
    _ = check(run, WORKER, plan, here, 5.0).value(idea="faults are what it is made for: none of them ends it")
    seen = {line["key"]: line["observed"] for line in records(here) if line["attempt"] == 1}
    check_value("observed in the first attempt of each step", seen).equals(
        dict(
            zip([*faults, "rent", "fine"], ["ENOSPC", "EFBIG", "MemoryError", "Damaged", "ValueError", "SIGKILL", None])
        ),
        idea="what the program or the system said, by name",
    )
    ### BEGIN HIDDEN TESTS
idle = 'print(\'{"state": "written"}\', flush=True)\ninput()\nprint(\'{"state": "done"}\', flush=True)'
plan = [{"key": fault, "amount": 1, "faults": [fault]} for fault in ("file_limit", "bit_rot", "disk_full")]
with tempfile.TemporaryDirectory() as here:
    _ = check(run, idle, plan, here, 5.0).value(idea="it should end well")
    check_value(
        "observed of a program that writes and reads nothing", [line["observed"] for line in records(here)]
    ).equals([None, None, None], idea="a fault that stays dormant: it is there, and nothing meets it")
failing = 'print(\'{"state": "failed", "error": "EFBIG"}\', flush=True)\ninput()'
late = idle.replace('"done"', '"failed", "error": "ENOSPC"')
for program, faults, observed in ((failing, ["killed"], "EFBIG"), (late, [], "ENOSPC")):
    with tempfile.TemporaryDirectory() as here:
        check(run, program, [{"key": "a", "amount": 1, "faults": faults}], here, 5.0).equals(
            [], idea="it said that it has failed"
        )
        check_value("observed of a program that fails", [line["observed"] for line in records(here)]).equals(
            [observed], idea="it may fail before it has written anything, and also after it was told to go on"
        )
    ### END HIDDEN TESTS

# %% test="e3_kinds" points=2 title="Class and persistence by the table"
with tempfile.TemporaryDirectory() as here:
    plan = [{"key": "a", "amount": 1, "faults": ["killed"]}, {"key": "b", "amount": 1, "faults": ["disk_full"]}]
    _ = check(run, WORKER, plan, here, 5.0).value(idea="it should end well")
    check_value("class and persistence", [(line["class"], line["persistence"]) for line in records(here)]).equals(
        [("hardware", "transient"), (None, None), ("hardware", "permanent")],
        idea="by what was observed; null where nothing was",
    )
    ### BEGIN HIDDEN TESTS
for error in ("EACCES", "KeyError"):
    odd = f'print(\'{{"state": "failed", "error": "{error}"}}\', flush=True)'
    with tempfile.TemporaryDirectory() as here:
        _ = check(run, odd, [{"key": "a", "amount": 1, "faults": []}], here, 5.0).value(
            idea="an error that is not in the table is no reason to fail"
        )
        check_value(
            f"class and persistence of {error}", [(line["class"], line["persistence"]) for line in records(here)]
        ).equals([("software", "permanent")], idea="UNKNOWN for what is not in KINDS")
for last, by in (("os.abort()", "SIGABRT"), ("sys.exit(3)", "status 3")):
    with tempfile.TemporaryDirectory() as here:
        _ = check(run, f"import os, sys\n{last}", [{"key": "a", "amount": 1, "faults": []}], here, 5.0).value(
            idea="it may end without a word"
        )
        check_value(
            f"observed, class and persistence after {last}",
            [(line["observed"], line["class"], line["persistence"]) for line in records(here)],
        ).equals([(by, "software", "permanent")], idea="how it ended is observed, and it is not in KINDS")
    ### END HIDDEN TESTS

# %% test="e3_retry" points=2 title="Transient faults are tried again, and no others"
with tempfile.TemporaryDirectory() as here:
    plan = [
        {"key": "a", "amount": 1, "faults": ["killed", "bit_rot"]},
        {"key": "b", "amount": 1, "faults": ["killed", "killed"]},
    ]
    check(run, WORKER, plan, here, 5.0).equals(
        ["b"], idea="the first step ends in damage, the second is well in its third attempt"
    )
    check_value("key and attempt of each line", [(line["key"], line["attempt"]) for line in records(here)]).equals(
        [("a", 1), ("a", 2), ("b", 1), ("b", 2), ("b", 3)], idea="a permanent fault ends the step"
    )
    ### BEGIN HIDDEN TESTS
with tempfile.TemporaryDirectory() as here:
    plan = [{"key": "a", "amount": 1, "faults": ["killed"] * 6}, {"key": "b", "amount": 1, "faults": ["killed"] * 3}]
    plan += [{"key": "c", "amount": 1, "faults": ["killed", "killed", "bad_input"]}]
    check(run, WORKER, plan, here, 5.0).equals(["b"], idea="four attempts in all, then give up and do the next step")
    check_value("attempts of each step", dict(Counter(line["key"] for line in records(here)))).equals(
        {"a": 4, "b": 4, "c": 3}, idea="attempt i suffers fault number i; ATTEMPTS counts the first one too"
    )
    check(run, WORKER, [], here, 5.0).equals([], idea="an empty plan")
    ### END HIDDEN TESTS

# %% test="e3_effect" points=2 title="One effect, however many attempts"
with tempfile.TemporaryDirectory() as here:
    _ = check(run, WORKER, [{"key": "rent", "amount": 700, "faults": ["killed", "killed"]}], here, 5.0).value(
        idea="it should end well"
    )
    check_value("the ledger after three attempts", content(here, "ledger")).equals(
        "rent 700\n", idea="the key is the step's own, in every attempt: so the program knows it again"
    )
    ### BEGIN HIDDEN TESTS
for seed in range(2):
    random = seeded(seed)
    plan = [
        {"key": f"step {n}", "amount": int(random.integers(1, 99)), "faults": ["killed"] * int(random.integers(0, 3))}
        for n in range(3)
    ]
    with tempfile.TemporaryDirectory() as here:
        _ = check(run, WORKER, plan, here, 5.0).value(idea="it should end well")
        check_value(f"the ledger (seed {seed})", content(here, "ledger")).equals(
            "".join(f"{step['key']} {step['amount']}\n" for step in plan),
            idea="each amount once, in the order of the plan",
        )
    ### END HIDDEN TESTS

# %% test="e3_log" points=2 title="A log that outlives its writer"
spying = """
import os, sys
here = os.path.dirname(sys.argv[1])
log, seen = os.path.join(here, "log.jsonl"), os.path.join(here, f"seen {len(os.listdir(here))}")
with open(seen, "w") as file:
    file.write(open(log).read() if os.path.exists(log) else "")
"""
spying += WORKER
plan = [{"key": "a", "amount": 1, "faults": ["killed", "killed"]}, {"key": "b", "amount": 2, "faults": ["bad_input"]}]
with tempfile.TemporaryDirectory() as here:
    _ = check(run, spying, plan, here, 5.0).value(idea="it should end well")
    seen = sorted(len(records(here, name)) for name in os.listdir(here) if name.startswith("seen"))
    check_value("lines in the log at the start of each attempt", seen).equals(
        [0, 1, 2, 3],
        idea="if the writer dies now, what it knows must be in the file: each line is written before the next attempt",
    )
    ### BEGIN HIDDEN TESTS
    first = content(here, "log.jsonl")
    _ = check(run, WORKER, [{"key": "c", "amount": 1, "faults": []}], here, 5.0).value(idea="it should end well")
    check_value("lines after a second run", len(records(here))).equals(5, idea="a log is appended to")
    check_value("the first lines are the same as before", content(here, "log.jsonl").startswith(first)).equals(
        True, idea="what is logged stays"
    )
    check_value("keys of an object in the log", sorted(records(here)[0])).equals(
        ["attempt", "class", "injected", "key", "observed", "persistence"], idea="these six"
    )
with tempfile.TemporaryDirectory() as here:
    _ = check(run, WORKER, plan, here, 5.0).value(idea="it should end well")
    check_value("the log of the same plan, in another folder", content(here, "log.jsonl")).equals(
        first, idea="nothing in it depends on the moment"
    )
    ### END HIDDEN TESTS

# %% test="e3_alone" points=2 title="Silence is a timeout, and nobody is left behind"
with tempfile.TemporaryDirectory() as here:
    _ = check(run, WORKER, [{"key": "a", "amount": 1, "faults": ["hang", "killed"]}], here, 1.5).value(
        idea="it should end well"
    )
    seen = [line["observed"] for line in records(here)]
    check_value("observed first, of a program that is stopped", seen[:1]).equals(
        ["timeout"], idea="who kills a program that hangs has observed silence, and no SIGKILL"
    )
    check_value("observed after that (EAGAIN is said by a worker that finds another one alive)", seen[1:]).satisfies(
        # A timeout where it takes a busy machine so long to start a program: that is observed, and right.
        lambda seen: seen != [] and set(seen) <= {"SIGKILL", "timeout", None},
        "SIGKILL, and then None",
        idea="a program that was given up may wake up later: end it before the next attempt",
    )

# %% [markdown]
r"""
A small campaign, by your exercise 3:
"""

# %%
with tempfile.TemporaryDirectory() as here:
    plan = [
        {"key": fault, "amount": 1, "faults": [fault]} for fault in ("killed", "disk_full", "memory_limit", "bit_rot")
    ]
    done = run(WORKER, plan, here, 5.0)
    for line in records(here):
        print(
            f"{line['key']:13} attempt {line['attempt']}  {line['observed'] or 'done':12} {line['class'] or '':9} {line['persistence'] or ''}"
        )
    print("done:", done)

# %% [markdown]
r"""
## Signals in C

Now to the other side: to be the program that is hit. A **signal** interrupts a program between any two instructions and runs a *handler*, if there is one, in the middle of whatever was going on. That may have been `malloc`, with its lists half changed, or `printf` with its lock held. A handler that calls
`printf` then waits forever for a lock that it holds itself, or corrupts memory, after a thousand runs in which all was well. POSIX lists the functions that are **async-signal-safe**: `write`, `open`, `close`, `fsync`, `raise`, `signal`, `sigaction` and `_exit` are; `printf`, `malloc`, `exit` and everything of stdio are not. In short:

- a handler for a *request* (`SIGTERM`: please end) only sets a flag, of the type `volatile sig_atomic_t`; the program looks at it where it suits it;
- a handler for a *fault* (`SIGSEGV`: you have touched memory that is not yours) cannot mend anything. It may leave a note, and then must let the program die **of that signal**: set the default action back and `raise` it again, so that the parent, the core dump and the log tell the truth;
- `SIGKILL` has no handler. So the program must be right without any.

A stack that is used up raises `SIGSEGV` as well, and then there is no stack for the handler to run on. `sigaltstack` names another piece of memory for it, and the flag `SA_ONSTACK` of `sigaction` uses it.

**Predict.** The program below recurses until its stack is used up. Its handler writes one word. When is it seen?
"""

# %%
deep = r"""
#define _XOPEN_SOURCE 700
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static void on_segv(int number) { _exit(write(1, "caught", 6) == 6 ? number : 1); }
static int deeper(volatile int n) { volatile char frame[4096]; frame[0] = 1; return n < 0 ? 0 : deeper(n + 1) + frame[0]; }

int main(int count, char **arguments)
{
    static char stack[1 << 16];
    stack_t other = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction action = {.sa_handler = on_segv, .sa_flags = SA_ONSTACK};
    (void)arguments;
    if (count > 1)
        sigaltstack(&other, NULL);
    sigaction(SIGSEGV, &action, NULL);
    return deeper(0);
}
"""

# %%
program = native.build(deep, sanitize=False)
for name, arguments in (("the one stack", []), ("a stack of its own", ["yes"])):
    ended = program.run(*arguments)
    print(f"handler on {name:19}: says {ended.stdout!r:9} ended by {ended.signal or 'its handler'}")

# %% [markdown]
r"""
## A checkpoint that is old or new, and nothing in between

What remains is `SIGKILL`, and the power cut behind it. The idea is that of our counter, done right: never change what you may need. Write the new state into **another file**; when all of it is safe, give it the old one's name. On a POSIX file system `rename` replaces a name in one step: whoever looks finds the old file or the new one. Three calls of
`fsync` belong to it, and none can be left out:

1. the **data** that the checkpoint speaks of, before the checkpoint speaks: else it may vouch for output that the power cut took;
2. the **new file**, before the rename: else the new name may lead to an empty file;
3. the **folder**, after it: names live in the folder, and until that is written the old name may come back. That is no harm, unless the program has gone on as if it could not.

A killed process shows none of this: what it wrote is in the memory of the operating system, which lives on, so a program without any `fsync` passes every test with `kill -9`. Only a power cut tells, or somebody who watches the calls. The tests do: your program is linked with wrappers (the linker's `--wrap=fsync` sends each call to `__wrap_fsync`), which note every call, and strike at the one that is asked for.

On restart, the output may be longer than the checkpoint says: what was written after it. That rest is cut off and made again. So the output is right to the byte although some of the work was done twice: an effect once, by the same trick as before.
"""

# %% [markdown] exercise="e4" title="A worker that survives its own crash" level="core" minutes=60 goals=[2] exports=["worker_c"]
r"""
Complete the C program `worker_c`. In its working directory the file `input` has a whole number in each line. For each it writes the sum of the numbers so far, in a line, to the file `output`. `load`, which reads the file `checkpoint`, and `step`, which does one record, are there. You write what is missing:

- `write_all(file, bytes, count)` writes all of the bytes. A `write` may be interrupted before it has begun (`errno` is `EINTR`), or write only a part: go on with what is left. Any other failure: `die()`.
- `save(output, state)`, in this order: makes the output durable; writes `text` (`size` bytes) into a new file with a name of your choice, and makes that durable; renames it to `checkpoint`; makes the folder `.` durable (open it for reading, `fsync`), each time. If any of these calls fails: `die()`.
- `install()` and the handlers, by `sigaction`. **SIGTERM**: the record that is being done is finished, the state is saved, and the program ends with **status 0**. **SIGSEGV**: on a stack of its own of `STACK` bytes, the handler writes the file `crash`, whose whole content is then the line `SIGSEGV` (a note that is there is replaced), and lets the signal end the program: whoever waits for it sees that `SIGSEGV` did it. No handler calls a function that is not async-signal-safe.
- the rest of `main`: cuts `output` to `state.written` bytes and goes on writing there, and reading `input` at `state.read`; does steps until there are no more, or `stop` is set; saves after every `EVERY` = 4 records that it has done since it was started, and once at the end. Everything that fails: `die()`.

Killed at any moment, as often as you like, and started again until it ends with status 0, it leaves the same output as if nothing had happened. For writing use `open`, `write`, `ftruncate`, `fsync` (or `fdatasync`) and `rename`, the calls that the tests watch, and no stdio. It is compiled as C11, and a warning is an error: look at what each call returns, also in a handler.

For the input `5`, `-2`, `4` the output is `5`, `3`, `7`, and the checkpoint is `7 6 7`: bytes read, bytes written, sum. To try it: `watched(worker_c, folder)` runs it in a folder with an `input` and returns how it ended and its calls; `watched(worker_c, folder, 5, "KILL")` kills it at the fifth.
"""

# %% [markdown] hints="e4" reading="The manual pages signal-safety(7), sigaction(2), sigaltstack(2), rename(2) and fsync(2); DDIA ch. 1 on reliability"
r"""
1. First without signals: `write_all`, `save`, `main`. Run it twice; kill it with `watched(…, at, "KILL")` at each call and look at the three files. Then the handlers.
2. `write` returns how much it wrote, or -1. `save` is a chain of calls, each tested. In `main`: `ftruncate`, `lseek` to the end (or `state.written`), `fseek`, then one loop whose condition is `!stop && step(…)`. The handler for SIGTERM is one assignment.
3. `struct sigaction action = {.sa_handler = on_segv, .sa_flags = SA_ONSTACK};` `sigemptyset(&action.sa_mask);` `stack_t other = {.ss_sp = stack, .ss_size = sizeof stack};` with a `static char stack[STACK]`; `sigaltstack(&other, NULL)`, `sigaction(SIGSEGV, &action, NULL)`. In the handler: `open`, `write`, `close`, `signal(number, SIG_DFL)`, `raise(number)`.
"""

# %% solution="e4" source="d01_faults_worker.c" as="worker_c"
worker_c = ...

# %% test="e4_output" points=2 title="Totals, and a checkpoint to go on from"
with tempfile.TemporaryDirectory() as here:
    _ = Path(here, "input").write_text("5\n-2\n4\n")
    check_value("how it ends", watched(worker_c, here)[0]).equals("status 0", idea="nothing went wrong")
    check_value("the output for 5, -2, 4", content(here, "output")).equals(
        "5\n3\n7\n", idea="the sum so far, a line for each number"
    )
    check_value("the checkpoint", content(here, "checkpoint")).equals("7 6 7\n", idea="saved at the end as well")
    ### BEGIN HIDDEN TESTS
    with open(Path(here, "input"), "a") as file:
        _ = file.write("10\n1\n")
    ended, calls = watched(worker_c, here)
    check_value("the output after two more numbers", (ended, content(here, "output"))).equals(
        ("status 0", "5\n3\n7\n17\n18\n"), idea="it goes on where the checkpoint says"
    )
    check_value(
        "bytes written to the output for them",
        sum(int(call.split()[2]) for call in calls if call.startswith("write output")),
    ).equals(6, idea="what the checkpoint covers is not done again")
with tempfile.TemporaryDirectory() as here:
    for count in (0, 9):
        numbers, expected = begin(here, count, count)
        memory_faults(worker_c, here)
        check_value(f"the output for {count} numbers (seed {count})", content(here, "output")).equals(
            expected, idea="an empty input gives an empty output"
        )
    ### END HIDDEN TESTS

# %% test="e4_killed" points=3 title="Killed at any call, and nothing is lost or done twice"
with tempfile.TemporaryDirectory() as here:
    _, expected = begin(here, 0, 6)
    check_value("how it ends when it is killed at its fourth call", watched(worker_c, here, 4, "KILL")[0]).equals(
        "SIGKILL", idea="nobody handles that"
    )
    check_value("how it ends when it is started again", watched(worker_c, here)[0]).equals(
        "status 0", idea="the checkpoint is the old one or the new one"
    )
    check_value("the output (seed 0)", content(here, "output")).equals(
        expected, idea="cut the output to what the checkpoint covers, then go on"
    )
    ### BEGIN HIDDEN TESTS
    with open(Path(here, "output"), "a") as file:
        _ = file.write("123456\n" * 3)
    check_value(
        "how it ends, and the output, where there is more of it than the checkpoint says",
        (watched(worker_c, here)[0], content(here, "output")),
    ).equals(("status 0", expected), idea="the rest is cut off: nobody vouches for it")
with tempfile.TemporaryDirectory() as here:
    begin(here, 1, 6)
    calls = watched(worker_c, here)[1]
again = [int(n) for n in seeded(2).integers(1, len(calls) + 1, len(calls) + 1)]
for at in range(1, len(calls) + 1):
    with tempfile.TemporaryDirectory() as here:
        _, expected = begin(here, 1, 6)
        _ = watched(worker_c, here, at, "KILL")
        _ = watched(worker_c, here, again[at], "KILL")
        ended = watched(worker_c, here)[0]
        check_value(
            f"how it ends after a kill at call {at} ({calls[at - 1]}), one at call {again[at]}, and a start (seeds 1, 2)",
            ended,
        ).equals("status 0", idea="there must be a checkpoint that can be read at every moment")
        check_value("and its output", content(here, "output")).equals(
            expected, idea="the same as without the kills, byte for byte"
        )
    ### END HIDDEN TESTS

# %% test="e4_term" points=2 title="SIGTERM: finish the record, save, status 0"
with tempfile.TemporaryDirectory() as here:
    numbers, expected = begin(here, 3, 6)
    calls = watched(worker_c, here)[1]
first = next((n for n, call in enumerate(calls, 1) if call.startswith("write output")), 1)
for at in range(first, len(calls) + 1):
    with tempfile.TemporaryDirectory() as here:
        _ = begin(here, 3, 6)
        ended, until = watched(worker_c, here, at, "TERM")
        check_value(f"how it ends with SIGTERM at call {at}", ended).equals(
            "status 0", idea="it is a request, and it is followed in good order"
        )
        before = [
            call
            for call in itertools.takewhile(lambda call: call != "struck", until)
            if call.startswith("write output")
        ]
        whole = expected[: sum(int(call.split()[2]) for call in before)].count("\n")
        output = content(here, "output")
        lines = (output or "").count("\n")
        check_value(f"lines of output, of which {whole} were there at the signal (call {at}, seed 3)", lines).satisfies(
            lambda count, whole=whole: whole <= count <= whole + 1,
            f"{whole} or {whole + 1}",
            idea="the record that is being done, and no more",
        )
        check_value("the output", output).equals(
            "".join(expected.splitlines(True)[:lines]), idea="a record is done whole"
        )
        check_value("the checkpoint", content(here, "checkpoint")).equals(
            checkpoint(numbers[:lines]), idea="save when you stop"
        )
        check_value("unsafe calls in the handler", [call for call in until if call.startswith("unsafe")]).equals(
            [], idea="the handler of a request sets a flag, and that is all"
        )

# %% test="e4_segv" points=3 title="SIGSEGV: a note, on a stack of its own, and then the end that it is"
for at, fault in ((4, "SEGV"), (6, "OVERFLOW")):
    with tempfile.TemporaryDirectory() as here:
        _ = begin(here, 4, 6)
        ended, calls = watched(worker_c, here, at, fault)
        check_value(f"how it ends with {fault} at call {at}", ended).equals(
            "SIGSEGV", idea="set the default action back and raise the signal again"
        )
        check_value("the file crash", content(here, "crash")).equals(
            "SIGSEGV\n", idea="if the stack is used up, the handler needs another one"
        )
        check_value("unsafe calls in a handler", [call for call in calls if call.startswith("unsafe")]).equals(
            [], idea="signal-safety(7) has the list of what may be called"
        )
        ### BEGIN HIDDEN TESTS
for at in sorted({int(n) for n in seeded(5).integers(2, 18, 6)}):
    for fault in ("SEGV", "OVERFLOW"):
        with tempfile.TemporaryDirectory() as here:
            _ = begin(here, 5, 6)
            _ = Path(here, "crash").write_text("SIGSEGV\n")
            ended, _ = watched(worker_c, here, at, fault)
            check_value(f"end and note with {fault} at call {at} (seed 5)", (ended, content(here, "crash"))).equals(
                ("SIGSEGV", "SIGSEGV\n"),
                idea="whatever it was doing at that moment, and whatever note was there before",
            )
        ### END HIDDEN TESTS

# %% test="e4_order" points=3 title="Durable in the right order"
with tempfile.TemporaryDirectory() as here:
    _ = begin(here, 6, 9)
    calls = watched(worker_c, here)[1]
renames = [n for n, call in enumerate(calls) if call.startswith("rename") and call.endswith(" checkpoint")]
check_value("checkpoints for 9 records", len(renames)).equals(
    3, idea="after 4, after 8, and at the end, each by a rename"
)
for n in renames:
    name = calls[n].split()[1]
    for file, why in (
        (name, "the new file, before it gets its name"),
        ("output", "the output, before a checkpoint vouches for it"),
    ):
        wrote = max((i for i in range(n) if calls[i].startswith(f"write {file} ")), default=-1)
        check_value(f"calls between the last write to {file} and the rename", calls[wrote + 1 : n]).satisfies(
            lambda between, file=file, wrote=wrote: wrote >= 0 and f"fsync {file}" in between,
            f"fsync {file} among them",
            idea=why,
        )
    after = list(itertools.takewhile(lambda call: not call.startswith(("write output", "rename")), calls[n + 1 :]))
    check_value("calls between the rename and what is written next", after).satisfies(
        lambda after: "fsync ." in after,
        "fsync . among them",
        idea="the new name is in the folder: that has to be durable too",
    )

# %% test="e4_calls" points=2 title="Calls that do half of it, or fail"
for fault in ("EINTR", "SHORT"):
    with tempfile.TemporaryDirectory() as here:
        _, expected = begin(here, 7, 9)
        check_value(f"how it ends, {fault}", watched(worker_c, here, 0, fault)[0]).equals(
            "status 0", idea="go on with what is left to write"
        )
        check_value(f"the output, {fault} (seed 7)", content(here, "output")).equals(expected, idea="every byte once")
### BEGIN HIDDEN TESTS
with tempfile.TemporaryDirectory() as here:
    _ = begin(here, 8, 5)
    calls = watched(worker_c, here)[1]
for at, call in enumerate(calls, 1):
    with tempfile.TemporaryDirectory() as here:
        _ = begin(here, 8, 5)
        ended, _ = watched(worker_c, here, at, "EIO")
        check_value(f"how it ends when call {at} fails with EIO, which is else: {call}", ended).equals(
            "status 1", idea="look at what every call returns, and die"
        )
### END HIDDEN TESTS

# %% [markdown]
r"""
A worker on ten numbers (your exercise 4), whose life is cut short again and again:
"""

# %%
with tempfile.TemporaryDirectory() as here:
    _, expected = begin(here, 9, 10)
    ways = [("KILL", 7), ("SEGV", 9), ("TERM", 6), ("KILL", 12), ("", 0)]
    for fault, at in ways:
        ended, calls = watched(worker_c, here, at, fault)
        lines = (content(here, "output") or "").count("\n")
        print(
            f"{fault or 'undisturbed':11} -> {ended:9} {lines:2} lines of output, checkpoint: {Path(here, 'checkpoint').exists()}"
        )
    print("the output is that of an undisturbed run:", content(here, "output") == expected)

# %% [markdown]
r"""
## In practice

**Inject in production too,** as Netflix does with its Chaos Monkey: a recovery that is never practised is a guess. Begin with one process, and with a way to stop.

**Retries multiply.** Three layers with four attempts each are 64 calls at the bottom, when it is already in trouble. Retry in one layer, wait longer each time and at random, and stop when a budget is spent.

**`fsync` is what durability costs:** well under a millisecond on a server's SSD, several on a disk. So databases share one call among many transactions (group commit), and you save every fourth record, or every thousandth: the interval trades work done twice against time spent saving. At a hundred times the size the state is too large to be written each time, and one writes a log of changes instead: that is where day 3 starts.

**When `fsync` fails, stop.** The operating system may have dropped the pages it could not write, and call the next `fsync` a success. PostgreSQL panics on purpose and recovers from its log.

## Summary

- Availability is MTTF against MTTR; independent copies multiply it, shared causes set a floor.
- Checksums find value faults in what they cover: bytes, place and, with an LSN from elsewhere, age.
- errno, signals and silence are symptoms; a published table turns them into kinds, and only transient ones are retried, under the same key.
- Handlers set a flag, or leave a note and let the signal kill; `fsync`, `rename`, `fsync` makes a checkpoint that is old or new.

## Reflection

A colleague shows you a service that has run on three replicas for a year without a failure. "So no fault has happened," she says, "and with a fourth replica we will be even safer. I have also wrapped everything in `except Exception: retry`."

Answer in 3 to 5 sentences. Give yourself a point for each: you say why a year without failures is not one without faults; you name something that all four replicas share; you name a fault for which the retry is useless and one for which it is harmful; you say what you would do to find out how safe the service is.
"""

# %% [markdown] reflection="reflection"
r"""
A failure is what users see; disks may have died and processes restarted all year, and the replicas kept it from them, which is worth knowing before the third one goes unnoticed as well. The four share a release, a configuration and perhaps a power line, so the fourth one helps against none of that.
Retrying against a full disk only adds load, and retrying a payment whose answer was lost pays twice unless it carries a key; catching every exception also hides the bug that one should see. I would log every fault by its kind, and on a quiet morning, with everybody at their desks, kill one replica, fill a disk and cut the line between two.
"""

# %% [markdown]
r"""
## Further reading

- *Designing Data-Intensive Applications*, chapter 1, the part on reliability: fault against failure, and the three sources. Chapter 8: partial failures, and what may be concluded from silence.
- *Computer Organization and Design*, chapter 6 (4th edition; 5.5 in the 5th): MTTF, MTTR and availability, with numbers of real disks; RAID.
- *Database System Concepts*, chapter 1: atomicity and durability, promised so that you need not write exercise 4 each time.
- A. Avižienis, J.-C. Laprie, B. Randell, C. Landwehr, "Basic Concepts and Taxonomy of Dependable and Secure Computing", *IEEE Transactions on Dependable and Secure Computing* 1(1), 2004: the definitions used today.
- T. Pillai and others, "All File Systems Are Not Created Equal: On the Complexity of Crafting Crash-Consistent Applications", OSDI 2014: what well-known programs get wrong between `write` and `rename`, found by people who watched their calls.
"""
