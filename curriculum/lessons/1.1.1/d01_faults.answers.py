# %% right="e1" why="from the other end: one less the probability that too few are up"
def availability(mttf, mttr, k, n):
    if mttf <= 0 or mttr < 0 or k < 1 or k > n:
        raise ValueError("out of range")
    up, down = mttf / (mttf + mttr), mttr / (mttf + mttr)
    return 1.0 - sum(math.comb(n, i) * up**i * down ** (n - i) for i in range(k))


# %% right="e1" why="part by part: the distribution of how many are up grows with each"
def availability(mttf, mttr, k, n):
    if mttf <= 0 or mttr < 0 or not 1 <= k <= n:
        raise ValueError("out of range")
    up = mttf / (mttf + mttr)
    chances = np.array([1.0])
    for _ in range(n):
        chances = np.convolve(chances, [1 - up, up])
    return float(chances[k:].sum())


# %% [markdown] wrong="e1" why="takes MTTR / MTTF for the share of time down" edit=true
r'''
### REPLACE
    up = mttf / (mttf + mttr)
### WITH
    up = 1 - mttr / mttf
### END
'''

# %% [markdown] wrong="e1" why="k given parts are up, without the choice of which" edit=true
r'''
### REPLACE
    return sum(math.comb(n, i) * up**i * (1 - up) ** (n - i) for i in range(k, n + 1))
### WITH
    return up**k
### END
'''

# %% [markdown] wrong="e1" why="exactly k parts, not at least k" edit=true
r'''
### REPLACE
    return sum(math.comb(n, i) * up**i * (1 - up) ** (n - i) for i in range(k, n + 1))
### WITH
    return math.comb(n, k) * up**k * (1 - up) ** (n - k)
### END
'''

# %% [markdown] wrong="e1" why="computes whatever it is given" edit=true
r'''
### REPLACE
    if not (mttf > 0 and mttr >= 0 and 1 <= k <= n):
        raise ValueError("a time or a number of parts that cannot be")
### WITH
### END
'''

# %% right="e2" why="with int.to_bytes and slices, no struct"
def encode_page(number, lsn, payload):
    if len(payload) > PAGE - 14:
        raise ValueError("too long")
    body = lsn.to_bytes(8, "big") + len(payload).to_bytes(2, "big") + bytes(payload)
    body += bytes(PAGE - 4 - len(body))
    return zlib.crc32(number.to_bytes(8, "big") + body).to_bytes(4, "big") + body


def decode_page(number, page, least=0):
    body = page[4:]
    fits = zlib.crc32(body, zlib.crc32(number.to_bytes(8, "big"))) == int.from_bytes(page[:4], "big")
    lsn, size = int.from_bytes(body[:8], "big"), int.from_bytes(body[8:10], "big")
    if len(page) != PAGE or not fits or lsn < least:
        raise ValueError("not that page")
    return lsn, bytes(body[10 : 10 + size])


# %% right="e2" why="one struct for number and page together, and a try around the reading"
def _sum(number, lsn, size, room):
    return zlib.crc32(struct.pack(">QQH114s", number, lsn, size, room))


def encode_page(number, lsn, payload):
    if len(payload) > 114:
        raise ValueError("at most 114 bytes")
    return struct.pack(">IQH114s", _sum(number, lsn, len(payload), payload), lsn, len(payload), payload)


def decode_page(number, page, least=0):
    try:
        checksum, lsn, size, room = struct.unpack(">IQH114s", page)
    except struct.error:
        raise ValueError("not 128 bytes") from None
    if checksum != _sum(number, lsn, size, room):
        raise ValueError("damaged")
    if least > lsn:
        raise ValueError("too old")
    return lsn, room[:size]


# %% wrong="e2" why="the checksum covers the payload only: a misdirected page passes, and so does a changed LSN"
def encode_page(number, lsn, payload):
    if len(payload) > PAGE - 14:
        raise ValueError("too long")
    return struct.pack(">IQH", zlib.crc32(payload), lsn, len(payload)) + payload.ljust(PAGE - 14, b"\0")


def decode_page(number, page, least=0):
    if len(page) != PAGE:
        raise ValueError("not a page")
    checksum, lsn, size = struct.unpack_from(">IQH", page)
    payload = page[14 : 14 + size]
    if checksum != zlib.crc32(payload) or lsn < least:
        raise ValueError("damaged")
    return lsn, payload


# %% [markdown] wrong="e2" why="Python's hash for a checksum: another one in every process" edit=true
r'''
### REPLACE
    return struct.pack(">I", zlib.crc32(struct.pack(">Q", number) + body)) + body
### WITH
    return struct.pack(">I", hash((number, body)) & 0xFFFFFFFF) + body
### END
### REPLACE
    if checksum != zlib.crc32(struct.pack(">Q", number) + page[4:]):
### WITH
    if checksum != hash((number, page[4:])) & 0xFFFFFFFF:
### END
'''

# %% [markdown] wrong="e2" why="the reader looks at its length, its LSN and its payload, and never at the checksum" edit=true
r'''
### REPLACE
    if checksum != zlib.crc32(struct.pack(">Q", number) + page[4:]):
### WITH
    if checksum == 0:
### END
'''

# %% [markdown] wrong="e2" why="takes the bytes as they come: a short page ends in struct.error" edit=true
r'''
### REPLACE
    if len(page) != PAGE:
        raise ValueError("not a page")
### WITH
### END
'''

# %% [markdown] wrong="e2" why="cuts the zeros off the end instead of counting" edit=true
r'''
### REPLACE
    return lsn, page[14 : 14 + size]
### WITH
    return lsn, page[14:].rstrip(b"\0")
### END
'''

# %% [markdown] wrong="e2" why="does not look how old the page is" edit=true
r'''
### REPLACE
    if lsn < least:
        raise ValueError("an old page: a write was lost")
### WITH
### END
'''

# %% [markdown] wrong="e2" why="demands a page newer than it has to be" edit=true
r'''
### REPLACE
    if lsn < least:
### WITH
    if lsn <= least and least:
### END
'''

# %% [markdown] wrong="e2" why="cuts off what does not fit" edit=true
r'''
### REPLACE
    if len(body) > PAGE - 4:
        raise ValueError("the payload does not fit into a page")
### WITH
    body = body[: PAGE - 4]
### END
'''

# %% right="e3" why="one function, with tables of what each fault changes; the log stays open and is flushed"
def run(program, plan, folder, patience):
    limits = {"file_limit": {resource.RLIMIT_FSIZE: 0}, "memory_limit": {resource.RLIMIT_AS: 1 << 27}}
    instead = {"killed": signal.SIGKILL, "hang": signal.SIGSTOP}
    request, results = os.path.join(folder, "request"), []
    with open(os.path.join(folder, "log.jsonl"), "a", buffering=1) as log:
        for step in plan:
            for attempt, fault in zip(range(1, ATTEMPTS + 1), [*step["faults"], *[None] * ATTEMPTS]):
                data = sealed(step["key"], "ten" if fault == "bad_input" else step["amount"])
                if fault == "bit_rot":
                    data = bytes([data[0] ^ 64]) + data[1:]
                with open(request, "wb") as file:
                    file.write(data)
                ledger = "/dev/full" if fault == "disk_full" else os.path.join(folder, "ledger")
                child = Child(program, request, ledger, limits.get(fault, {}))
                observed = "timeout"
                try:
                    for message in iter(lambda: child.hear(patience), None):
                        match message:
                            case {"state": "written"} if fault in instead:
                                child.send(instead[fault])
                            case {"state": "written"}:
                                child.go_on()
                            case {"state": "done"}:
                                observed = None
                                break
                            case {"error": observed} | {"by": observed}:
                                break
                except TimeoutError:
                    pass
                child.end()
                kind = (None, None) if observed is None else KINDS.get(observed, UNKNOWN)
                names = ("key", "attempt", "injected", "observed", "class", "persistence")
                print(json.dumps(dict(zip(names, (step["key"], attempt, fault, observed, *kind)))), file=log)
                if observed is None:
                    results.append(step["key"])
                if kind[1] != "transient":
                    break
    return results


# %% right="e3" why="a class for the campaign, and a queue of attempts that are still to be made"
class Campaign:
    def __init__(self, program, folder, patience):
        self.program, self.folder, self.patience = program, Path(folder), patience

    def start(self, step, fault):
        amount = {"bad_input": "ten"}.get(fault, step["amount"])
        data = sealed(step["key"], amount)
        if fault == "bit_rot":
            flipped = int.from_bytes(data, "big") ^ 1 << 11
            data = flipped.to_bytes(len(data), "big")
        (self.folder / "request").write_bytes(data)
        ledger = "/dev/full" if fault == "disk_full" else str(self.folder / "ledger")
        limits = {}
        if fault == "file_limit":
            limits = {resource.RLIMIT_FSIZE: 0}
        if fault == "memory_limit":
            limits = {resource.RLIMIT_AS: 2**27}
        return Child(self.program, str(self.folder / "request"), ledger, limits)

    def observe(self, child, fault):
        message = child.hear(self.patience)
        if message == {"state": "written"}:
            if fault == "killed":
                child.send(signal.SIGKILL)
            elif fault == "hang":
                child.send(signal.SIGSTOP)
            else:
                child.go_on()
            message = child.hear(self.patience)
        return {"done": None, "failed": message.get("error"), "ended": message.get("by")}[message["state"]]


def run(program, plan, folder, patience):
    campaign, waiting, done = Campaign(program, folder, patience), [(step, 1) for step in plan], []
    while waiting:
        step, attempt = waiting.pop(0)
        fault = dict(enumerate(step["faults"], 1)).get(attempt)
        child = campaign.start(step, fault)
        try:
            observed = campaign.observe(child, fault)
        except TimeoutError:
            observed = "timeout"
        child.end()
        kind, persistence = (None, None) if observed is None else KINDS.get(observed, UNKNOWN)
        record = dict(key=step["key"], attempt=attempt, injected=fault, observed=observed)
        record |= {"class": kind, "persistence": persistence}
        with (Path(folder) / "log.jsonl").open("ab") as log:
            log.write(json.dumps(record).encode() + b"\n")
        if observed is None:
            done.append(step["key"])
        if persistence == "transient" and attempt < ATTEMPTS:
            waiting.insert(0, (step, attempt + 1))
    return done


# %% [markdown] wrong="e3" why="logs what was planned, not what was observed" edit=true
r'''
### REPLACE
            observed = attempted(program, step, injected, folder, patience)
### WITH
            observed = attempted(program, step, injected, folder, patience)
            names = {"disk_full": "ENOSPC", "file_limit": "EFBIG", "memory_limit": "MemoryError", "bit_rot": "Damaged"}
            names |= {"bad_input": "ValueError", "killed": "SIGKILL", "hang": "timeout"}
            observed = names[injected] if injected else observed
### END
'''

# %% [markdown] wrong="e3" why="takes its own SIGKILL of a program that hangs for what happened" edit=true
r'''
### REPLACE
    except TimeoutError:
        return "timeout"
### WITH
    except TimeoutError:
        child.send(signal.SIGKILL)
        message = child.hear(patience)
### END
'''

# %% [markdown] wrong="e3" why="a blanket exception swallows how it ended: all that is not done is a ValueError" edit=true
r'''
### REPLACE
    return None if message["state"] == "done" else message.get("error") or message["by"]
### WITH
    return None if message["state"] == "done" else message["by"] if message.get("by") == "SIGKILL" else "ValueError"
### END
'''

# %% [markdown] wrong="e3" why="an error that is not in the table is taken for transient: software, try again" edit=true
r'''
### REPLACE
            kind, persistence = KINDS.get(observed, UNKNOWN) if observed else (None, None)
### WITH
            kind, persistence = KINDS.get(observed, ("software", "transient")) if observed else (None, None)
### END
'''

# %% [markdown] wrong="e3" why="tries everything again" edit=true
r'''
### REPLACE
            if persistence != "transient":
### WITH
            if observed is None:
### END
'''

# %% [markdown] wrong="e3" why="gives up one attempt too early" edit=true
r'''
### REPLACE
        for attempt in range(1, ATTEMPTS + 1):
### WITH
        for attempt in range(1, ATTEMPTS):
### END
'''

# %% [markdown] wrong="e3" why="a fresh key for each attempt: the effect twice" edit=true
r'''
### REPLACE
            observed = attempted(program, step, injected, folder, patience)
### WITH
            tried = {**step, "key": f"{step['key']} #{attempt}"} if attempt > 1 else step
            observed = attempted(program, tried, injected, folder, patience)
### END
'''

# %% [markdown] wrong="e3" why="keeps the log in memory and writes it at the end" edit=true
r'''
### REPLACE
    done = []
### WITH
    done, lines = [], []
### END
### REPLACE
            with open(Path(folder, "log.jsonl"), "a") as log:
                log.write(json.dumps({**line, "class": kind, "persistence": persistence}) + "\n")
### WITH
            lines.append(json.dumps({**line, "class": kind, "persistence": persistence}) + "\n")
### END
### REPLACE
    return done
### WITH
    with open(Path(folder, "log.jsonl"), "a") as log:
        log.writelines(lines)
    return done
### END
'''

# %% [markdown] wrong="e3" why="begins its log anew with each run" edit=true
r'''
### REPLACE
    done = []
### WITH
    done = []
    Path(folder, "log.jsonl").write_text("")
### END
'''

# %% [markdown] wrong="e3" why="leaves a program that hangs where it is, and starts the next beside it" edit=true
r'''
### REPLACE
    finally:
        child.end()
### WITH
### END
'''

# %% [markdown] wrong="e3" why="takes it for done when it is told to go on, and does not hear how it ends" edit=true
r'''
### REPLACE
                child.go_on()
### WITH
                child.go_on()
                return None
### END
'''

# %% [markdown] wrong="e3" why="strikes after the first message, whatever that was" edit=true
r'''
### REPLACE
        if message["state"] == "written":
### WITH
        if fault in ("killed", "hang") or message["state"] == "written":
### END
'''

# %% equivalent="e3" mutants=["0240246f", "31f6e3f6", "dc5e1f89"] why="flips another bit of the request: any one will do"

# %% [markdown] right="e4" why="recursion for the rest, another file name, fdatasync, the folder held open, SA_SIGINFO and SA_RESETHAND" edit=true
r"""
### REPLACE
    while (count > 0) {
        ssize_t done = write(file, bytes, count);
        if (done >= 0) {
            bytes += done;
            count -= (size_t)done;
        } else if (errno != EINTR) {
            die();
        }
    }
### WITH
    if (count == 0)
        return;
    ssize_t done = write(file, bytes, count);
    if (done < 0 && errno != EINTR)
        die();
    size_t wrote = done > 0 ? (size_t)done : 0;
    write_all(file, bytes + wrote, count - wrote);
### END
### REPLACE
    if (fsync(output) != 0)
        die();
    int file = open("checkpoint.new", O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (file < 0)
        die();
    write_all(file, text, (size_t)size);
    if (fsync(file) != 0 || close(file) != 0 || rename("checkpoint.new", "checkpoint") != 0)
        die();
    int folder = open(".", O_RDONLY);
    if (folder < 0 || fsync(folder) != 0 || close(folder) != 0)
        die();
### WITH
    static int folder = -1;
    if (folder < 0 && (folder = open(".", O_RDONLY)) < 0)
        die();
    int file = open("next~", O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (file < 0)
        die();
    write_all(file, text, (size_t)size);
    if (fdatasync(file) != 0)
        die();
    close(file);
    if (fdatasync(output) != 0)
        die();
    if (rename("next~", "checkpoint") != 0)
        die();
    if (fsync(folder) != 0)
        die();
### END
### REPLACE
static void on_segv(int number)
{
    int file = open("crash", O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (file >= 0 && write(file, "SIGSEGV\n", 8) == 8)
        close(file);
    signal(number, SIG_DFL);
    raise(number); /* it waits until this handler has returned */
}
### WITH
static void on_segv(int number, siginfo_t *about, void *context)
{
    (void)about;
    (void)context;
    int file = open("crash", O_WRONLY | O_CREAT | O_TRUNC, 0644);
    ssize_t wrote = write(file, "SIGSEGV\n", 8);
    (void)wrote;
    kill(getpid(), number);
}
### END
### REPLACE
    struct sigaction segv = {.sa_handler = on_segv, .sa_flags = SA_ONSTACK};
### WITH
    struct sigaction segv = {.sa_sigaction = on_segv, .sa_flags = SA_ONSTACK | SA_SIGINFO | (int)SA_RESETHAND};
### END
"""

# %% [markdown] right="e4" why="a stack from malloc, actions filled in later, the loop written out, saving by what is left of EVERY" edit=true
r"""
### REPLACE
    static char stack[STACK];
    struct sigaction term = {.sa_handler = on_term, .sa_flags = SA_RESTART};
    struct sigaction segv = {.sa_handler = on_segv, .sa_flags = SA_ONSTACK};
    stack_t other = {.ss_sp = stack, .ss_size = sizeof stack};
    sigemptyset(&term.sa_mask);
    sigemptyset(&segv.sa_mask);
    if (sigaltstack(&other, NULL) != 0 || sigaction(SIGTERM, &term, NULL) != 0 || sigaction(SIGSEGV, &segv, NULL) != 0)
        die();
### WITH
    static char *stack;
    stack = malloc(STACK);
    stack_t other;
    memset(&other, 0, sizeof other);
    other.ss_sp = stack;
    other.ss_size = STACK;
    if (stack == NULL || sigaltstack(&other, NULL) < 0)
        die();
    struct sigaction action;
    memset(&action, 0, sizeof action);
    sigfillset(&action.sa_mask);
    action.sa_handler = on_term;
    if (sigaction(SIGTERM, &action, NULL) < 0)
        die();
    action.sa_handler = on_segv;
    action.sa_flags = SA_ONSTACK;
    if (sigaction(SIGSEGV, &action, NULL) < 0)
        die();
### END
### REPLACE
    signal(number, SIG_DFL);
    raise(number); /* it waits until this handler has returned */
### WITH
    struct sigaction action;
    action.sa_flags = 0;
    action.sa_handler = SIG_DFL;
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
    raise(number);
### END
### REPLACE
    if (ftruncate(output, state.written) != 0 || lseek(output, 0, SEEK_END) < 0 || fseek(input, state.read, SEEK_SET) != 0)
        die();
    for (int n = 1; !stop && step(input, output, &state); n++)
        if (n % EVERY == 0)
            save(output, &state);
    save(output, &state);
### WITH
    if (fseek(input, state.read, SEEK_SET) != 0)
        die();
    if (lseek(output, state.written, SEEK_SET) != state.written)
        die();
    if (ftruncate(output, state.written) != 0)
        die();
    int left = EVERY;
    while (stop == 0) {
        if (!step(input, output, &state))
            break;
        if (--left == 0) {
            save(output, &state);
            left = EVERY;
        }
    }
    save(output, &state);
### END
"""

# %% [markdown] wrong="e4" why="rewrites the checkpoint in place: between truncation and write there is none" edit=true
r"""
### REPLACE
    int file = open("checkpoint.new", O_WRONLY | O_CREAT | O_TRUNC, 0644);
### WITH
    int file = open("checkpoint", O_WRONLY | O_CREAT | O_TRUNC, 0644);
### END
### REPLACE
    if (fsync(file) != 0 || close(file) != 0 || rename("checkpoint.new", "checkpoint") != 0)
### WITH
    if (fsync(file) != 0 || close(file) != 0)
### END
"""

# %% [markdown] wrong="e4" why="appends to the output without cutting off what the checkpoint does not cover" edit=true
r"""
### REPLACE
    if (ftruncate(output, state.written) != 0 || lseek(output, 0, SEEK_END) < 0 || fseek(input, state.read, SEEK_SET) != 0)
### WITH
    if (lseek(output, 0, SEEK_END) < 0 || fseek(input, state.read, SEEK_SET) != 0)
### END
"""

# %% [markdown] wrong="e4" why="starts from the beginning each time, checkpoint or not" edit=true
r"""
### REPLACE
    State state = load();
### WITH
    State state = load();
    state = (State){0, 0, 0};
### END
"""

# %% [markdown] wrong="e4" why="sets the flag on SIGTERM, and does not look at it" edit=true
r"""
### REPLACE
    for (int n = 1; !stop && step(input, output, &state); n++)
### WITH
    for (int n = 1; step(input, output, &state); n++)
### END
"""

# %% [markdown] wrong="e4" why="ends in the handler of SIGTERM, in the middle of a record" edit=true
r"""
### REPLACE
    stop = 1;
### WITH
    stop = 1;
    _exit(0);
### END
"""

# %% [markdown] wrong="e4" why="stops on SIGTERM without saving" edit=true
r"""
### REPLACE
            save(output, &state);
    save(output, &state);
### WITH
            save(output, &state);
    if (!stop)
        save(output, &state);
### END
"""

# %% [markdown] wrong="e4" why="no stack for the handler of SIGSEGV" edit=true
r"""
### REPLACE
    struct sigaction segv = {.sa_handler = on_segv, .sa_flags = SA_ONSTACK};
### WITH
    struct sigaction segv = {.sa_handler = on_segv, .sa_flags = 0};
### END
"""

# %% [markdown] wrong="e4" why="prints its note: stdio in a handler" edit=true
r"""
### REPLACE
    if (file >= 0 && write(file, "SIGSEGV\n", 8) == 8)
        close(file);
### WITH
    FILE *note = fopen("crash", "w");
    fprintf(note, "SIGSEGV%c", '\n');
    fclose(note);
    close(file);
### END
"""

# %% [markdown] wrong="e4" why="exits with 139 in place of dying of the signal" edit=true
r"""
### REPLACE
    signal(number, SIG_DFL);
    raise(number); /* it waits until this handler has returned */
### WITH
    _exit(128 + number);
### END
"""

# %% [markdown] wrong="e4" why="renames a file that is not durable yet" edit=true
r"""
### REPLACE
    if (fsync(file) != 0 || close(file) != 0 || rename("checkpoint.new", "checkpoint") != 0)
### WITH
    if (close(file) != 0 || rename("checkpoint.new", "checkpoint") != 0)
### END
"""

# %% [markdown] wrong="e4" why="vouches for output that is not durable" edit=true
r"""
### REPLACE
    if (fsync(output) != 0)
        die();
### WITH
    (void)output;
### END
"""

# %% [markdown] wrong="e4" why="forgets that names live in the folder" edit=true
r"""
### REPLACE
    int folder = open(".", O_RDONLY);
    if (folder < 0 || fsync(folder) != 0 || close(folder) != 0)
        die();
### WITH
### END
"""

# %% [markdown] wrong="e4" why="takes what write did for all that there was to do" edit=true
r"""
### REPLACE
        if (done >= 0) {
            bytes += done;
            count -= (size_t)done;
        } else if (errno != EINTR) {
### WITH
        if (done >= 0) {
            count = 0;
        } else if (errno != EINTR) {
### END
"""

# %% [markdown] wrong="e4" why="takes an interruption for a failure" edit=true
r"""
### REPLACE
        } else if (errno != EINTR) {
### WITH
        } else {
### END
"""

# %% [markdown] wrong="e4" why="calls fsync and does not look at what it returns" edit=true
r"""
### REPLACE
    if (fsync(output) != 0)
        die();
### WITH
    fsync(output);
### END
"""

# %% [markdown] wrong="e4" why="overwrites what the checkpoint does not cover, and does not cut it off" edit=true
r"""
### REPLACE
    if (ftruncate(output, state.written) != 0 || lseek(output, 0, SEEK_END) < 0 || fseek(input, state.read, SEEK_SET) != 0)
### WITH
    if (lseek(output, state.written, SEEK_SET) < 0 || fseek(input, state.read, SEEK_SET) != 0)
### END
"""

# %% [markdown] wrong="e4" why="says on SIGTERM that it stops: printf in a handler" edit=true
r"""
### REPLACE
    stop = 1;
### WITH
    stop = 1;
    printf("stopping\n");
### END
"""

# %% [markdown] wrong="e4" why="dprintf in a handler: no stdio stream, and yet not async-signal-safe" edit=true
r"""
### REPLACE
    if (file >= 0 && write(file, "SIGSEGV\n", 8) == 8)
### WITH
    if (file >= 0 && dprintf(file, "SIGSEGV\n") == 8)
### END
"""

# %% [markdown] wrong="e4" why="appends its note to the one of the last crash" edit=true
r"""
### REPLACE
    int file = open("crash", O_WRONLY | O_CREAT | O_TRUNC, 0644);
### WITH
    int file = open("crash", O_WRONLY | O_CREAT | O_APPEND, 0644);
### END
"""
