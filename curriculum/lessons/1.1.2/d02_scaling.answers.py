# %% right="e1" why="every process climbs to its ancestors, by a regular expression for the line"
def sample_tree(root, proc="/proc"):
    line = re.compile(r"\d+ \(.*\) (.*)", re.DOTALL)
    seen = {}
    for name in os.listdir(proc):
        if re.fullmatch(r"\d+", name):
            try:
                with open(os.path.join(proc, name, "stat")) as file:
                    seen[int(name)] = line.match(file.read())[1].split()
            except OSError:
                pass
    if root not in seen:
        raise ProcessLookupError(root)

    def belongs(pid):
        while pid in seen and pid != root:
            pid = int(seen[pid][1])
        return pid == root

    mine = sorted(filter(belongs, seen))
    cpu = sum(int(seen[pid][k]) for pid in mine for k in (11, 12, 13, 14))
    return {"pids": mine, "cpu": cpu, "memory": sum(int(seen[pid][21]) for pid in mine)}


# %% right="e1" why="generation after generation, with a list of children for each parent"
def sample_tree(root, proc="/proc"):
    children, used = {}, {}
    for stat in Path(proc).glob("[0-9]*/stat"):
        text = stat.read_text()
        fields = text[text.rindex(")") + 1 :].split()
        children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
        used[int(stat.parent.name)] = [sum(int(k) for k in fields[11:15]), int(fields[21])]
    if root not in used:
        raise ProcessLookupError("gone")
    tree, generation = set(), [root]
    while generation:
        tree.update(generation)
        generation = [child for pid in generation for child in children.get(pid, [])]
    cpu, memory = (sum(used[pid][k] for pid in tree) for k in (0, 1))
    return {"pids": sorted(tree), "cpu": cpu, "memory": memory}


# %% [markdown] wrong="e1" why="time in programs only, none in the kernel" edit=true
r'''
### REPLACE
        found[int(place.name)] = int(fields[1]), sum(map(int, fields[11:15])), int(fields[21])
### WITH
        found[int(place.name)] = int(fields[1]), int(fields[11]) + int(fields[13]), int(fields[21])
### END
'''

# %% [markdown] wrong="e1" why="adds up the living: what has ended is lost" edit=true
r'''
### REPLACE
        found[int(place.name)] = int(fields[1]), sum(map(int, fields[11:15])), int(fields[21])
### WITH
        found[int(place.name)] = int(fields[1]), sum(map(int, fields[11:13])), int(fields[21])
### END
'''

# %% [markdown] wrong="e1" why="address space for resident memory" edit=true
r'''
### REPLACE
        found[int(place.name)] = int(fields[1]), sum(map(int, fields[11:15])), int(fields[21])
### WITH
        found[int(place.name)] = int(fields[1]), sum(map(int, fields[11:15])), int(fields[20]) // 4096
### END
'''

# %% [markdown] wrong="e1" why="children only, not their children" edit=true
r'''
### REPLACE
    for pid in tree:  # grows while we walk along it
        tree += [child for child, (parent, _, _) in found.items() if parent == pid]
### WITH
    tree += [child for child, (parent, _, _) in found.items() if parent == root]
### END
'''

# %% [markdown] wrong="e1" why="cuts the line at its spaces, those in the name too" edit=true
r'''
### REPLACE
        fields = text.rpartition(")")[2].split()  # begins with field 3 of the manual
### WITH
        fields = text.split()[2:]
### END
'''

# %% [markdown] wrong="e1" why="takes the first closing parenthesis for the end of the name" edit=true
r'''
### REPLACE
        fields = text.rpartition(")")[2].split()  # begins with field 3 of the manual
### WITH
        fields = text.partition(") ")[2].split()
### END
'''

# %% [markdown] wrong="e1" why="believes that what was listed is still there" edit=true
r'''
### REPLACE
        try:
            text = (place / "stat").read_text(errors="replace")
        except (FileNotFoundError, ProcessLookupError):  # it has ended since we saw its folder
            continue
### WITH
        text = (place / "stat").read_text(errors="replace")
### END
'''

# %% [markdown] wrong="e1" why="a root that is gone uses nothing" edit=true
r'''
### REPLACE
        raise ProcessLookupError(f"no process {root}")
### WITH
        return {"pids": [], "cpu": 0, "memory": 0}
### END
'''

# %% right="e2" why="dicts, written as JSON, and a base by its digest"
def docker_files(workers, gigabytes):
    base = "python:3.12.11-slim@sha256:" + "0123456789abcdef" * 4
    steps = [f"FROM {base}", 'COPY ["worker.py", "/srv/"]', "WORKDIR /srv", "user 1000:1000"]
    steps += ['HEALTHCHECK --retries=3 --interval=5s \\', '  CMD ["python", "worker.py", "--health"]']
    steps += ['CMD ["python","worker.py"]']
    shared = {"build": ".", "volumes": ["./data:/data"]}

    def service(name, number, cpus, memory):
        limits = {"cpus": cpus, "memory": f"{memory * 1024}m"}
        return {**shared, "profiles": [name], "deploy": {"replicas": number, "resources": {"limits": limits}}}

    services = {
        "vertical": service("vertical", 1, workers, workers * gigabytes),
        "horizontal": service("horizontal", workers, 1, gigabytes),
    }
    return {"Dockerfile": "\n".join(steps), "compose.yaml": json.dumps({"services": services})}


# %% right="e2" why="one template with an anchor for what both share; comments; one replica by default"
def docker_files(workers, gigabytes):
    dockerfile = """
# the worker, as nobody in particular
FROM docker.io/library/python:3.13.2-slim-bookworm
USER root
RUN mkdir /app
WORKDIR /app
COPY . .
USER 65534
HEALTHCHECK CMD [ "python", "worker.py", "--health" ]
CMD [ "python", "worker.py" ]
"""
    compose = """
x-worker: &worker
  build: .
  volumes:
    - ./data:/data
services:
  vertical:
    <<: *worker
    profiles: ["vertical"]
    deploy: {resources: {limits: {cpus: %d, memory: %dgb}}}
  horizontal:
    <<: *worker
    profiles: ["horizontal"]
    deploy: {replicas: %d, resources: {limits: {cpus: 1.0, memory: %dG}}}
"""
    return {"Dockerfile": dockerfile, "compose.yaml": compose % (workers, workers * gigabytes, workers, gigabytes)}


# %% [markdown] wrong="e2" why="a base that is another one next month" edit=true
r'''
### REPLACE
FROM python:3.12.11-slim
### WITH
FROM python:3.12-slim
### END
'''

# %% [markdown] wrong="e2" why="the program is not in the image" edit=true
r'''
### REPLACE
COPY worker.py .
### WITH
### END
'''

# %% [markdown] wrong="e2" why="the program lies in one folder and is started in another" edit=true
r'''
### REPLACE
WORKDIR /app
COPY worker.py .
### WITH
COPY worker.py /app/
### END
'''

# %% [markdown] wrong="e2" why="stays root" edit=true
r'''
### REPLACE
USER 10001
### WITH
### END
'''

# %% [markdown] wrong="e2" why="a user by name, which nobody can check from outside" edit=true
r'''
### REPLACE
USER 10001
### WITH
USER nobody
### END
'''

# %% [markdown] wrong="e2" why="shell form: a shell gets the signals" edit=true
r'''
### REPLACE
CMD ["python", "worker.py"]
### WITH
CMD python worker.py
### END
'''

# %% [markdown] wrong="e2" why="an entry point as well, so that CMD becomes its arguments" edit=true
r'''
### REPLACE
CMD ["python", "worker.py"]
### WITH
ENTRYPOINT ["python"]
CMD ["python", "worker.py"]
### END
'''

# %% [markdown] wrong="e2" why="nobody asks how the worker is" edit=true
r'''
### REPLACE
HEALTHCHECK --interval=2s CMD ["python", "worker.py", "--health"]
### WITH
HEALTHCHECK NONE
### END
'''

# %% [markdown] wrong="e2" why="single quotes: no JSON, so a shell looks for a program called [python," edit=true
r'''
### REPLACE
HEALTHCHECK --interval=2s CMD ["python", "worker.py", "--health"]
### WITH
HEALTHCHECK --interval=2s CMD ['python', 'worker.py', '--health']
### END
'''

# %% [markdown] wrong="e2" why="no profiles: up starts both" edit=true
r'''
### REPLACE
    profiles: [{name}]
### WITH
### END
'''

# %% [markdown] wrong="e2" why="containers without the data" edit=true
r'''
### REPLACE
    volumes: ["./data:/data"]
### WITH
### END
'''

# %% [markdown] wrong="e2" why="a text where compose wants a list of volumes" edit=true
r'''
### REPLACE
    volumes: ["./data:/data"]
### WITH
    volumes: "./data:/data"
### END
'''

# %% [markdown] wrong="e2" why="limits where they are a promise and limit nothing" edit=true
r'''
### REPLACE
        limits:
### WITH
        reservations:
### END
'''

# %% [markdown] wrong="e2" why="limits under a key of the service, which compose does not know" edit=true
r'''
### REPLACE
    deploy:
      replicas: {replicas}
      resources:
        limits:
          cpus: "{cpus}"
          memory: {memory}G
### WITH
    resources:
      limits:
        cpus: "{cpus}"
        memory: {memory}G
    deploy:
      replicas: {replicas}
### END
'''

# %% [markdown] wrong="e2" why="unequal totals: each small one gets what the large one has" edit=true
r'''
### REPLACE
    vertical = service("vertical", 1, workers, workers * gigabytes)
### WITH
    vertical = service("vertical", 1, workers, gigabytes)
### END
'''

# %% right="e3" why="limits in front of the program, a thread for each worker, pipes"
def run_layout(program, shards, memory, cpus):
    from concurrent.futures import ThreadPoolExecutor

    mine = sorted(os.sched_getaffinity(0)) * (len(shards) * cpus + 1)

    def run(i, shard):
        allowed = set(mine[i * cpus : (i + 1) * cpus])
        bound = f"__import__('resource').setrlimit(__import__('resource').RLIMIT_AS, ({memory}, {memory}))\n"
        bound += f"__import__('os').sched_setaffinity(0, {allowed})\n"
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            pid = os.posix_spawn(
                sys.executable,
                [sys.executable, "-I", "-S", "-c", bound + program, shard],
                os.environ,
                file_actions=[(os.POSIX_SPAWN_DUP2, out.fileno(), 1), (os.POSIX_SPAWN_DUP2, err.fileno(), 2)],
            )
            _, status, usage = os.wait4(pid, 0)
            texts = []
            for file in (out, err):
                file.seek(0)
                texts.append(file.read().decode())
        report, end = None, "done"
        if os.WIFSIGNALED(status):
            end = signal.Signals(os.WTERMSIG(status)).name
        elif os.WEXITSTATUS(status):
            last = texts[1].strip().split("\n")[-1]
            end = "out of memory" if last.startswith("MemoryError") else f"status {os.WEXITSTATUS(status)}"
        elif texts[0]:
            report = json.loads(texts[0].strip().split("\n")[-1])
        return {"end": end, "report": report, "cpu": usage.ru_utime + usage.ru_stime}

    with ThreadPoolExecutor(len(shards)) as pool:
        return list(pool.map(run, range(len(shards)), shards))


# %% right="e3" why="cost by the growth of what all children have cost, one waited for at a time"
def run_layout(program, shards, memory, cpus):
    mine = sorted(os.sched_getaffinity(0))
    first = "import os, resource as r, sys\nr.setrlimit(r.RLIMIT_AS, ({0}, {0}))\nos.sched_setaffinity(0, {1})\n{2}"
    python = [sys.executable, "-I", "-S", "-c"]
    go = "os.execv(sys.executable, sys.argv[1:])"
    workers = []
    for i, shard in enumerate(shards):
        turn = [mine[(i * cpus + k) % len(mine)] for k in range(cpus)]
        command = [*python, first.format(memory, turn, go), *python, program, shard]
        workers.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE))

    def spent():
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    results = []
    for worker in workers:
        before = spent()
        out, err = worker.communicate()
        result = {"end": "done", "report": None, "cpu": spent() - before}
        if worker.returncode < 0:
            result["end"] = signal.Signals(-worker.returncode).name
        elif worker.returncode > 0:
            memory_gone = err.rstrip().rpartition(b"\n")[2].startswith(b"MemoryError")
            result["end"] = "out of memory" if memory_gone else f"status {worker.returncode}"
        elif out:
            result["report"] = json.loads(out.rstrip().rpartition(b"\n")[2])
        results.append(result)
    return results


# %% right="e3" why="limits in the child between fork and exec (preexec_fn), all pipes read by threads"
def run_layout(program, shards, memory, cpus):
    import threading

    mine = sorted(os.sched_getaffinity(0))

    def start(i, shard):
        def bound():
            os.sched_setaffinity(0, {mine[(i * cpus + k) % len(mine)] for k in range(cpus)})
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))

        command = [sys.executable, "-I", "-S", "-c", program, shard]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=bound)

    workers = [start(i, shard) for i, shard in enumerate(shards)]
    texts = {}
    readers = [
        threading.Thread(target=lambda pipe=pipe: texts.__setitem__(pipe, pipe.read().decode()))
        for worker in workers
        for pipe in (worker.stdout, worker.stderr)
    ]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    results = []
    for worker in workers:
        _, status, usage = os.wait4(worker.pid, 0)
        worker.returncode = os.waitstatus_to_exitcode(status)
        out, err = (texts[pipe].strip().split("\n")[-1] for pipe in (worker.stdout, worker.stderr))
        worker.stdout.close()
        worker.stderr.close()
        end = "done"
        if worker.returncode < 0:
            end = signal.Signals(-worker.returncode).name
        elif worker.returncode > 0:
            end = "out of memory" if err.startswith("MemoryError") else f"status {worker.returncode}"
        report = json.loads(out) if out and end == "done" else None
        results.append({"end": end, "report": report, "cpu": usage.ru_utime + usage.ru_stime})
    return results


# %% [markdown] wrong="e3" why="waits for each worker before it starts the next: a layout with one" edit=true
r'''
### REPLACE
                started.append(subprocess.Popen(command, stdout=out, stderr=err))
### WITH
                started.append(subprocess.Popen(command, stdout=out, stderr=err))
                os.waitid(os.P_PID, started[-1].pid, os.WEXITED | os.WNOWAIT)
### END
'''

# %% [markdown] wrong="e3" why="four at a time, as a pool of workers does it" edit=true
r'''
### REPLACE
                started.append(subprocess.Popen(command, stdout=out, stderr=err))
### WITH
                if i >= 4:
                    os.waitid(os.P_PID, started[i - 4].pid, os.WEXITED | os.WNOWAIT)
                started.append(subprocess.Popen(command, stdout=out, stderr=err))
### END
'''

# %% [markdown] wrong="e3" why="no limit on memory" edit=true
r'''
### REPLACE
        resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
### WITH
### END
'''

# %% [markdown] wrong="e3" why="a soft limit, which the program may lift" edit=true
r'''
### REPLACE
        resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
### WITH
        resource.setrlimit(resource.RLIMIT_AS, (int(memory), resource.getrlimit(resource.RLIMIT_AS)[1]))
### END
'''

# %% [markdown] wrong="e3" why="every worker on the same processors" edit=true
r'''
### REPLACE
            turn = " ".join(str(mine[k % len(mine)]) for k in range(i * cpus, (i + 1) * cpus))
### WITH
            turn = " ".join(str(mine[k % len(mine)]) for k in range(cpus))
### END
'''

# %% [markdown] wrong="e3" why="behind the end of the list there is nothing" edit=true
r'''
### REPLACE
            turn = " ".join(str(mine[k % len(mine)]) for k in range(i * cpus, (i + 1) * cpus))
### WITH
            turn = " ".join(map(str, mine[i * cpus : (i + 1) * cpus]))
### END
'''

# %% [markdown] wrong="e3" why="no processors are given out: every worker may use all" edit=true
r'''
### REPLACE
        os.sched_setaffinity(0, map(int, processors.split()))
### WITH
### END
'''

# %% [markdown] wrong="e3" why="takes the first line for the report" edit=true
r'''
### REPLACE
            report = json.loads(said[-1]) if end == "done" and said else None
### WITH
            try:
                report = json.loads(said[0]) if end == "done" and said else None
            except ValueError:
                report = None
### END
'''

# %% [markdown] wrong="e3" why="collects in the order in which workers end" edit=true
r'''
### REPLACE
        for i, process in enumerate(started):
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = code = os.waitstatus_to_exitcode(status)
### WITH
        for _ in list(started):
            pid, status, usage = os.wait4(-1, 0)
            process = next(process for process in started if process.pid == pid)
            i = started.index(process)
            process.returncode = code = os.waitstatus_to_exitcode(status)
### END
'''

# %% [markdown] wrong="e3" why="believes what a killed worker had said" edit=true
r'''
### REPLACE
            report = json.loads(said[-1]) if end == "done" and said else None
### WITH
            report = json.loads(said[-1]) if said else None
### END
'''

# %% [markdown] wrong="e3" why="finds MemoryError anywhere in the last words" edit=true
r'''
### REPLACE
                end = "out of memory" if last and last[0].startswith(b"MemoryError") else f"status {code}"
### WITH
                end = "out of memory" if last and b"MemoryError" in last[0] else f"status {code}"
### END
'''

# %% [markdown] wrong="e3" why="finds MemoryError at the beginning of any line" edit=true
r'''
### REPLACE
            last = Path(outputs, f"{i}.err").read_bytes().splitlines()[-1:]
### WITH
            last = Path(outputs, f"{i}.err").read_bytes().splitlines()
            last = [line for line in last if line.startswith(b"MemoryError")]
### END
'''

# %% [markdown] wrong="e3" why="believes last words before it looks at the signal" edit=true
r'''
### REPLACE
            if code < 0:
### WITH
            if code and last and last[0].startswith(b"MemoryError"):
                end = "out of memory"
            elif code < 0:
### END
'''

# %% [markdown] wrong="e3" why="time in programs only, none in the kernel" edit=true
r'''
### REPLACE
            ended.append({"end": end, "report": report, "cpu": usage.ru_utime + usage.ru_stime})
### WITH
            ended.append({"end": end, "report": report, "cpu": usage.ru_utime})
### END
'''

# %% [markdown] wrong="e3" why="the clock on the wall for work" edit=true
r'''
### REPLACE
        started = []
### WITH
        import time

        started, begin = [], time.perf_counter()
### END
### REPLACE
            ended.append({"end": end, "report": report, "cpu": usage.ru_utime + usage.ru_stime})
### WITH
            ended.append({"end": end, "report": report, "cpu": time.perf_counter() - begin})
### END
'''

# %% right="e4" why="whole numbers over a common denominator, and the best so far"
def cheapest_layout(job, machines, deadline):
    best = None
    for name in sorted(machines, reverse=True):
        cores, memory, price, most = (machines[name][key] for key in ("cores", "memory", "price", "most"))
        for n in reversed(range(1, most + 1)):
            scale = n * cores
            time = scale * (job["serial"] + job["exchange"] * (n - 1)) + job["parallel"]
            left = memory - job["fixed"]
            if time > deadline * scale or left * n < job["data"] or left < job["largest"]:
                continue
            found = Fraction(price * time, cores), n, name
            if best is None or found[:2] <= best[:2]:
                best = found
    return best and (best[2], best[1], best[0] / (best[1] * machines[best[2]]["price"]), best[0])


# %% right="e4" why="all layouts first, then those that fit, then the cheapest by a key"
def cheapest_layout(job, machines, deadline):
    layouts = [(name, n, machines[name]) for name in machines for n in range(1, machines[name]["most"] + 1)]

    def seconds(name, n, machine):
        return job["serial"] + (n - 1) * job["exchange"] + job["parallel"] * Fraction(1, machine["cores"]) / n

    def fits(name, n, machine):
        share = max(job["data"] * Fraction(1, n), job["largest"])
        return seconds(name, n, machine) <= deadline and share + job["fixed"] <= machine["memory"]

    def cost(name, n, machine):
        return seconds(name, n, machine) * machine["price"] * n

    best = min((one for one in layouts if fits(*one)), key=lambda one: (cost(*one), one[1], one[0]), default=None)
    return None if best is None else (best[0], best[1], seconds(*best), cost(*best))


# %% [markdown] wrong="e4" why="the serial part is spread over all cores, too" edit=true
r'''
### REPLACE
            seconds = job["serial"] + Fraction(job["parallel"], n * machine["cores"]) + job["exchange"] * (n - 1)
### WITH
            seconds = Fraction(job["serial"] + job["parallel"], n * machine["cores"]) + job["exchange"] * (n - 1)
### END
'''

# %% [markdown] wrong="e4" why="machines that need not talk" edit=true
r'''
### REPLACE
            seconds = job["serial"] + Fraction(job["parallel"], n * machine["cores"]) + job["exchange"] * (n - 1)
### WITH
            seconds = job["serial"] + Fraction(job["parallel"], n * machine["cores"])
### END
'''

# %% [markdown] wrong="e4" why="spreads the data evenly, as if every key could be cut" edit=true
r'''
### REPLACE
            fullest = job["fixed"] + max(Fraction(job["data"], n), job["largest"])
### WITH
            fullest = job["fixed"] + Fraction(job["data"], n)
### END
'''

# %% [markdown] wrong="e4" why="divides what every machine needs among them" edit=true
r'''
### REPLACE
            fullest = job["fixed"] + max(Fraction(job["data"], n), job["largest"])
### WITH
            fullest = max(Fraction(job["fixed"] + job["data"], n), job["largest"])
### END
'''

# %% [markdown] wrong="e4" why="compares in floating point" edit=true
r'''
### REPLACE
            if seconds <= deadline and fullest <= machine["memory"]:
### WITH
            if float(seconds) <= deadline and fullest <= machine["memory"]:
### END
'''

# %% [markdown] wrong="e4" why="a deadline must be beaten, not met" edit=true
r'''
### REPLACE
            if seconds <= deadline and fullest <= machine["memory"]:
### WITH
            if seconds < deadline and fullest <= machine["memory"]:
### END
'''

# %% [markdown] wrong="e4" why="of equals the first by name, however many machines" edit=true
r'''
### REPLACE
            if seconds <= deadline and fullest <= machine["memory"]:
                fitting.append((n * machine["price"] * seconds, n, name, seconds))
### WITH
            if seconds <= deadline and fullest <= machine["memory"]:
                fitting.append((n * machine["price"] * seconds, name, n, seconds))
### END
### REPLACE
    cost, n, name, seconds = min(fitting)
### WITH
    cost, name, n, seconds = min(fitting)
### END
'''

# %% [markdown] wrong="e4" why="the fastest layout, whatever it costs" edit=true
r'''
### REPLACE
    cost, n, name, seconds = min(fitting)
### WITH
    cost, n, name, seconds = min(fitting, key=lambda layout: layout[3])
### END
'''

# %% [markdown] wrong="e4" why="the lowest price a second, not the lowest cost" edit=true
r'''
### REPLACE
    cost, n, name, seconds = min(fitting)
### WITH
    cost, n, name, seconds = min(fitting, key=lambda layout: (layout[0] / layout[3], layout[1:3]))
### END
'''

# %% equivalent="e4" mutants=["38e06833"] why="return alone returns None"
