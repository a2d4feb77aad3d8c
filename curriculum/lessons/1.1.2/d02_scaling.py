# %% [markdown]
r"""
You will give the same job to one large worker and to four small ones, as real processes with real limits, watch what each uses, and
see each layout die of the thing that the other survives.

**You will be able to**

- **sample** what a whole tree of processes uses, without losing what has already ended (exercise 1);
- **write** a Dockerfile and a compose file for both layouts, with limits that the engine honours (exercise 2);
- **run** workers side by side under limits on memory and processors, and **tell** how each one ended and what it cost (exercise 3);
- **choose** the cheapest layout that meets a deadline and fits into memory (exercise 4).
"""

# %% [markdown]
r"""
## Warm-up

1. Day 1: a system answers 40 requests a second and each spends 0.5 s in it. How many are inside on average?
2. Topic 1.1.1: a process ended by signal 9 leaves no traceback and no last words. How does the one who started it know, and what does
   a shell show as its status?

<details><summary>Answers</summary>

1. $L = \lambda W = 20$. To serve twice as many with the same response time, room for 40 is needed: on one larger machine, or on two.
2. By what `wait` tells: "ended by signal 9". Python's `subprocess` shows it as `-9`, a shell as 128 + 9 = 137. You will
   meet 137 again today: it is how a container ends that has used more memory than it was given.

</details>

## Set-up

A file of visits has the name of a customer on each line. `WORKER` is a program that keeps 4 kB for each visit of its file in memory and says at its end what it
has. `shard_of` deals customers out. `write_proc` makes a folder that looks like Linux's `/proc`; `instructions`, `services_of` and `limits_of` read Docker's
files, and `DOCKER_WORKER` is what runs in a container. Limits on a process's memory and processors as they are used here are Linux's (on Windows work in WSL, on a Mac in a container).
"""

# %% setup=true
import json
import math
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import zlib
from fractions import Fraction
from pathlib import Path

import numpy as np
import yaml
from matplotlib import pyplot as plt

from curriculum.lab import check, check_value, figures, seeded

figures.style()

MB = 1 << 20

WORKER = r"""
import json, sys, time

profiles = {}
try:
    with open(sys.argv[1]) as visits:
        for line in visits:
            profiles.setdefault(line.strip(), []).append(bytearray(b"." * 4096))
except MemoryError:
    profiles.clear()  # room for last words
    sys.exit("MemoryError: no room for another visit")
with open("/proc/self/status") as status:
    peak = next(int(line.split()[1]) << 10 for line in status if line.startswith("VmHWM:"))
print(json.dumps({"visits": {name: len(kept) for name, kept in profiles.items()}, "peak": peak, "cpu": time.process_time()}))
"""

DOCKER_WORKER = r"""
import pathlib, signal, socket, sys

ready = pathlib.Path("/tmp/ready")
if sys.argv[1:] == ["--health"]:
    sys.exit(not ready.exists())
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # process 1 of a container ignores what it does not handle
kept = []
for shard in sorted(pathlib.Path("/data").glob("*.todo")):
    try:
        mine = shard.rename(shard.with_suffix("." + socket.gethostname()))  # of two who try, one succeeds
    except FileNotFoundError:
        continue
    kept += [bytearray(b"." * 4096) for line in mine.open()]
ready.touch()
signal.pause()
"""


def write_visits(path, customers):
    """A file with a customer on each line; returns its path as text."""
    Path(path).write_text("".join(f"{customer}\n" for customer in customers))
    return str(path)


def shard_of(customer, n):
    """The shard that has this customer: the same in every process and on every machine."""
    return zlib.crc32(customer.encode()) % n


def write_proc(folder, processes):
    """A folder like /proc, from {pid: (name, parent's pid, utime, stime, cutime, cstime, resident pages)}."""
    for pid, (name, parent, *ticks, pages) in processes.items():
        fields = [pid, f"({name})", "S", parent, *range(9_001, 9_010), *ticks, *range(9_018, 9_023), 40_960 * pages, pages]
        Path(folder, str(pid)).mkdir(parents=True)
        Path(folder, str(pid), "stat").write_text(" ".join(map(str, fields + [7] * 28)) + "\n")


def docker_answers():
    """Whether there is a Docker engine that answers."""
    try:
        return subprocess.run(["docker", "version"], capture_output=True, timeout=20).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def instructions(dockerfile):
    """The instructions of a Dockerfile as pairs: its name in capitals, and the rest of its line (or lines)."""
    kept = "\n".join(line for line in dockerfile.splitlines() if not line.lstrip().startswith("#"))
    lines = [line.split(None, 1) for line in re.sub(r"\\[ \t]*\n", " ", kept).splitlines() if line.strip()]
    return [(name.upper(), " ".join(rest).strip()) for name, *rest in lines]


def size_of(text):
    """Bytes of a size as Docker writes it: "512m", "1G", "2gb"."""
    number, unit = re.fullmatch(r"([0-9.]+) *([bkmg]?)b?", str(text).strip().lower()).groups()
    return float(number) * {"k": 1024, "m": 1024**2, "g": 1024**3}.get(unit, 1)


def services_of(compose):
    """The services of a compose file: a dict from their names to their settings."""
    found = yaml.safe_load(compose)
    if not isinstance(found, dict) or not isinstance(found.get("services"), dict):
        raise ValueError("no services in this file")
    return {name: settings or {} for name, settings in found["services"].items()}


def limits_of(service):
    """Replicas of a service, CPUs and bytes of each, from its `deploy`: infinity where nothing there limits it."""
    deploy = service.get("deploy") or {}
    limits = (deploy.get("resources") or {}).get("limits") or {}
    memory = size_of(limits["memory"]) if "memory" in limits else math.inf
    return [int(deploy.get("replicas", 1)), float(limits.get("cpus", math.inf)), memory]


# %% [markdown]
r"""
## The same job, three machines

A job keeps a profile of each customer in memory: 32,000 visits, 4 kB each, so about 130 MB. Our machine has 96 MB for it. That is small, so that
nobody has to wait; put three zeros behind it and it is a server.

`alone` runs `WORKER` in a process whose **address space** is limited, as `RLIMIT_AS` of the operating system does it: an allocation past the limit is
refused, which Python reports as a `MemoryError`.
"""

# %%
lab = tempfile.TemporaryDirectory(prefix="scale-")
rng = np.random.default_rng(1)
visits = [f"c{k}" for k in rng.integers(0, 2_000, 32_000)]
everything = write_visits(f"{lab.name}/all", visits)


def alone(shard, megabytes, program=WORKER):
    bound = f"import resource; resource.setrlimit(resource.RLIMIT_AS, ({megabytes * MB},) * 2)\n"
    command = [sys.executable, "-I", "-S", "-c", bound + program, shard]
    done = subprocess.run(command, capture_output=True, text=True)
    return json.loads(done.stdout) if done.returncode == 0 else done.stderr.splitlines()[-1]


print("one worker with 96 MB: ", alone(everything, 96))

# %% [markdown]
r"""
There are two ways on. **Scale up** (*vertically*): a larger machine. **Scale out** (*horizontally*): more machines of the same size, each with a part of the work. Both may use 4 × 96 MB.

**Predict.** Which of the two does the job?
"""

# %%
shards = [write_visits(f"{lab.name}/{n}", [c for c in visits if shard_of(c, 4) == n]) for n in range(4)]
large = alone(everything, 4 * 96)
small = [alone(shard, 96) for shard in shards]
print("one worker with 384 MB:", len(large["visits"]), "customers")
print("four with 96 MB each:  ", [len(found["visits"]) for found in small], "customers")
together = {customer: count for found in small for customer, count in found["visits"].items()}
print("the same profiles:     ", together == large["visits"])

# %% [markdown]
r"""
Both. (Here the four ran one after another; exercise 3 starts them together.) Note what made the second one right: a customer belongs to *one* shard, by a hash of the name,
so the four answers have nothing in common and merging them is a union. Had we dealt the lines out in turn, like cards, most customers would be known to several workers:
"""

# %%
dealt = [alone(write_visits(f"{lab.name}/dealt-{n}", visits[n::4]), 96) for n in range(4)]
print("customers, shards by customer:", sum(len(found["visits"]) for found in small))
print("customers, lines dealt out:   ", sum(len(found["visits"]) for found in dealt))

# %% [markdown]
r"""
Visits may still be added up there; "how many different customers" may not. So scaling out has begun to ask something of the *job*: how it is cut, and how answers are put together. More memory asks nothing of it.

And now one customer, a robot, makes nearly all the visits. **Predict** again.
"""

# %%
robot = ["robot" if k % 50 else customer for k, customer in enumerate(visits)]
parts = [write_visits(f"{lab.name}/r{n}", [c for c in robot if shard_of(c, 4) == n]) for n in range(4)]
print("one worker with 384 MB:", len(alone(write_visits(f"{lab.name}/robot", robot), 4 * 96)["visits"]), "customers")
for found in (alone(part, 96) for part in parts):
    print("one of four with 96 MB:", found if isinstance(found, str) else f"{len(found['visits'])} customers")

# %% [markdown]
r"""
The same 384 MB in total, and one worker dies while three are nearly empty: a key cannot be cut by a rule that keeps keys whole. Day 3 is about that. Today's lesson from it is that **equal totals are not equal machines**.

![The same memory as one pool of 384 MB and as four of 96 MB: a key with 130 MB fits into the one pool, and into none of the four, three of which stay nearly empty](d02_scaling_layouts.svg)

| | scale up | scale out |
| --- | --- | --- |
| the program | may stay as it is; more processors help it only if it has something to do on them at once | must be cut, and its answers merged |
| the limit | the largest machine there is, and its price | the part that cannot be cut; the talk between parts |
| memory | one pool: whoever needs it has it | a pool each; what every worker needs is there n times |
| a failure | takes everything | takes a part, but n machines fail n times as often |
| adding some | often a restart | while the others work |

Machines that share neither memory nor disk and talk over a network only are called **shared-nothing**. Four processes under limits of their own, which read a file each, are a small model of it: what crosses
between them must be written down and sent. Threads of one process are *not*: they share a memory, die together, and scale up.

## What does it use?

"It needs 2 GB and three processors" is a claim about a *tree* of processes: a worker starts helpers, a shell starts the worker. Linux tells of each process in a folder of text, `/proc/<pid>`. Its file `stat` is one line
of 52 fields, by the manual (proc_pid_stat(5), counted from 1):

| field | name | |
| --- | --- | --- |
| 1, 2, 3 | pid, comm, state | `comm`, the name, stands in parentheses, and may itself hold spaces and parentheses |
| 4 | ppid | the pid of the parent |
| 14, 15 | utime, stime | time on a processor in the program itself, and in the kernel on its behalf (ticks) |
| 16, 17 | cutime, cstime | the same of its children that have ended *and were waited for*, with theirs |
| 23, 24 | vsize, rss | address space (bytes), and what of it is resident in memory (pages) |

A tick is 1/100 s on nearly every Linux, a page 4 kB on most; `os.sysconf("SC_CLK_TCK")` and `os.sysconf("SC_PAGE_SIZE")` say so. A parent starts two children, each of which burns 0.2 s of processor time. We add up `utime + stime` of all three, once while the
children are alive and once after they have ended.

**Predict.** Processor time that was used stays used. Does the sum agree?
"""

# %%
PARENT = r"""
import subprocess, sys
burn = "import time\nwhile time.process_time() < 0.2: pass\nprint('burnt', flush=True); input()"
children = [subprocess.Popen([sys.executable, "-I", "-S", "-c", burn], stdin=-1, stdout=-1) for _ in range(2)]
print(*[child.stdout.readline() and child.pid for child in children], flush=True)
input()
for child in children:
    child.communicate(b"\n")
print("all have ended", flush=True)
sys.stdin.read()
"""


# %%
def ticks(pids, fields):
    lines = [Path("/proc", str(pid), "stat").read_text().split() for pid in pids]  # these names have no spaces
    return sum(int(line[field - 1]) for line in lines for field in fields)


with subprocess.Popen([sys.executable, "-I", "-S", "-c", PARENT], stdin=-1, stdout=-1, text=True) as parent:
    pids = [parent.pid, *parent.stdout.readline().split()]
    before = ticks(pids, (14, 15)), ticks(pids, (14, 15, 16, 17))
    print("\n", file=parent.stdin, flush=True, end="")
    parent.stdout.readline()
    after = ticks(pids[:1], (14, 15)), ticks(pids[:1], (14, 15, 16, 17))
    parent.stdin.close()
print("the sum of utime and stime has fallen:", after[0] < before[0])
print("with cutime and cstime it has fallen: ", after[1] < before[1])

# %% [markdown]
r"""
A monitor that adds up the living sees work undone whenever a worker finishes: its graph of processor time per second goes below zero. What the dead have used is kept by whoever waited for them, and adding the fields 16 and 17 finds it there.
(What stays lost: children of a parent that died first. They are given to another process, as a rule outside of the tree. Control groups, below, count these too.)

There is a second trap. `wait4` and `getrusage` promise the peak of the resident memory, `ru_maxrss`. We fill 200 MB and start a program that does nothing:
"""

# %%
ballast = bytearray(b".") * (200 * MB)
pid = os.posix_spawn(sys.executable, [sys.executable, "-I", "-S", "-c", "pass"], os.environ)
idle = os.wait4(pid, 0)[2].ru_maxrss << 10
del ballast
print("a program that does nothing had more than 200 MB resident, says wait4:", idle > 200 * MB)

# %% [markdown]
r"""
It had about ten. The new process begins as its parent's image, and the mark for the peak is not wiped when the program is loaded over it. `VmHWM` in `/proc/<pid>/status` belongs to the new image alone; that is where `WORKER` reads its peak.
"""

# %% [markdown] exercise="e1" title="What a tree of processes uses" level="warm-up" minutes=25 exports=["sample_tree"]
r"""
Write `sample_tree(root, proc="/proc")`. `proc` is the path of a folder like Linux's `/proc`: a folder for each process, named by its pid, with a file `stat` as in the table above. There are other files and folders in it, whose names are no numbers. Return
a dict about the process with the pid `root` and all its descendants, to any depth:

- `"pids"`: the ascending list of their pids, with that of `root`;
- `"cpu"`: the sum of their processor time, in ticks: in programs and in the kernel, and of their children that were waited for, too;
- `"memory"`: the sum of what they have resident, in pages.

Processes come and go while you read. One whose folder you see may have no `stat` any more: leave it out, with what hangs below it. If that is `root` itself, or if `root` has no folder at all, raise `ProcessLookupError`.

In a folder made by `write_proc(folder, {5: ("sh", 1, 1, 2, 30, 4, 10), 6: ("python", 5, 100, 20, 0, 0, 50), 7: ("vi", 1, 9, 9, 0, 0, 9)})`, `sample_tree(5, folder)` is `{"pids": [5, 6], "cpu": 157, "memory": 60}`.
"""

# %% [markdown] hints="e1" reading="FDE ch. 3, Distributed Systems, Scalability, and Designing for Failure; proc_pid_stat(5)"
r"""
1. Read everything once, and then ask who is whose parent; not the other way round.
2. The name may hold anything, but no `)` stands behind its own: cut the line at the last one. What follows begins with field 3. For the tree: keep a list that begins with `root`, and add the children of each pid in it.
3. `fields = text.rpartition(")")[2].split()`; field *f* of the manual is `fields[f - 3]`. `except (FileNotFoundError, ProcessLookupError): continue` around the reading.
"""


# %% solution="e1"
def sample_tree(root, proc="/proc"):
    """Pids, processor time (ticks) and resident memory (pages) of a process and all its descendants."""
    ### BEGIN SOLUTION
    found = {}
    for place in Path(proc).iterdir():
        if not place.name.isdecimal():
            continue
        try:
            text = (place / "stat").read_text(errors="replace")
        except (FileNotFoundError, ProcessLookupError):  # it has ended since we saw its folder
            continue
        fields = text.rpartition(")")[2].split()  # begins with field 3 of the manual
        found[int(place.name)] = int(fields[1]), sum(map(int, fields[11:15])), int(fields[21])
    if root not in found:
        raise ProcessLookupError(f"no process {root}")
    tree = [root]
    for pid in tree:  # grows while we walk along it
        tree += [child for child, (parent, _, _) in found.items() if parent == pid]
    return {
        "pids": sorted(tree),
        "cpu": sum(found[pid][1] for pid in tree),
        "memory": sum(found[pid][2] for pid in tree),
    }
    ### END SOLUTION


# %% test="e1_tree" points=2 title="The root, its children and theirs, and nobody else"
with tempfile.TemporaryDirectory() as folder:
    write_proc(folder, {5: ("sh", 1, 1, 2, 30, 4, 10), 6: ("python", 5, 100, 20, 0, 0, 50), 7: ("vi", 1, 9, 9, 0, 0, 9)})
    found = check(sample_tree, 5, folder).value(idea="read every process, then follow the parents")
    check_value('sample_tree(5, …)["pids"]', found["pids"]).equals([5, 6], idea="7 belongs to somebody else")
### BEGIN HIDDEN TESTS
for seed in range(4):
    with tempfile.TemporaryDirectory() as folder:
        rng = seeded(seed)
        pids = (rng.permutation(900)[:30] + 2).tolist()
        parents = [1, *(pids[int(rng.integers(0, k))] for k in range(1, 30))]
        write_proc(folder, {pid: ("p", parent, 0, 0, 0, 0, 0) for pid, parent in zip(pids, parents)})
        Path(folder, "sys").mkdir()
        Path(folder, "meminfo").write_text("MemTotal: 1 kB\n")
        for root in pids[:4]:
            below = {root}
            for pid, parent in zip(pids, parents):  # parents stand before their children here
                below |= {pid} if parent in below else set()
            found = check(sample_tree, root, folder).note(f"seed {seed}").value(idea="sys and meminfo are no processes")
            check_value(f'sample_tree({root}, …)["pids"], seed {seed}', found["pids"]).equals(
                sorted(below), idea="grandchildren belong to the tree, and the list ascends"
            )
### END HIDDEN TESTS

# %% test="e1_cpu" points=2 title="Processor time: of all kinds, and of those who have ended"
with tempfile.TemporaryDirectory() as folder:
    write_proc(folder, {5: ("sh", 1, 1, 2, 30, 4, 10), 6: ("python", 5, 100, 20, 0, 0, 50)})
    found = check(sample_tree, 5, folder).value(idea="a dict")
    check_value('sample_tree(5, …)["cpu"]', found["cpu"]).equals(157, idea="1 + 2 + 30 + 4 of the one, 120 of the other")
    ### BEGIN HIDDEN TESTS
    rng = seeded(10)
    used = rng.integers(0, 10_000, (3, 4)).tolist()
    write_proc(f"{folder}/more", {10 + k: ("p", 10 if k else 1, *used[k], 3) for k in range(3)})
    found = check(sample_tree, 10, f"{folder}/more").note("seed 10").value(idea="a dict")
    check_value('sample_tree(10, …)["cpu"], seed 10', found["cpu"]).equals(
        sum(map(sum, used)), idea="program, kernel, and both of the children that were waited for: fields 14 to 17"
    )
    ### END HIDDEN TESTS

# %% test="e1_memory" points=1 title="Resident pages of all of them"
with tempfile.TemporaryDirectory() as folder:
    write_proc(folder, {5: ("sh", 1, 1, 2, 30, 4, 10), 6: ("python", 5, 100, 20, 0, 0, 50)})
    found = check(sample_tree, 5, folder).value(idea="a dict")
    check_value('sample_tree(5, …)["memory"]', found["memory"]).equals(60, idea="10 and 50: address space is no memory yet")
    ### BEGIN HIDDEN TESTS
    found = check(sample_tree, 6, folder).value(idea="a dict")
    check_value('sample_tree(6, …)["memory"]', found["memory"]).equals(50, idea="6 has no descendants")
    ### END HIDDEN TESTS

# %% test="e1_gone" points=1 title="Those who end while one reads"
with tempfile.TemporaryDirectory() as folder:
    write_proc(folder, {5: ("sh", 1, 1, 1, 0, 0, 1), 9: ("orphan", 8, 1, 1, 0, 0, 1)})
    Path(folder, "8").mkdir()
    found = check(sample_tree, 5, folder).note("process 8 has a folder and no stat").value(idea="leave out who is gone")
    check_value('sample_tree(5, …)["pids"]', found["pids"]).equals([5], idea="who is gone is nobody's child")
    ### BEGIN HIDDEN TESTS
    for root in (8, 12):
        check(sample_tree, root, folder).note("process 8 has a folder and no stat, 12 not even that").raises(
            ProcessLookupError, idea="a root that is gone is not a tree of nothing"
        )
    ### END HIDDEN TESTS

# %% test="e1_names" points=1 title="Names with spaces and parentheses"
with tempfile.TemporaryDirectory() as folder:
    write_proc(folder, {5: ("tmux: server", 1, 1, 0, 0, 0, 1), 6: ("(sd-pam)", 5, 2, 0, 0, 0, 2)})
    found = check(sample_tree, 5, folder).note("tmux: server and (sd-pam)").value(idea="fields are counted behind the name")
    check_value("pids and cpu", [found["pids"], found["cpu"]]).equals([[5, 6], 3], idea="fields are counted behind the name")
    ### BEGIN HIDDEN TESTS
    write_proc(folder, {7: (") R 1 (", 5, 4, 0, 0, 0, 4)})
    found = check(sample_tree, 5, folder).note("a third is called ) R 1 (").value(idea="which parenthesis is the name's own?")
    check_value("pids and cpu", [found["pids"], found["cpu"]]).equals([[5, 6, 7], 7], idea="which parenthesis is the name's own?")
    ### END HIDDEN TESTS

# %% [markdown]
r"""
## Limits: who says no, and how

A process can be limited from within and from without.

- `RLIMIT_AS` bounds the **address space of one process**, touched or not. Past it, an allocation fails, and the program may clean up and speak (`MemoryError`). Its children get the same limit *each*, so a tree of ten may have ten times as much.
- A **control group** bounds what a *group* of processes has resident, with the files that it has cached: `memory.max` on Linux. Where nothing can be given back, nothing fails politely either: the kernel kills a process of the group with signal 9. Was it the container's first, the container's status is 137 (as after any other signal 9: ask for its `OOMKilled`).
- **Affinity** (`sched_setaffinity`) says *which* processors a process may run on. A control group's `cpu.max` says *how much* time it may have in every 100 ms, on any of them. `--cpus 1` of Docker is the second kind: sixteen threads may run at once, and then all wait for the rest of the interval.

A **container** is ordinary processes in control groups, with a file system and a network of their own. Docker builds the file system from a *Dockerfile*, and **compose** starts several containers as one file says. What belongs into these files of a worker:

- a **pinned base**. `python` or `python:latest` is another program next month; `python:3.12.11-slim` names a release, and `@sha256:…` the very bytes;
- a **user** that is not root: a flaw in the worker is then not a flaw with all rights. As a number, since only a number can be checked without opening the image;
- the **exec form**, `CMD ["python", "worker.py"]`. Written as plain text it is started through a shell, and it depends on that shell whether the signal to end ever reaches the program. When it does, the program has to handle it: for process 1 of a container SIGTERM has no effect by default, and after ten seconds Docker kills;
- a **health check**: a process that is there may still be stuck.

Where limits stand matters as much as their numbers. `docker compose` honours `deploy.resources.limits`, without Swarm too (the older `docker-compose` did so only with `--compatibility`); what stands under `deploy.resources.reservations` is a minimum to be set aside and limits nothing. The service's own `cpus` and `mem_limit` limit as well, and say the same in a second place: we do without them.
And does it exist where you work? The next cell asks. The rest of this day does not depend on the answer: **where no engine answers, your files are checked as text, nothing is built**, and the measuring is done with processes under the same limits. The plan's board of goals says so too.
"""

# %%
# NBVAL_IGNORE_OUTPUT
print("A Docker engine answers." if docker_answers() else "No Docker engine answers: Docker files are only checked here.")

# %% [markdown]
r"""
YAML is JSON with less punctuation: every JSON text is a YAML text too. So a compose file is, in the end, dicts and lists, and that is how a check should read it, with a parser and not with a search for words:
"""

# %%
text = "services:\n  cache:\n    image: redis:7.4.2\n    deploy:\n      resources:\n        limits: {memory: 512M}\n"
print(json.dumps(yaml.safe_load(text)))
print(f"{size_of(yaml.safe_load(text)['services']['cache']['deploy']['resources']['limits']['memory']):.0f} bytes")

# %% [markdown] exercise="e2" title="Two layouts in Docker's files" level="core" minutes=35 exports=["docker_files"] goals=[2]
r"""
Write `docker_files(workers, gigabytes)`, two whole numbers of at least 1, which returns a dict of two texts: `{"Dockerfile": …, "compose.yaml": …}`. `worker.py` lies beside these files; `python worker.py` works until it is told to end, and `python worker.py --health` ends with status 0 when all is well.

**The Dockerfile** has one stage and

- `FROM` an image `python` whose tag begins with three numbers (`python:3.12.11-slim`), or any image of `python` with a digest, `@sha256:` and 64 hexadecimal digits;
- copies `worker.py` to where `python worker.py` finds it, which is the last `WORKDIR` (without any, `/`): by its name, or with the whole folder (`COPY . …`). Paths are written out, without variables;
- a last `USER` that is a number from 1 up, or two of them as in `10001:10001`;
- no `ENTRYPOINT`, and as its last `CMD`, in exec form, `python worker.py` and nothing more;
- a `HEALTHCHECK` whose `CMD` is, in exec form, `python worker.py --health`. Options before `CMD` are yours.

**The compose file**, in YAML (or JSON), has two services, `vertical` and `horizontal`, and no others. Both `build: .`, both mount `./data:/data` (in the short form, an entry of `volumes`), and each has one profile, its own name, so that `docker compose --profile vertical up` starts only that one. With `workers` = 4 and `gigabytes` = 2,

- `vertical` is one replica with at most 4 CPUs and 8 gigabytes;
- `horizontal` is 4 replicas with at most 1 CPU and 2 gigabytes each;

so that both may use the same in total. Numbers of replicas stand in `deploy.replicas` (1 where it is left out), limits in `deploy.resources.limits` as `cpus` (a number, or a text such as `"4"`) and `memory` (a text such as `2G` or `2048m`, in units of 1024).

The set-up's `instructions`, `services_of` and `limits_of` are what the tests read your files with. They are read and never built when this is graded: that they *run* is shown only below, where an engine answers.
"""

# %% [markdown] hints="e2" reading="FDE ch. 3, on containers and elasticity; the Compose Deploy Specification and the Dockerfile reference"
r"""
1. Write both files for 4 workers with 2 gigabytes by hand first, and load the second with `yaml.safe_load`. Which of its numbers depend on the arguments?
2. The Dockerfile depends on nothing. For the compose file an f-string will do, or build the dict and let `json.dumps` write it. Multiply the right things: one has `workers` CPUs and `workers * gigabytes` of memory, the others one each.
3. `FROM`, `WORKDIR /app`, `COPY worker.py .`, `USER 10001`, `HEALTHCHECK CMD ["python", "worker.py", "--health"]`, `CMD ["python", "worker.py"]`. In compose: `services:` → name → `build`, `profiles`, `volumes`, `deploy:` → `replicas`, `resources:` → `limits:` → `cpus`, `memory`.
"""


# %% solution="e2"
def docker_files(workers, gigabytes):
    """Dockerfile and compose file of one large worker and of several small ones, with the same totals."""
    ### BEGIN SOLUTION
    dockerfile = """\
FROM python:3.12.11-slim
WORKDIR /app
COPY worker.py .
USER 10001
HEALTHCHECK --interval=2s CMD ["python", "worker.py", "--health"]
CMD ["python", "worker.py"]
"""

    def service(name, replicas, cpus, memory):
        return f"""\
  {name}:
    build: .
    profiles: [{name}]
    volumes: ["./data:/data"]
    deploy:
      replicas: {replicas}
      resources:
        limits:
          cpus: "{cpus}"
          memory: {memory}G
"""

    vertical = service("vertical", 1, workers, workers * gigabytes)
    horizontal = service("horizontal", workers, 1, gigabytes)
    return {"Dockerfile": dockerfile, "compose.yaml": "services:\n" + vertical + horizontal}
    ### END SOLUTION


# %% test="e2_base" points=1 title="A pinned base"
found = instructions(check(docker_files, 4, 2).value(idea="two texts")["Dockerfile"])
check_value("the FROM instructions", [rest for name, rest in found if name == "FROM"]).satisfies(
    lambda bases: len(bases) == 1 and re.fullmatch(r"(--platform=\S+ +)?(docker\.io/)?(library/)?python(:\d+\.\d+\.\d+[-.\w]*|(:[\w.-]+)?@sha256:[0-9a-f]{64}|:\d+\.\d+\.\d+[-.\w]*@sha256:[0-9a-f]{64})( +as +\S+)?", bases[0], re.I),
    "one, of python, whose tag begins with three numbers, or with a digest",
    idea="latest, 3 and 3.12 are other programs next month",
)


# %% test="e2_program" points=1 title="The program is where it is started"
import posixpath
import shlex


def holds_program(steps):
    """Whether worker.py lies in the folder in which CMD starts."""
    here, files = "/", set()
    for name, rest in steps:
        if name == "WORKDIR":
            here = posixpath.join(here, rest.strip("\"'"))
        elif name in ("COPY", "ADD"):
            rest = re.sub(r"^(--\S+\s+)*", "", rest)
            *sources, target = json.loads(rest) if rest.startswith("[") else shlex.split(rest)
            if {".", "/", "worker.py", "/worker.py"} & set(map(posixpath.normpath, sources)):
                target = posixpath.normpath(posixpath.join(here, target))
                files.add(target if target.endswith("/worker.py") else posixpath.join(target, "worker.py"))
    return posixpath.normpath(posixpath.join(here, "worker.py")) in files


found = instructions(check(docker_files, 4, 2).value(idea="two texts")["Dockerfile"])
check_value("the Dockerfile's instructions", found).satisfies(
    holds_program, "worker.py copied into the folder of the last WORKDIR", idea="an image has nothing of your folder unless it is copied, and CMD starts in one folder of it"
)


# %% test="e2_user" points=1 title="Not root, and by number"
found = instructions(check(docker_files, 4, 2).value(idea="two texts")["Dockerfile"])
check_value("the USER instructions", [rest for name, rest in found if name == "USER"]).satisfies(
    lambda users: users and re.fullmatch(r"[1-9]\d*(:[1-9]\d*)?", users[-1]),
    "a number from 1 up, or two of them, in the last one", idea="without USER a container's processes are root"
)

# %% test="e2_start" points=1 title="Signals reach the program"


def exec_form(text):
    """The list of an instruction in exec form, None for text that goes to a shell."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, list) else None


found = instructions(check(docker_files, 4, 2).value(idea="two texts")["Dockerfile"])
started = [exec_form(rest) for name, rest in found if name == "CMD"][-1:]
check_value("the last CMD, read as a list", started).equals([["python", "worker.py"]], idea="exec form: a list in JSON. Else a shell may stand between Docker and the program")
### BEGIN HIDDEN TESTS
check_value("ENTRYPOINT instructions", [rest for name, rest in found if name == "ENTRYPOINT"]).equals([], idea="what CMD holds would become its arguments")
### END HIDDEN TESTS

# %% test="e2_health" points=1 title="Somebody asks how it is"
found = instructions(check(docker_files, 4, 2).value(idea="two texts")["Dockerfile"])
asked = [rest for name, rest in found if name == "HEALTHCHECK"]
check_value("the HEALTHCHECK instructions", asked).satisfies(
    lambda asked: json.loads(re.fullmatch(r"(?:--\S+\s+)*CMD\s+(\[.*)", asked[-1], re.S | re.I)[1]) == ["python", "worker.py", "--health"],
    'options, CMD, and the list ["python", "worker.py", "--health"] in JSON', idea="a process that is there may be stuck: ask it. What is no list in JSON goes to a shell",
)

# %% test="e2_profiles" points=1 title="Each layout by its own profile, from the same image"
services = check(services_of, check(docker_files, 4, 2).value(idea="two texts")["compose.yaml"]).value(idea="a YAML file with services")
told = {name: [entry.get("profiles"), entry.get("build")] for name, entry in services.items()}
expected = {name: [[name], "."] for name in ("vertical", "horizontal")}
check_value("profiles and build of each service", told).equals(expected, idea="a service without a profile is always started")

# %% test="e2_data" points=1 title="Both see the data"
services = check(services_of, check(docker_files, 4, 2).value(idea="two texts")["compose.yaml"]).value(idea="a YAML file with services")
for name in ("vertical", "horizontal"):
    check_value(f"volumes of {name}", services.get(name, {}).get("volumes")).satisfies(
        lambda volumes: isinstance(volumes, list) and "./data:/data" in volumes, "a list with ./data:/data", idea="a container sees no file of yours by itself"
    )


# %% test="e2_limits" points=2 title="Limits under keys that are honoured, equal totals"
def layouts(workers, gigabytes, note):
    compose = check(docker_files, workers, gigabytes).note(note).value(idea="two texts")["compose.yaml"]
    services = check(services_of, compose).value(idea="a YAML file with services")
    return [
        check(limits_of, services.get(name, {})).value(idea="sizes are texts like 2G, and stand where compose looks for them")
        for name in ("vertical", "horizontal")
    ]


check_value("replicas, CPUs and bytes of each: vertical, horizontal", layouts(4, 2, "")).equals(
    [[1, 4.0, 8 * 1024**3], [4, 1.0, 2 * 1024**3]], idea="inf is no limit at all: under which key does compose look for it?"
)
### BEGIN HIDDEN TESTS
for seed in range(4):
    workers, gigabytes = (int(k) for k in seeded(seed).integers(2, 17, 2))
    expected = [[1, workers, workers * gigabytes * 1024**3], [workers, 1, gigabytes * 1024**3]]
    check_value(
        f"replicas, CPUs and bytes of each, for {workers} workers with {gigabytes} gigabytes (seed {seed})",
        layouts(workers, gigabytes, f"seed {seed}"),
    ).equals(expected, idea="one with everything, or each with its part")
### END HIDDEN TESTS

# %% [markdown]
r"""
### Where an engine answers

The next cell builds and measures in real containers, if you ask for it: start JupyterLab with `MIND_DOCKER=1` in its environment and with an engine that can fetch the base image. It writes your two files with the
set-up's `DOCKER_WORKER`, starts each profile, waits until it is healthy, and asks Docker what the containers hold in memory, and their control groups how many microseconds of processor time they have used. The worker claims shards by **renaming** them: of several that try, one succeeds. So the same image serves one replica or many, and nobody has to hand out numbers.
"""

# %%
def in_docker(files, profile, shards):
    with tempfile.TemporaryDirectory(prefix="docker-") as folder:
        for name, text in {**files, "worker.py": DOCKER_WORKER}.items():
            Path(folder, name).write_text(text)
        Path(folder, "data").mkdir()
        Path(folder, "data").chmod(0o777)  # the container's user is another one than you
        for n, shard in enumerate(shards):
            shutil.copy(shard, f"{folder}/data/{n}.todo")
        compose = ["docker", "compose", "--project-name", "scaling", "--profile", profile]
        try:
            up = [*compose, "up", "--build", "--detach", "--wait"]
            done = subprocess.run(up, cwd=folder, capture_output=True, text=True)
            if done.returncode:
                return f"it did not come up: {done.stderr[-500:]}"
            ids = subprocess.run([*compose, "ps", "--quiet"], cwd=folder, check=True, capture_output=True, text=True).stdout
            stats = ["docker", "stats", "--no-stream", "--format", "{{.Name}}  {{.MemUsage}}", *ids.split()]
            spent = [["docker", "exec", one, "head", "-n", "1", "/sys/fs/cgroup/cpu.stat"] for one in ids.split()]
            return "".join(subprocess.run(ask, capture_output=True, text=True).stdout for ask in [stats, *spent])
        finally:
            subprocess.run([*compose, "down", "--rmi", "local"], cwd=folder, capture_output=True)


# %%
# NBVAL_IGNORE_OUTPUT
if docker_answers() and os.environ.get("MIND_DOCKER") == "1":
    for profile in ("vertical", "horizontal"):
        print(in_docker(docker_files(min(4, os.cpu_count()), 1), profile, shards))  # more CPUs than there are are refused
else:
    print("Not built, not run: this needs a Docker engine, and MIND_DOCKER=1.")

# %% [markdown]
r"""
## Workers as processes

Without an engine, or beside it, processes under limits do the measuring. What a layout has to get right:

- **Limits first.** They must hold before the program's first line. A limit set from outside, after the start, comes too late for whatever ran meanwhile. The usual way: a small program limits *itself* and then replaces itself by the real one (`exec`). Limits and affinity survive that; container runtimes do the same.
- **At the same time.** Start all of them, then wait. `subprocess.run` in a loop is a layout with one worker.
- **How did it end?** With status 0; with another status and last words; or by a signal, without any. A result that is missing since its worker was killed must never be taken for an empty one.
- **What did it cost?** The kernel adds up processor time for each process and hands the sum to whoever waits for it (`os.wait4`), with the time of the children that it had waited for. It is *work*, not time on the wall: a worker that sleeps costs nothing, and one that shares its processor is not charged for its neighbour.
"""

# %% [markdown] exercise="e3" title="Workers under limits" level="core" minutes=50 exports=["run_layout"] goals=[2]
r"""
Write `run_layout(program, shards, memory, cpus)`. `program` is the text of a Python program, `shards` a list of one to eight texts, `memory` a number of bytes (64 MB or more), `cpus` a whole number of at least 1.

For each shard run `program` in a process of its own, as `python -I -S -c program shard` does with the interpreter of this notebook (`sys.executable`): the program finds its shard in `sys.argv[1]`. All of them run at the same time. In each, before the program's first line,

- `RLIMIT_AS` is `memory`, as soft and as hard limit;
- the processors are those of its turn. Take the processors that your own process may use, in ascending order (`sorted(os.sched_getaffinity(0))`); worker number $i$, counted from 0, gets those at the places $i\,c, \dots, i\,c + c - 1$ with $c$ = `cpus`, where places behind the end of the list begin again at its start.

Your own process keeps its limits and its processors. When all have ended, return a list of dicts in the order of the shards:

- `"end"`: `"done"` if the status was 0; the name of the signal, such as `"SIGKILL"`, if one ended it; else `"out of memory"` if the last line it wrote to stderr begins with `MemoryError`, and else the status as in `"status 3"`;
- `"report"`: what the last line that it wrote to stdout says, as JSON, if it is `"done"` and wrote something; else `None`. Output is UTF-8 and may have some hundred kilobytes;
- `"cpu"`: processor time in seconds, in the program and in the kernel, of the process and of those children that it waited for. (What you need to start it may be in there.) Tests demand at least 98 % of what a program knows to have used, and forbid half a second more.

`run_layout("import sys; print(len(sys.argv[1]))", ["ab", "c"], 64 * MB, 1)` gives the ends `"done"` twice, and the reports `2` and `1`.
"""

# %% [markdown] hints="e3" reading="MMDS 2.1, on compute nodes and failures; wait4(2), setrlimit(2), sched_setaffinity(2)"
r"""
1. First make it work without limits: a list of `Popen`, *then* a loop that collects. Where does a worker's output go while you are waiting for another one? (Files in a temporary folder never fill up.)
2. For the limits: start a little program that calls `resource.setrlimit` and `os.sched_setaffinity(0, …)` on itself and ends in `os.execv(sys.executable, [sys.executable, "-I", "-S", "-c", program, shard])`. For the cost: `os.wait4(process.pid, 0)` waits for one and gives pid, status and usage.
3. `_, status, usage = os.wait4(process.pid, 0)`; `code = os.waitstatus_to_exitcode(status)` is negative for a signal, `signal.Signals(-code).name` its name; `usage.ru_utime + usage.ru_stime` the cost. Set `process.returncode = code`, so that `Popen` knows that it has ended.
"""


# %% solution="e3"
def run_layout(program, shards, memory, cpus):
    """Run a program on all shards at the same time, each in a limited process: how it ended, its report, its cost."""
    ### BEGIN SOLUTION
    leash = """if True:
        import os, resource, sys
        memory, processors, *command = sys.argv[1:]
        resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
        os.sched_setaffinity(0, map(int, processors.split()))
        os.execv(command[0], command)
    """
    python = [sys.executable, "-I", "-S", "-c"]
    mine = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as outputs:
        started = []
        for i, shard in enumerate(shards):
            turn = " ".join(str(mine[k % len(mine)]) for k in range(i * cpus, (i + 1) * cpus))
            with open(f"{outputs}/{i}.out", "wb") as out, open(f"{outputs}/{i}.err", "wb") as err:
                command = [*python, leash, str(memory), turn, *python, program, shard]
                started.append(subprocess.Popen(command, stdout=out, stderr=err))
        ended = []
        for i, process in enumerate(started):
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = code = os.waitstatus_to_exitcode(status)
            said = Path(outputs, f"{i}.out").read_bytes().splitlines()
            last = Path(outputs, f"{i}.err").read_bytes().splitlines()[-1:]
            if code < 0:
                end = signal.Signals(-code).name
            elif code > 0:
                end = "out of memory" if last and last[0].startswith(b"MemoryError") else f"status {code}"
            else:
                end = "done"
            report = json.loads(said[-1]) if end == "done" and said else None
            ended.append({"end": end, "report": report, "cpu": usage.ru_utime + usage.ru_stime})
    return ended
    ### END SOLUTION


# %% test="e3_reports" points=2 title="A report for each shard, in their order"


def told(key, *arguments):
    """One entry of all the dicts that run_layout gives."""
    return [worker[key] for worker in check(run_layout, *arguments).value(idea="a list of dicts, one for each shard")]


found = told("report", "import sys; print(len(sys.argv[1]))", ["ab", "c"], 128 * MB, 1)
check_value('the reports of print(len(sys.argv[1])) for "ab" and "c"', found).equals([2, 1], idea="each process has its shard in sys.argv[1]")
### BEGIN HIDDEN TESTS
program = """
import json, sys, time
sys.stdout.reconfigure(encoding="utf-8")
if sys.argv[1] == "late":
    time.sleep(0.4)
if sys.argv[1] != "silent":
    print("no JSON: a first line")
    print(json.dumps([sys.argv[1], "é" * 150_000], ensure_ascii=False))
"""
found = told("report", program, ["late", "a b", "silent"], 128 * MB, 1)
first = [entry and [entry[0], len(entry[1])] for entry in found]
check_value("name and length of the reports of a late, a quick and a silent worker", first).equals(
    [["late", 150_000], ["a b", 150_000], None], idea="the order of the shards, whoever ends first; all of the last line; no output, no report"
)
### END HIDDEN TESTS

# %% test="e3_together" points=2 title="All at the same time"
MEETING = """
import os, sys, time
number, folder = sys.argv[1].split("|")
open(os.path.join(folder, number), "w").close()
patience = 1_000
while len(os.listdir(folder)) < 8 and "in vain" not in os.listdir(folder):
    time.sleep(0.01)
    patience -= 1
    if not patience:
        open(os.path.join(folder, "in vain"), "w").close()
print(int("in vain" not in os.listdir(folder)))
"""
with tempfile.TemporaryDirectory() as folder:
    found = [worker["report"] for worker in check(run_layout, MEETING, [f"{k}|{folder}" for k in range(8)], 128 * MB, 1).value(idea="a list of dicts")]
    check_value("whether eight workers met, each of which waits for all the others", found).equals([1] * 8, idea="start all of them before you wait for the first")

# %% test="e3_memory" points=2 title="The limit on memory holds from the first line"
program = "import resource; print(list(resource.getrlimit(resource.RLIMIT_AS)))"
before = resource.getrlimit(resource.RLIMIT_AS)
found = [worker["report"] for worker in check(run_layout, program, ["", ""], 160 * MB, 1).value(idea="a list of dicts")]
check_value("RLIMIT_AS as two workers with 160 MB see it", found).equals([[160 * MB, 160 * MB]] * 2, idea="soft and hard, set before the program starts")
### BEGIN HIDDEN TESTS
from collections import Counter

hog = "import sys; room = bytearray(int(sys.argv[1])); print(len(room))"
found = check(run_layout, hog, [str(20 * MB), str(300 * MB)], 200 * MB, 1).value(idea="one of them lives")
check_value("the reports of workers with 200 MB that ask for 20 and 300 MB", [worker["report"] for worker in found]).equals([20 * MB, None], idea="each has a limit of its own, and one that dies takes no other with it")
with tempfile.TemporaryDirectory() as folder:
    visits = [f"c{k}" for k in seeded(3).integers(0, 400, 24_000)]
    layouts = [[write_visits(f"{folder}/all", visits)], [write_visits(f"{folder}/{n}", [c for c in visits if shard_of(c, 4) == n]) for n in range(4)]]
    one, four = (check(run_layout, WORKER, files, 96 * MB, 1).note("seed 3").value(idea="a list of dicts") for files in layouts)
check_value("how 94 MB of profiles end with 96 MB for one worker, and with 96 MB for each of four (seed 3)", [[worker["end"] for worker in workers] for workers in (one, four)]).equals(
    [["out of memory"], ["done"] * 4], idea="each worker has the limit to itself"
)
merged = {name: count for worker in four for name, count in worker["report"]["visits"].items()}
check_value("visits of all customers, four shards merged (seed 3)", merged).equals(
    dict(Counter(visits)), idea="each shard by a worker of its own, and every report kept"
)
found = check(run_layout, hog, [str(300 * MB)], 400 * MB, 1).value(idea="it lives")
check_value("the reports of one worker with 400 MB that asks for 300 MB, after that", [worker["report"] for worker in found]).equals([300 * MB], idea="limit the workers, not yourself")
check_value("RLIMIT_AS of this process after all that", resource.getrlimit(resource.RLIMIT_AS)).equals(before, idea="limit the workers, not yourself")
### END HIDDEN TESTS

# %% test="e3_cpus" points=2 title="Processors in turn"
program = "import os; print(sorted(os.sched_getaffinity(0)))"
mine = sorted(os.sched_getaffinity(0))
found = [worker["report"] for worker in check(run_layout, program, ["", "", ""], 128 * MB, 1).value(idea="a list of dicts")]
check_value(f"the processors of three workers with one each, of {mine}", found).equals([[mine[i % len(mine)]] for i in range(3)], idea="the next worker begins where the last one ended")
### BEGIN HIDDEN TESTS
found = [worker["report"] for worker in check(run_layout, program, ["", ""], 128 * MB, 2).value(idea="a list of dicts")]
expected = [sorted({mine[k % len(mine)] for k in (2 * i, 2 * i + 1)}) for i in range(2)]
check_value(f"the processors of two workers with two each, of {mine}", found).equals(expected, idea="places i·c to i·c + c - 1, around the list")
found = [worker["report"] for worker in check(run_layout, program, ["", ""], 128 * MB, len(mine) + 1).value(idea="a list of dicts")]
check_value(f"the processors of two workers with {len(mine) + 1} each, of {mine}", found).equals([mine, mine], idea="places behind the end of the list begin again at its start")
### END HIDDEN TESTS

# %% test="e3_ends" points=2 title="How each one ended"
program = """
import os, signal, sys
what = sys.argv[1]
if what == "hog":
    bytearray(1 << 60)
elif what == "killed":
    sys.stderr.write("MemoryError: no, by somebody else\\n")
    print(1, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
elif what == "wrong":
    raise ValueError("no MemoryError")
elif what == "three":
    sys.stderr.write("MemoryError\\nthat was before, and is over\\n")
elif what == "brave":
    sys.stderr.write("MemoryError: but I had another idea\\n")
    print(7)
sys.exit(0 if what in ("fine", "brave") else 3)
"""
found = [worker["end"] for worker in check(run_layout, program, ["fine", "hog", "killed"], 128 * MB, 1).value(idea="a list of dicts")]
check_value("how three workers ended: one well, one past its limit, one by a signal", found).equals(["done", "out of memory", "SIGKILL"], idea="the status first, then the signal, then the last words")
### BEGIN HIDDEN TESTS
found = [[worker["end"], worker["report"]] for worker in check(run_layout, program, ["three", "wrong", "brave", "killed"], 128 * MB, 1).value(idea="a list of dicts")]
expected = [["status 3", None], ["status 1", None], ["done", 7], ["SIGKILL", None]]
check_value("ends and reports: sys.exit(3), long after a MemoryError; ValueError('no MemoryError'); one that recovers; one killed after printing 1 and complaining", found).equals(expected, idea="who ended with status 0 is done, and nobody else's words are a result")
### END HIDDEN TESTS

# %% test="e3_cpu" points=2 title="What each one cost"
program = """
import os, sys, time
what = sys.argv[1]
if what == "sleep":
    time.sleep(0.8)
elif what == "kernel":
    with open("/dev/zero", "rb", buffering=0) as zero:
        room = bytearray(1 << 20)
        while os.times().system < 0.25:
            zero.readinto(room)
elif what == "child" and os.fork():
    os.wait()
else:
    while time.process_time() < 0.25:
        pass
"""
found = [worker["cpu"] for worker in check(run_layout, program, ["burn", "sleep"], 128 * MB, 1).value(idea="a list of dicts")]
check_value("processor time of a worker that burns 0.25 s, and of one that sleeps 0.8 s", found).satisfies(
    lambda cpu: 0.245 <= cpu[0] <= 0.75 and 0 <= cpu[1] <= 0.5, "about 0.25 and about 0", idea="work is what the processor did, not what the clock on the wall says"
)
### BEGIN HIDDEN TESTS
found = [worker["cpu"] for worker in check(run_layout, program, ["kernel", "child"], 128 * MB, 1).value(idea="a list of dicts")]
check_value("processor time of a worker that keeps the kernel busy for 0.25 s, and of one whose child burns 0.25 s", found).satisfies(
    lambda cpu: all(0.245 <= one <= 0.75 for one in cpu), "about 0.25 each", idea="time in the kernel is work too, and so is that of children"
)
### END HIDDEN TESTS

# %% [markdown]
r"""
Now the comparison, with the profiles from above. The figure shows the peak of each worker's own memory, and the processor time of the whole layout. **Predict** which layout uses more of both.
"""

# %%
runs = {"1 × 96 MB": [alone(everything, 96)], "1 × 384 MB": [large], "4 × 96 MB": small}
fig, (left, right) = plt.subplots(1, 2, figsize=(7.5, 3))
for row, (name, workers) in enumerate(runs.items()):
    for worker, place in zip(workers, np.linspace(-0.3, 0.3, len(workers)) if len(workers) > 1 else [0]):
        died = isinstance(worker, str)
        _ = left.bar(row + place, 96 if died else worker["peak"] / MB, 0.17, color="white" if died else "#0072B2", edgecolor="black", hatch="//" * died)
    _ = right.bar(row, sum(0 if isinstance(worker, str) else worker["cpu"] for worker in workers), 0.5, color="#E69F00", edgecolor="black")
_ = left.axhline(96, color="black", linestyle=":")
_ = left.set(ylabel="peak memory of a worker (MB)", title="Out: four small peaks", xticks=range(3), xticklabels=runs)
_ = right.set(ylabel="processor time (s)", title="Work: every start is paid for", xticks=range(3), xticklabels=runs)
_ = fig.tight_layout()
figures.show(fig, "Left, peak memory of each worker: one with 96 MB reaches its limit and dies (hatched), one with 384 MB peaks above 96 MB, four with 96 MB each stay well below it. Right, processor time of each layout that survived, with the start of its interpreters.")
print("four workers together had a higher sum of peaks than one:", sum(w["peak"] for w in small) > large["peak"])

# %% [markdown]
r"""
The sum is higher out than up: each worker brings an interpreter, its libraries and its tables along. With 8 MB for a bare Python that is a detail; with 600 MB for a process that has loaded a model it decides the layout. The same holds for processor time: what each worker does *before* its part, it does n times.

## How far can it go?

Of a job that takes $T$ on one processor, let the share $\sigma$ be serial: it has no parts that could run side by side. On $N$ processors it takes at least $\sigma T + (1-\sigma) T / N$. So the speed-up is at most

$$ S_A(N) = \frac{1}{\sigma + (1-\sigma)/N} < \frac1\sigma. $$

That is **Amdahl's law** (1967), of a job of *fixed size*. With $\sigma = 5\,\%$ no number of machines makes it more than 20 times as fast. **Gustafson** (1988) objected that people with more machines take on larger jobs. Let $\sigma'$ be the serial share *of the time on the N processors*. One processor alone would need $\sigma' + (1-\sigma') N$ times as long for this larger job:

$$ S_G(N) = \sigma' + (1-\sigma')\,N. $$

**Predict.** One has a ceiling, the other has none. Which is right?
"""

# %%
n = np.arange(1, 65)
fig, ax = plt.subplots(figsize=(7, 3))
_ = ax.plot(n, n, color="grey", linestyle=":", label="linear")
_ = ax.plot(n, 0.05 + 0.95 * n, label="Gustafson, σ′ = 5 %: the job grows with N")
_ = ax.plot(n, 1 / (0.05 + 0.95 / n), label="Amdahl, σ = 5 %: the job stays")
_ = ax.set(xlabel="processors N", ylabel="speed-up (times)", title="The same 5 %, of two different jobs")
_ = ax.legend()
figures.show(fig, "Speed-up over the number of processors up to 64: Gustafson's line stays close to linear and reaches about 61, Amdahl's curve flattens and reaches about 15, below its ceiling of 20.")

# %%
for workers in (4, 16, 64):
    scaled = Fraction(5, 100)  # the share of the time on N processors: Gustafson's
    serial = scaled / (scaled + (1 - scaled) * workers)  # the same job, its share of the time on one: Amdahl's
    amdahl, gustafson = 1 / (serial + (1 - serial) / workers), scaled + (1 - scaled) * workers
    print(f"N = {workers:2}: σ' = 5 % is σ = {float(serial):.2%}; speed-up {float(amdahl):.2f}; both laws agree: {amdahl == gustafson}")

# %% [markdown]
r"""
Both: they say the same of the same run, and only measure the serial share at different places. What differs is the question. "Can this report be ready in a minute?" is Amdahl's. "Can we do ten times the customers each night?" is Gustafson's, if the serial part does not grow with them. So before you believe in a number of machines,
ask what is held fixed, and which share was measured where.

Neither law charges for talk. Day 1's universal scalability law does, by a term that grows with the pairs of workers. A plan has to bring these together with memory and with money. Machines cost by the second: with perfect scaling twice as many for half the time would cost the same; every serial second, in which all but one look on, is paid $N$ times.
"""

# %% [markdown] exercise="e4" title="The cheapest layout that survives" level="stretch" minutes=30 exports=["cheapest_layout"]
r"""
Write `cheapest_layout(job, machines, deadline)`. All numbers are whole. The job is a dict with `"serial"` and `"parallel"` (seconds of work on one core, in parts that cannot, and that can, be spread over any number of cores), `"exchange"` (seconds that each machine after the first one adds), and in gigabytes `"data"`, `"largest"`
(the data of the largest key, which stays on one machine) and `"fixed"` (what every machine needs besides). `machines` is a dict from a name to a dict with `"cores"`, `"memory"` (gigabytes), `"price"` (for one machine and one second, at least 1) and `"most"` (how many can be had, from 1). A layout is a kind of machine and a number $n$ of them, from 1 to `"most"`; kinds are not mixed.

- It takes `serial` + `parallel` / ($n$ · `cores`) + `exchange` · ($n-1$) seconds, and must not take longer than `deadline`.
- The fullest of its machines holds `fixed` + the greater of `data` / $n$ and `largest`, which must not be more than `memory`.
- It costs $n$ · `price` · seconds.

Return the cheapest layout that keeps both conditions, as a tuple: name, $n$, seconds, cost. Of several that cost the same take the one with fewer machines, and then the name that comes first in the alphabet. If there is none, return `None`. Compute exactly: `seconds` and the cost are whole numbers or `Fraction`s, since `deadline` may be met to the second.

With `job = {"serial": 10, "parallel": 960, "exchange": 1, "data": 60, "largest": 12, "fixed": 4}` and `machines = {"small": {"cores": 4, "memory": 16, "price": 1, "most": 40}, "large": {"cores": 32, "memory": 128, "price": 10, "most": 2}}`: for a deadline of 60 seconds it is `("small", 6, 55, 330)`, for 30 seconds `("large", 2, 26, 520)`.
"""

# %% [markdown] hints="e4" reading="FDE ch. 3, on cost and elasticity; Amdahl (1967) and Gustafson (1988), named below"
r"""
1. There are few layouts: try all of them.
2. Put the ones that fit into a list of tuples whose order is the order that you want: cost, then number, then name. `min` does the rest.
3. `seconds = job["serial"] + Fraction(job["parallel"], n * machine["cores"]) + job["exchange"] * (n - 1)`; compare `job["fixed"] + max(Fraction(job["data"], n), job["largest"])` with the memory; `min(…, default=None)`.
"""


# %% solution="e4"
def cheapest_layout(job, machines, deadline):
    """Kind and number of machines that do a job in time and in memory for the least money; None if none does."""
    ### BEGIN SOLUTION
    fitting = []
    for name, machine in machines.items():
        for n in range(1, machine["most"] + 1):
            seconds = job["serial"] + Fraction(job["parallel"], n * machine["cores"]) + job["exchange"] * (n - 1)
            fullest = job["fixed"] + max(Fraction(job["data"], n), job["largest"])
            if seconds <= deadline and fullest <= machine["memory"]:
                fitting.append((n * machine["price"] * seconds, n, name, seconds))
    if not fitting:
        return None
    cost, n, name, seconds = min(fitting)
    return name, n, seconds, cost
    ### END SOLUTION


# %% test="e4_time" points=2 title="In time, by the serial part and the exchange"
roomy = {"data": 0, "largest": 0, "fixed": 0}
job = {"serial": 10, "parallel": 960, "exchange": 1, **roomy}
machines = {"small": {"cores": 4, "memory": 16, "price": 1, "most": 40}, "large": {"cores": 32, "memory": 128, "price": 10, "most": 2}}
check(cheapest_layout, job, machines, 60).equals(("small", 6, 55, 330), idea="10 + 960/24 + 5 seconds; five of them need 62")
check(cheapest_layout, job, machines, 30).equals(("large", 2, 26, 520), idea="small machines never get there: each adds a second")
### BEGIN HIDDEN TESTS


def tried(job, machines, deadline):
    """The best of all layouts, in whole numbers over a common denominator."""
    best = None
    for name in sorted(machines):
        kind = machines[name]
        for n in range(1, kind["most"] + 1):
            units = n * kind["cores"]  # everything in 1/units of a second
            time = (job["serial"] + job["exchange"] * (n - 1)) * units + job["parallel"]
            key = (Fraction(kind["price"] * time, kind["cores"]), n)
            if time <= deadline * units and (best is None or key < best[0]):
                best = key, (name, n, Fraction(time, units), key[0])
    return best and best[1]


for seed in range(6):
    rng = seeded(seed)
    job = {"serial": int(rng.integers(0, 30)), "parallel": int(rng.integers(100, 3000)), "exchange": int(rng.integers(0, 4)), **roomy}
    machines = {name: {"cores": int(rng.integers(1, 33)), "memory": 1, "price": int(rng.integers(1, 12)), "most": int(rng.integers(1, 30))} for name in "pqr"}
    for deadline in (40, 80, 160):
        check(cheapest_layout, job, machines, deadline).note(f"seed {seed}").equals(tried(job, machines, deadline), idea="serial + parallel over all cores + one exchange for each machine after the first")
### END HIDDEN TESTS

# %% test="e4_memory" points=2 title="In memory, with the key that cannot be cut"
job = {"serial": 10, "parallel": 960, "exchange": 0, "data": 60, "largest": 12, "fixed": 4}
machines = {"small": {"cores": 4, "memory": 16, "price": 1, "most": 40}, "large": {"cores": 32, "memory": 128, "price": 10, "most": 2}}
check(cheapest_layout, job, machines, 300).equals(("small", 5, 58, 290), idea="60 GB among five are 12 each, and 4 besides: 16 just fits")
### BEGIN HIDDEN TESTS
check(cheapest_layout, {**job, "largest": 13}, machines, 300).equals(("large", 1, 40, 400), idea="one key of 13 GB and 4 besides: no number of small machines helps")
check(cheapest_layout, {**job, "fixed": 0}, machines, 300).equals(("small", 4, 70, 280), idea="15 GB each, with nothing besides")


def roomiest(job, machines):
    """The best of all layouts that hold the data, for a deadline that all of them meet."""
    held = []
    for name, kind in machines.items():
        room = kind["memory"] - job["fixed"]
        for n in range(1, 13):
            if room >= job["largest"] and room * n >= job["data"]:
                time = 5 + Fraction(125, n)
                held.append((time * n * kind["price"], n, name, time))
    return (min(held)[2], min(held)[1], min(held)[3], min(held)[0]) if held else None


for seed in range(6):
    rng = seeded(20 + seed)
    job = {"serial": 5, "parallel": 500, "exchange": 0, "data": int(rng.integers(10, 90)), "largest": int(rng.integers(1, 14)), "fixed": int(rng.integers(0, 6))}
    machines = {name: {"cores": 4, "memory": int(rng.integers(4, 25)), "price": int(rng.integers(1, 5)), "most": 12} for name in "pqr"}
    check(cheapest_layout, job, machines, 1_000).note(f"seed {20 + seed}").equals(roomiest(job, machines), idea="the fullest machine decides: its share of the data or the largest key, and the fixed part")
### END HIDDEN TESTS

# %% test="e4_exact" points=1 title="A deadline met to the second"
job = {"serial": 0, "parallel": 30, "exchange": 0, "data": 1, "largest": 0, "fixed": 0}
machines = {"odd": {"cores": 3, "memory": 1, "price": 1, "most": 1}}
check(cheapest_layout, job, machines, 10).equals(("odd", 1, 10, 10), idea="10 seconds are not more than 10")
### BEGIN HIDDEN TESTS
check(cheapest_layout, {**job, "parallel": 10**17 + 1}, {"odd": {**machines["odd"], "cores": 1}}, 10**17).equals(None, idea="one second too late is too late: floats do not see it")
check(cheapest_layout, {**job, "parallel": 100}, machines, 34).equals(("odd", 1, Fraction(100, 3), Fraction(100, 3)), idea="a third of a second is a third")
### END HIDDEN TESTS

# %% test="e4_ties" points=1 title="Of equals the fewest machines, and none is None"
job = {"serial": 0, "parallel": 100, "exchange": 0, "data": 0, "largest": 0, "fixed": 0}
pair = {"b": {"cores": 2, "memory": 8, "price": 2, "most": 9}, "a": {"cores": 1, "memory": 8, "price": 1, "most": 9}}
check(cheapest_layout, job, pair, 60).equals(("b", 1, 50, 100), idea="without a serial part all cost the same: one b, two of a")
### BEGIN HIDDEN TESTS
check(cheapest_layout, job, {"c": pair["b"], **pair}, 60).equals(("b", 1, 50, 100), idea="b comes before c")
check(cheapest_layout, job, pair, 120).equals(("a", 1, 100, 100), idea="one each: a comes before b")
check(cheapest_layout, job, pair, 5).equals(None, idea="18 cores and no serial part need more than 5 seconds")
check(cheapest_layout, job, {}, 100).equals(None, idea="no machines, no layout")
### END HIDDEN TESTS

# %% [markdown]
r"""
## In practice

**Start up, go out when you must.** One machine with a lot of memory is a boring, fast and honest answer to many "big data" problems: no network, no partial failure, no merge. Go out when the largest machine is too small or too dear, when one failure must not take everything, or when the load varies so much that whole machines can be sent home.

**Elasticity** is scaling out with the hours: workers come when work waits, and go when they idle. Two thresholds, not one: with a single one at 70 %, five workers at 72 % become six at 60 %, which become five again. And watch the backlog rather than the mean utilisation, which is capped at 100 % however long the line.

**What a limit counts.** A program in a container may see the machine's processors in `os.cpu_count()`, start as many threads, and be throttled to its quota. Resident memory of several processes counts shared pages once for each: `Pss` in `/proc/<pid>/smaps_rollup` divides them fairly.

**Spark.** Cores and memory of a standalone worker (`-c`, `-m`) are bookkeeping: what it *offers* to be handed out. They keep no Python process from using more. `spark.executor.pyspark.memory` does: it sets `RLIMIT_AS` in the Python workers, today's limit. Many threads in one JVM are scaling up.

**At a hundred times the size** some worker is always broken. Then work has to be cut into many more pieces than workers, so that a piece can be repeated elsewhere and no straggler holds a quarter of everything; the claim by renaming of `DOCKER_WORKER` becomes a queue with leases.

## Summary

- Count the tree, with the time of those who have ended; know whose peak you read.
- A pinned base, a user without rights, signals that arrive, a check of health; limits under `deploy.resources.limits`. Without an engine these files are checked and not run.
- Limits before the first line, all workers at once, and an end with a name: a killed worker's silence is no result. Up and out die of different things: of the machine's size, and of the part that cannot be cut.
- Serial seconds are paid for by all machines; memory by what is largest; so the cheapest layout is found by trying all of them exactly.

## Reflection

A team's nightly job has outgrown its server with 64 GB. A proposal: eight containers with 8 GB each, limits the same in total, "so it must fit".

Answer in 3 to 5 sentences. Give yourself a point for each: you name what is there eight times; you ask about the largest key; you say what the job must do that it did not do before; you name a measurement, and how you would know that a worker was killed.
"""

# %% [markdown] reflection="reflection"
r"""
The interpreter, its libraries and any table that all of them look things up in are there eight times, so eight times 8 GB hold less than once 64 GB, which already was too little. If one customer's data exceed what is left in a container, that one dies however many there are; so I would ask for the size of the largest key before anything else.
The job has to be cut by a key, each key whole in one part, and every figure that cannot be added up, such as a number of different customers, needs a merge that is right. I would run one night's data in both layouts, take each worker's own peak and the processor time of each tree, and look at the ends: status 137 or a signal is a worker that was killed, and its missing part must stop the job, not shrink the report.
"""

# %% [markdown]
r"""
## Further reading

- *Fundamentals of Data Engineering*, chapter 3: distributed systems, elasticity and their cost. Look for the difference between scaling and being elastic, and for what a single machine is still praised for.
- *Mining of Massive Datasets*, 2.1: how racks of commodity nodes are built, and why computations are cut into tasks that can be repeated: look for the two ways in which parts of a cluster fail.
- G. M. Amdahl, "Validity of the single processor approach to achieving large scale computing capabilities" (1967), and J. L. Gustafson, "Reevaluating Amdahl's Law" (1988): two and a half pages each; look for what each holds fixed.
- F. McSherry, M. Isard, D. G. Murray, "Scalability! But at what COST?" (2015): how many cores some celebrated systems needed to overtake one thread.
- The Linux manual: proc_pid_stat(5), getrusage(2), setrlimit(2); the kernel's documentation of control groups, version 2, for `memory.max` and `cpu.max`. The Compose Deploy Specification for what limits are called.
"""
