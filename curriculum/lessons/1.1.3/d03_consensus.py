# %% [markdown]
r"""
You will let five servers agree on one log by Raft's rules, in a network that loses, repeats and delays their messages, and
check after every event that no two of them ever disagree.

**You will be able to**

- **decide** which sets of servers may speak for all, and how many crashes a system of quorums survives (exercise 1);
- **implement** elections in which no term ever has two leaders (exercise 2);
- **implement** replication and the commit rule, and **explain** why a majority of copies alone commits nothing (exercise 3);
- **compile** the receiving side in C++ and hold it to the same behaviour (exercise 4);
- **prove** agreement of single-decree Paxos by trying every schedule (exercise 5).
"""

# %% [markdown]
r"""
## Warm-up

1. In two-phase commit a participant has voted yes and hears nothing more from the coordinator. What may it decide alone?
2. A leader acknowledges a write before its asynchronous follower has it, and its machine burns down. The follower is
   promoted. What became of the write?

<details><summary>Answers</summary>

1. Nothing. The others may have committed or aborted, so it holds its locks and waits: *one* machine whose silence blocks
   everybody. Consensus is how a decision survives any one machine.
2. Lost, although a client was told otherwise. Today no write is acknowledged that a new leader could lack.

</details>

## Set-up

The network is a simulator, small enough to read: `curriculum/lab/raft_network.py`. It has no threads and no clock. Time goes
by in ticks, and all luck comes from one seed, so every failure can be replayed.
"""

# %% setup=true
from itertools import combinations, permutations, product

from curriculum.lab import check, check_value, figures, native, seeded
from curriculum.lab import raft_network as raft
from curriculum.lab.raft_network import Network, fresh

figures.style()

# %% [markdown]
r"""
## A fail-over with good intentions

A booking service runs on five servers. The rules could hardly be simpler. Who has heard nothing from a leader for a while
*claims* to be the new one, with a higher number than it has seen. A leader sends its bookings to the others; they *obey* the
highest number. A booking is *acknowledged* to the client as soon as a leader has written it down.
"""


# %%
def claim(node):
    others = {peer: 1 for peer in range(node["size"]) if peer != node["id"]}
    return node | {"role": "leader", "term": node["term"] + 1, "next": others}, []


def obey(node, message):
    if message["term"] < node["term"]:
        return node, []
    log = message["entries"]
    return node | {"role": "follower", "term": message["term"], "log": log, "commit": len(log)}, []


def acknowledge(node, booking):
    log = [*node["log"], (node["term"], booking)]
    return node | {"log": log, "commit": len(log)}, []


# %% [markdown]
r"""
**Predict.** A leader emerges and books seat 14 for Ada. Then a switch fails, and servers 1 and 2 no longer reach servers 0, 3
and 4. How many leaders will there be? Whom do they give seat 15, and who will sit there when the switch is repaired?
"""

# %%
bookings = Network(5, {"timeout": claim, "append": obey, "command": acknowledge}, seed=9)
bookings.run(30)
bookings.command(bookings.leaders()[0], "seat 14: Ada")
bookings.run(10)
bookings.partition([1, 2], [0, 3, 4])
bookings.run(24)
for leader, guest in zip(bookings.leaders(), ("Bo", "Cy")):
    print(f"server {leader} acknowledges: seat 15 is {guest}'s")
    bookings.command(leader, f"seat 15: {guest}")
bookings.run(6)
bookings.heal()
bookings.run(20)
print("after the repair:", [text for _, text in bookings.nodes[0]["log"]])
print("two answers at one place:", bool(raft.state_machine_safety(bookings.history)))

# %%
figures.show(
    raft.picture(bookings.runs(), "From tick 49 to 72 two servers lead, one on each side"),
    alt="Five servers against time, high bars for leaders. Server 4 leads in term 1 from tick 13. After the partition at tick 40 "
    "server 1 takes the lead in term 2 while server 4 goes on; after the repair server 4 gives way, and so do its bookings.",
)

# %% [markdown]
r"""
Nothing crashed, yet Cy was told that the seat was his. It is called **split brain**. Server 1 could
not know whether the others were dead or merely out of reach: over a network the two look the same, so a longer timeout only
makes the accident rarer. And the winner was the side of *two*.

What is asked of **consensus**? Several servers propose, and

- **agreement**: no two servers decide differently;
- **validity**: what is decided was proposed by somebody;
- **termination**: every server that does not crash decides in the end.

The first two are *safety*: nothing bad ever happens. The third is *liveness*: something good happens at last. Fischer, Lynch and Paterson proved in 1985 that no deterministic algorithm guarantees all three in an
asynchronous system if even one process may crash, although every message arrives in the end. Raft and Paxos never give up
safety. They decide whenever a majority is up and its messages are quick for long enough; before that they may wait for ever.
They assume servers that crash, but do not lie.

## Quorums: two meetings share a member

Let a decision need the consent of a **quorum**, and choose the quorums so that any two share a server. Then of two
contradicting decisions at least one server would know both, and it can refuse. The usual quorums are majorities: out of $n$
servers, more than half. Two such sets together have more than $n$ members, so they overlap.

Reads and writes may use different quorums. If every read asks $R$ of $n$ servers and every write reaches $W$, then each read
meets each write exactly when $R + W > n$. And what a quorum costs when servers crash is a count again. **Predict:** five
servers, or six: which of them survive more crashes?
"""

# %%
for n in range(2, 8):
    quorums = [set(q) for k in range(n + 1) for q in combinations(range(n), k) if 2 * k > n]
    smallest = min(len(q) for q in quorums)
    print(f"{n} servers: a majority has {smallest}, and {n - smallest} may be down")

# %% [markdown]
r"""
A sixth server adds a vote that is needed and no crash that is survived: clusters are odd for a reason. Other systems of
quorums exist: in a grid of servers, a whole row plus one server of each other row.
"""

# %% [markdown] exercise="e1" title="Who may speak for all" level="warm-up" minutes=20 exports=["majority", "always_meet", "crashes_survived"]
r"""
A quorum is a set of servers; a system of quorums is a list of at least one such set, none of them empty.

- `majority(n)`: the smallest `k` such that any two sets of `k` out of `n` servers have a server in common ($n \ge 1$).
- `always_meet(reads, writes)`: two systems. `True` if each set of `reads` has a server in common with each set of `writes`,
  else `False`.
- `crashes_survived(quorums)`: the largest `f` such that, *whichever* `f` of the servers crash, some quorum has no crashed
  server in it.

`majority(5)` is `3`. `always_meet([{0, 1}], [{1, 2}, {0, 2}])` is `True`. `crashes_survived([{0, 1}, {0, 2}, {1, 2}])` is
`1`, and `crashes_survived([{0, 1}, {0, 2}])` is `0`: all is over when server 0 crashes.
"""

# %% [markdown] hints="e1" reading="DDIA ch. 5, on quorums for reading and writing; ch. 9, on fault-tolerant consensus"
r"""
1. Try `majority` on 4 servers: are two halves enough? For `crashes_survived` play the enemy: whom would you crash first?
2. `always_meet` asks about every pair. The enemy needs a set of servers that hits every quorum; what is the smallest?
3. For `size` = 1, 2, … try all `combinations(servers, size)`. The first `size` for which one of them meets every quorum is one
   too many: return `size - 1`.
"""


# %% solution="e1"
def majority(n):
    """The smallest k such that any two sets of k out of n servers share one."""
    ### BEGIN SOLUTION
    return n // 2 + 1
    ### END SOLUTION


def always_meet(reads, writes):
    """Whether every set of `reads` shares a server with every set of `writes`."""
    ### BEGIN SOLUTION
    return all(read & write for read in reads for write in writes)
    ### END SOLUTION


def crashes_survived(quorums):
    """The most crashes, wherever they strike, that leave some quorum whole."""
    ### BEGIN SOLUTION
    servers = set().union(*quorums)
    for crashes in range(1, len(servers) + 1):
        if any(all(quorum & set(crashed) for quorum in quorums) for crashed in combinations(servers, crashes)):
            return crashes - 1
    ### END SOLUTION


# %% test="e1_majority" points=1 title="The smallest majority"
check(majority, 5).equals(3, idea="two sets of 3 have 6 members, out of 5 servers")
### BEGIN HIDDEN TESTS
for n in range(1, 9):
    meet = lambda k: all(set(a) & set(b) for a in combinations(range(n), k) for b in combinations(range(n), k))
    expected = min(k for k in range(1, n + 1) if meet(k))
    check(majority, n).equals(expected, idea="of an even number, two halves need not meet; and none should be larger than needed")
### END HIDDEN TESTS

# %% test="e1_meet" points=1 title="Each read meets each write"
check(always_meet, [{0, 1}], [{1, 2}, {0, 2}]).equals(True, idea="look for a common server in each pair")
### BEGIN HIDDEN TESTS
check(always_meet, [{0, 1}, {2, 3}], [{1, 2}, {3, 4}]).equals(False, idea="one pair that misses is enough to read old data")
check(always_meet, [{0}], [{0, 1}, {0, 2}, {0, 3}]).equals(True, idea="sizes do not matter, members do: small sets may meet")
for seed in range(4):
    draw = seeded(seed)
    n, r, w = 5, int(draw.integers(1, 6)), int(draw.integers(1, 6))
    reads, writes = ([set(q) for q in combinations(range(n), k)] for k in (r, w))
    check(always_meet, reads, writes).note(f"seed {seed}: n = {n}, R = {r}, W = {w}").equals(
        r + w > n, idea="of all sets of R and of W servers, each two meet exactly if R + W > n"
    )
### END HIDDEN TESTS

# %% test="e1_survived" points=2 title="Crashes in the worst place"
check(crashes_survived, [{0, 1}, {0, 2}, {1, 2}]).equals(1, idea="any one may crash: the other two are a quorum")
check(crashes_survived, [{0, 1}, {0, 2}]).equals(0, idea="think of the worst crash, not of a lucky one")
### BEGIN HIDDEN TESTS
check(crashes_survived, [{7}]).equals(0, idea="a single server is a system that survives nothing")
check(crashes_survived, [{0}, {1}, {2}]).equals(2, idea="quorums that do not meet survive much; that is what they pay for with")
check(crashes_survived, [set(q) for q in combinations(range(6), 4)]).equals(2, idea="six servers survive no more than five")
grid = [{row * 3 + c for c in range(3)} | {other * 3 + column for other in range(2)} for row in range(2) for column in range(3)]
check(crashes_survived, grid).equals(1, idea="try every set of crashes of one size before you go on to the next size")
check(crashes_survived, [{0, 3}, {0, 2}, {0, 2, 4}, {1, 5}, {1, 2}, {1, 2, 4}]).equals(
    1, idea="0 and 1 are the worst to lose, although server 2 is in more quorums than either"
)
for seed in range(4):
    draw = seeded(seed)
    quorums = [set(draw.permutation(6)[: draw.integers(1, 5)].tolist()) for _ in range(4)]
    everyone = sorted(set().union(*quorums))
    fatal = [k for k in range(7) for dead in combinations(everyone, k) if not any(q.isdisjoint(dead) for q in quorums)]
    check(crashes_survived, quorums).note(f"seed {seed}").equals(
        min(fatal) - 1, idea="the smallest set of servers that touches every quorum is one crash too many"
    )
### END HIDDEN TESTS

# %% [markdown]
r"""
## Terms, votes and one leader at a time

Raft agrees on a whole **log**, a list of commands that all servers carry out in the same order, and it does so through a
**leader**. Time is cut into **terms**, numbered upwards; every message carries its sender's term. Three rules make leaders:

1. **A higher term wins.** Whoever sees a term higher than its own adopts it and becomes a *follower*, be it leader or not.
   Whoever is asked something in a lower term refuses, and the refusal carries the higher term.
2. **One vote a term.** A follower that hears of no leader for a random while becomes a *candidate*: it starts a new term, votes
   for itself and asks the others. Each server votes at most once a term, first come, first served. A majority makes a leader.
3. **Only for the up to date.** Nobody votes for a candidate whose log is behind its own. Of two logs, the one whose *last
   entry* has the higher term is more up to date; if these terms are equal, the longer one is.

Rules 1 and 2 give **election safety**: two leaders of one term would need two majorities, which share a server, and that one
would have voted twice. But only if it remembers! `term` and `voted_for` have to be on the disk *before* the reply leaves: a
server that crashes, comes back and votes again breaks everything. Rule 3 looks like a detail, and its turn comes later. Random
timeouts serve liveness: they make it unlikely that candidates split the votes time and again.

This is how the partition above goes under Raft's rules, as recorded from the solution of exercises 2 and 3. **Predict** before you
run it: can the leader in the minority, server 2, go on leading? Can it commit?
"""

# %%
recorded = [
    [(12, "follower", 0), (37, "follower", 1), (41, "follower", 2)],
    [(12, "follower", 0), (60, "follower", 1), (18, "follower", 2)],
    [(11, "follower", 0), (2, "candidate", 1), (59, "leader", 1), (18, "follower", 2)],
    [(12, "follower", 0), (36, "follower", 1), (2, "candidate", 2), (40, "leader", 2)],
    [(12, "follower", 0), (37, "follower", 1), (41, "follower", 2)],
]
figures.show(
    raft.picture(recorded, "Two servers lead from tick 50 to 72, but only the one of term 2 has a majority"),
    alt="Five servers against time. Server 2 is a candidate at tick 12 and leads term 1. After the partition at tick 40, server 3 on "
    "the side of three wins term 2. Server 2, on the side of two, stays leader of term 1 until the repair, then follows server 3.",
)

# %% [markdown]
r"""
Two leaders at the same time, still! Raft does not forbid that: nobody can tell server 2 what it cannot hear. It forbids two in
the same *term*. Server 2 appends bookings, reaches one follower, never hears from a majority, and acknowledges nothing. When
the network heals, the higher term reaches it and it steps down. Its entries were promised to nobody and may be thrown away.

A server is a **node**, a dict with these fields. Those of the first row survive a crash.

| Field | Value |
| --- | --- |
| `id`, `size`, `term`, `voted_for`, `log` | own number; number of servers (0 to `size` − 1); highest term seen; who got its vote in this term, or `None`; list of entries, each a tuple `(term, command)` |
| `role`, `votes` | `"follower"`, `"candidate"` or `"leader"`; the set of those who voted for it in this term, while a candidate |
| `commit` | last place known to be committed. **Places are counted from 1**: place 1 is `log[0]`, and 0 is before the first |
| `next`, `match` | of a leader: dicts from each *other* server to the place its next append begins with, and to the last place known to be equal there |

What a server does is a function from its node and a message to what it is from now on and what it sends: `(node, messages)`.
`fresh(2, 5, term=3)` makes server 2 of 5 in term 3. Messages are dicts too; a request for a vote and its answer look like
this.
"""

# %%
print({"kind": "request_vote", "from": 2, "to": 4, "term": 3, "last_index": 7, "last_term": 2})
print({"kind": "vote", "from": 4, "to": 2, "term": 3, "granted": True})
print(fresh(2, 5, term=3))

# %% [markdown] exercise="e2" title="Elect one leader a term" level="core" minutes=45 exports=["start_election", "answer_vote", "count_vote"] goals=[3]
r"""
Write three functions. Each returns a tuple `(node, messages)`: the new node, with all fields of a node, and a list of messages in
any order. They may change the node they get or build a new one, and **remember nothing outside of it**. Clusters have at
least two servers. Fields that are not mentioned stay as they are; nobody looks at `votes` unless the server is a candidate, or
at `next` and `match` unless it is a leader.

*Stepping down*, for a message whose term is higher than the node's: `term` becomes the message's, `voted_for` becomes
`None`, `role` becomes `"follower"`.

- `start_election(node)`, for a server that has waited too long (a follower or a candidate): it is a candidate in the next term,
  with its own vote (`voted_for`, and `votes` is the set of itself). It sends each other server a `"request_vote"`, in which
  `last_index` is the place and `last_term` the term of its last entry; both are 0 if the log is empty.
- `answer_vote(node, message)`, for a `"request_vote"`: steps down first if the term is higher. Then it grants the vote if
  the message's term is the node's, the node has not voted for another server in this term, and the candidate's log is at
  least as up to date as its own (rule 3; equal is enough). A granted vote is put down in `voted_for`; `role` stays. In every case
  it sends one `"vote"` back, with the node's (perhaps new) term and `granted` `True` or `False`.
- `count_vote(node, message)`, for a `"vote"`: steps down if the term is higher, and that is all. A granted vote of its own
  term is counted if the node is a candidate: the voter joins `votes`. With a majority of all `size` servers it becomes
  `"leader"`, with `next` one past its last place and `match` 0 for each other server. Any other vote changes nothing. No
  messages are sent.

`answer_vote(fresh(4, 5, term=2, voted_for=0), …)` with the request above returns a node with `term` 3 and `voted_for` 2, and
the answer above. The network repeats messages and delivers old ones: a vote that comes twice is one vote.
"""

# %% [markdown] hints="e2" reading="Ongaro and Ousterhout (2014), 5.1, 5.2 and 5.4.1; DDIA ch. 9, on epoch numbering and quorums"
r"""
1. Take a node on paper and let a request of a lower, an equal and a higher term come in. Which fields change each time?
2. Deal with a higher term first; after that only equal and lower are left. To compare logs, compare two pairs: the term of the
   last entry, then the length. Python compares tuples in that order.
3. Granted is `message["term"] == node["term"]` and `node["voted_for"] in (None, message["from"])` and `(message["last_term"],
   message["last_index"]) >= (last_term, len(node["log"]))`. To count, add the voter to the set and compare `2 * len(votes)` with
   `size`.
"""


# %% solution="e2"
def start_election(node):
    """Stand for election in the next term: (node, requests for a vote to all others)."""
    ### BEGIN SOLUTION
    node = node | {"role": "candidate", "term": node["term"] + 1, "voted_for": node["id"], "votes": {node["id"]}}
    request = {
        "kind": "request_vote",
        "from": node["id"],
        "term": node["term"],
        "last_index": len(node["log"]),
        "last_term": node["log"][-1][0] if node["log"] else 0,
    }
    return node, [request | {"to": peer} for peer in range(node["size"]) if peer != node["id"]]
    ### END SOLUTION


def answer_vote(node, message):
    """Grant or refuse a vote, at most one a term: (node, [the answer])."""
    ### BEGIN SOLUTION
    if message["term"] > node["term"]:
        node = node | {"role": "follower", "term": message["term"], "voted_for": None}
    own = (node["log"][-1][0] if node["log"] else 0, len(node["log"]))
    up_to_date = (message["last_term"], message["last_index"]) >= own
    free = node["voted_for"] in (None, message["from"])
    granted = message["term"] == node["term"] and free and up_to_date
    if granted:
        node = node | {"voted_for": message["from"]}
    answer = {"kind": "vote", "from": node["id"], "to": message["from"], "term": node["term"], "granted": granted}
    return node, [answer]
    ### END SOLUTION


def count_vote(node, message):
    """Count a vote, and lead once a majority has voted: (node, [])."""
    ### BEGIN SOLUTION
    if message["term"] > node["term"]:
        return node | {"role": "follower", "term": message["term"], "voted_for": None}, []
    if node["role"] == "candidate" and message["term"] == node["term"] and message["granted"]:
        node = node | {"votes": node["votes"] | {message["from"]}}
        if 2 * len(node["votes"]) > node["size"]:
            others = set(range(node["size"])) - {node["id"]}
            node = node | {"role": "leader", "next": dict.fromkeys(others, len(node["log"]) + 1), "match": dict.fromkeys(others, 0)}
    return node, []
    ### END SOLUTION


# %% test="e2_start" points=2 title="Standing for election"
requests = [
    {"kind": "request_vote", "from": 1, "to": peer, "term": 4, "last_index": 2, "last_term": 3} for peer in (0, 2)
]
check(start_election, fresh(1, 3, term=3, log=[(1, "a"), (3, "b")])).satisfies(
    lambda r: (r[0]["role"], r[0]["term"], r[0]["voted_for"], r[0]["votes"]) == ("candidate", 4, 1, {1}),
    "a candidate of term 4 that has voted for itself",
    idea="a new term, and the first vote is one's own",
)
check(start_election, fresh(1, 3, term=3, log=[(1, "a"), (3, "b")])).satisfies(
    lambda r: sorted(r[1], key=lambda m: m["to"]) == requests,
    f"the requests {requests}",
    idea="one request to each other server, with the new term and with place and term of the last entry",
)
### BEGIN HIDDEN TESTS
again = fresh(4, 5, term=6, role="candidate", voted_for=4, votes={4, 0}, commit=1, log=[(2, "x"), (2, "y"), (5, "z")])
check(start_election, again).satisfies(
    lambda r: (r[0]["role"], r[0]["term"], r[0]["voted_for"], r[0]["votes"]) == ("candidate", 7, 4, {4}),
    "a candidate of term 7 with its own vote only",
    idea="votes of the last term are no votes of this one",
)
check(start_election, again).satisfies(
    lambda r: r[0]["log"] == again["log"] and r[0]["commit"] == 1, "log and commit as they were", idea="nothing else changes"
)
check(start_election, fresh(0, 4)).satisfies(
    lambda r: sorted((m["to"], m["term"], m["last_index"], m["last_term"]) for m in r[1]) == [(p, 1, 0, 0) for p in (1, 2, 3)],
    "three requests of term 1 with last_index 0 and last_term 0",
    idea="an empty log has no last entry: 0 and 0",
)
### END HIDDEN TESTS


# %% test="e2_grant" points=2 title="One vote a term, remembered"
def asked(term, by=2, last=(0, 0)):
    return {"kind": "request_vote", "from": by, "to": 4, "term": term, "last_term": last[0], "last_index": last[1]}


def votes(node, message, term, voted_for, granted, idea):
    answer = {"kind": "vote", "from": 4, "to": message["from"], "term": term, "granted": granted}
    check(answer_vote, node, message).satisfies(
        lambda r: (r[0]["term"], r[0]["voted_for"], r[1]) == (term, voted_for, [answer]) and r[0]["log"] == node["log"],
        f"term {term}, voted_for {voted_for}, and the message {answer}",
        idea=idea,
    )


votes(fresh(4, 5, term=2, voted_for=0), asked(3), 3, 2, True, idea="a new term brings a new vote")
votes(fresh(4, 5, term=3, voted_for=0), asked(3), 3, 0, False, idea="one vote a term, and this one is given")
### BEGIN HIDDEN TESTS
votes(fresh(4, 5, term=3), asked(3), 3, 2, True, idea="it knows the term already, but has not voted yet")
votes(fresh(4, 5, term=3, voted_for=2), asked(3), 3, 2, True, idea="the answer may have been lost: say it again to the same candidate")
votes(fresh(4, 5, term=3), asked(2), 3, None, False, idea="a request of an old term is refused, and the answer tells the term")
votes(fresh(4, 5, term=3, voted_for=2), asked(2), 3, 2, False, idea="a vote counts in its own term only")
votes(fresh(4, 5, term=3, role="candidate", voted_for=4, votes={4}), asked(3), 3, 4, False, idea="a candidate has voted: for itself")
votes(fresh(4, 5, term=3, voted_for=0), asked(3, by=1), 3, 0, False, idea="server 0 is a server like any other: None is not 0")
votes(fresh(4, 5, term=3), asked(3, by=1), 3, 1, True, idea="server 4 of another cluster: what it knows is in its node, and nowhere else")
for role in ("candidate", "leader"):
    check(answer_vote, fresh(4, 5, term=3, role=role, voted_for=4, votes={4}), asked(9)).satisfies(
        lambda r: (r[0]["role"], r[0]["term"], r[0]["voted_for"]) == ("follower", 9, 2),
        "a follower of term 9 that has voted for server 2",
        idea="whoever sees a higher term steps down, a leader too",
    )
    check(answer_vote, fresh(4, 5, term=3, role=role, log=[(1, "a"), (3, "b")], commit=1), asked(9)).satisfies(
        lambda r: (r[0]["log"], r[0]["commit"]) == ([(1, "a"), (3, "b")], 1), "log and commit as they were", idea="nothing else changes"
    )
### END HIDDEN TESTS


# %% test="e2_uptodate" points=2 title="No vote for a log that is behind"
def judged(log, last, granted, idea, note=""):
    message = {"kind": "request_vote", "from": 2, "to": 4, "term": 9, "last_term": last[0], "last_index": last[1]}
    check(answer_vote, fresh(4, 5, term=8, role="leader", voted_for=4, log=log), message).note(note).satisfies(
        lambda r: (r[0]["role"], r[0]["term"], r[0]["voted_for"], r[1][0]["granted"], r[1][0]["term"])
        == ("follower", 9, 2 if granted else None, granted, 9),
        f"a follower of term 9, the vote {'granted' if granted else 'refused'} and voted_for {2 if granted else None}",
        idea=idea,
    )


judged([(1, "a"), (2, "b")], (1, 5), False, idea="the last entry's term decides first, whatever the length")
judged([(1, "a"), (2, "b")], (2, 1), False, idea="of logs that end in the same term, the longer one is more up to date")
### BEGIN HIDDEN TESTS
judged([(1, "a"), (2, "b")], (2, 2), True, idea="at least as up to date: equal is enough")
judged([(1, "a"), (2, "b")], (2, 3), True, idea="a longer log that ends in the same term is more up to date")
judged([(1, "a"), (1, "b"), (1, "c")], (3, 1), True, idea="a shorter log may be more up to date: its last term is higher")
judged([], (0, 0), True, idea="two empty logs are equally up to date")
judged([(1, "a")], (0, 0), False, idea="an empty log is behind any other; refusing keeps the vote free for somebody better")
for seed in range(8):
    draw = seeded(seed)
    log = [(int(term), f"c{place}") for place, term in enumerate(sorted(draw.integers(1, 4, draw.integers(1, 5))))]
    for last in product(range(1, 5), range(1, 6)):
        fits = last[0] > log[-1][0] or (last[0] == log[-1][0] and last[1] >= len(log))
        judged(log, last, fits, note=f"seed {seed}", idea="first the term, then the length")
### END HIDDEN TESTS


# %% test="e2_count" points=2 title="A majority makes a leader"
def vote(by, term=3, granted=True):
    return {"kind": "vote", "from": by, "to": 1, "term": term, "granted": granted}


candidate = fresh(1, 5, term=3, role="candidate", voted_for=1, votes={1, 3}, log=[(1, "a"), (2, "b")])
check(count_vote, candidate, vote(4)).satisfies(
    lambda r: (r[0]["role"], r[0]["next"], r[0]["match"], r[1])
    == ("leader", {0: 3, 2: 3, 3: 3, 4: 3}, {0: 0, 2: 0, 3: 0, 4: 0}, []),
    "a leader that expects everybody to have its whole log, and knows of nothing",
    idea="three of five; next is one past the last place, match is 0, for each other server",
)
### BEGIN HIDDEN TESTS
lonely = fresh(1, 5, term=3, role="candidate", voted_for=1, votes={1})
check(count_vote, lonely, vote(0)).satisfies(
    lambda r: (r[0]["role"], r[0]["votes"], r[1]) == ("candidate", {0, 1}, []), "still a candidate, with the votes of 0 and 1", idea="two of five are no majority"
)
even = fresh(1, 4, term=3, role="candidate", voted_for=1, votes={1})
check(count_vote, even, vote(0)).satisfies(lambda r: r[0]["role"] == "candidate", "still a candidate", idea="half is no majority")
check(count_vote, even | {"votes": {0, 1}}, vote(2)).satisfies(
    lambda r: r[0]["role"] == "leader" and r[0]["next"] == {0: 1, 2: 1, 3: 1}, "a leader", idea="three of four are a majority"
)
pair = fresh(1, 2, term=3, role="candidate", voted_for=1, votes={1})
check(count_vote, pair, vote(0)).satisfies(lambda r: r[0]["role"] == "leader", "a leader", idea="two of two are a majority")
check(count_vote, candidate, vote(4, granted=False)).satisfies(
    lambda r: (r[0]["role"], r[0]["votes"]) == ("candidate", {1, 3}), "still a candidate, with the same votes", idea="a refusal is no vote"
)
for role, granted in product(("follower", "candidate", "leader"), (False, True)):
    check(count_vote, candidate | {"role": role}, vote(4, term=5, granted=granted)).satisfies(
        lambda r: (r[0]["role"], r[0]["term"], r[0]["voted_for"], r[1]) == ("follower", 5, None, []),
        "a follower of term 5 that has not voted yet",
        idea="the answer carries a higher term, and that goes before all else",
    )
for term in (3, 5):
    check(count_vote, candidate | {"commit": 1}, vote(4, term=term)).satisfies(
        lambda r: (r[0]["log"], r[0]["commit"]) == ([(1, "a"), (2, "b")], 1),
        "log and commit as they were",
        idea="won or lost, an election changes nothing else",
    )
leader = candidate | {"role": "leader", "votes": {0, 1, 3}, "next": {0: 2, 2: 3, 3: 3, 4: 1}, "match": {0: 1, 2: 2, 3: 2, 4: 0}}
check(count_vote, leader, vote(4)).satisfies(
    lambda r: (r[0]["role"], r[0]["next"], r[0]["match"]) == ("leader", leader["next"], leader["match"]),
    "the same leader, with next and match as they were",
    idea="a late vote must not make it forget what it knows of the others",
)
check(count_vote, fresh(1, 5, term=3), vote(4)).satisfies(lambda r: r[0]["role"] == "follower", "a follower", idea="it is not standing for election")
### END HIDDEN TESTS

# %% test="e2_network" points=3 title="One leader a term, whatever the network does"
rules = {"timeout": start_election, "request_vote": answer_vote, "vote": count_vote}
vote = {"kind": "vote", "from": 0, "to": 1, "term": 3, "granted": True}
calm = Network(5, rules, seed=1)
calm.run(60)
check_value("terms with two leaders in a calm network", raft.election_safety(calm.history)).equals([], idea="who may vote twice?")
### BEGIN HIDDEN TESTS
once, _ = check(count_vote, fresh(1, 5, term=3, role="candidate", voted_for=1, votes={1}), vote).value(idea="count one vote")
check(count_vote, once, vote).satisfies(
    lambda r: r[0]["role"] == "candidate", "still a candidate", idea="the network repeats messages: a vote that comes twice is one vote"
)
late = fresh(1, 5, term=4, role="candidate", voted_for=1, votes={1, 2})
check(count_vote, late, vote).satisfies(
    lambda r: (r[0]["role"], r[0]["votes"]) == ("candidate", {1, 2}), "still a candidate", idea="a delayed vote of term 3 is none of term 4"
)
for seed in range(12):
    draw = int(seeded(seed).integers(2**31))
    storm = Network(5, rules, seed=draw)
    storm.storm(120)
    term = max(node["term"] for node in storm.nodes)
    storm.calm(30)
    for _ in range(20):  # on bad luck candidates split the votes time and again, but not twenty times
        led = [node["term"] for node in storm.nodes if node["role"] == "leader"]
        storm.run(0 if max(led, default=0) > term else 30)
    check_value(f"terms with two leaders (seed {draw})", raft.election_safety(storm.history)).equals(
        [], idea="which server voted twice in that term? Look at crashes, repeated messages, and what is remembered where"
    )
    led = [moment["node"]["term"] for moment in storm.history if moment["node"]["role"] == "leader"]
    check_value(f"whether a new leader emerged in calm times (seed {draw})", max(led, default=0) > term).equals(
        True, idea="when all is well again somebody has to win: who refuses whom, and why?"
    )
### END HIDDEN TESTS

# %% [markdown]
r"""
**Vary.** Watch your own servers: in a cell of your own make `network = Network(5, {"timeout": start_election, "request_vote": answer_vote,
"vote": count_vote}, seed=1)`, let it `run(100)` and show `raft.picture(network.runs(), "…")`. Why does no leader stay for long?

## Copying the log

A client's command goes to the leader, which appends it to its log as an entry `(term, command)` and sends it to the others in
an **append**. Followers may have missed entries, or hold entries of dead leaders that nobody else has. The leader repairs all of
that with one message:
"""

# %%
node = fresh(2, 3, term=4, role="leader", log=[(1, "a"), (1, "b"), (4, "c")], commit=1, next={0: 3, 1: 4}, match={0: 0, 1: 3})
for message in raft.appends(node):
    print(message)
print({"kind": "appended", "from": 0, "to": 2, "term": 4, "ok": True, "index": 3})

# %% [markdown]
r"""
Read the first one: "Before place 3 comes place 2 with an entry of term 1. If you have that, here is what follows." A follower
that has no such entry refuses, and the leader tries again with an earlier place. One that has it makes its log equal to the
leader's through the end of `entries`. By induction the whole of it is equal up to there:

**Log matching.** If two logs have an entry of the same term at the same place, they are the same in all places up to that one.
(One leader makes at most one entry of its term for a place, never moves it, and the check before each append carries the rest.)

An append without entries is a **heartbeat**: it keeps the followers from standing for election, and brings news of `commit`.

**Predict.** A follower has entries at places 1 to 5, all as the leader has them. Now a *delayed* append comes in, with
`prev_index` 1 and one entry, for place 2. What becomes of places 3 to 5? They must stay: the follower has told the leader
that it holds them, and they may be committed. Only an entry that *contradicts* the leader's is cut off, with all that
follows it.

## Committed: what will never be lost

An entry is **committed** once it is certain to be in the log of every future leader; only then is it carried out and does its client hear
"done". When is it certain? An obvious rule: when a majority has it. A new leader needs the votes of a
majority; one of those voters has the entry; and rule 3 keeps it from voting for anybody whose log is behind. It looks like a
proof. Here are five servers, in four moments:

![Five servers' logs in four moments. 1: server 0, leader of term 2, has put X at place 2 of servers 0 and 1. 2: server 4, leader
of term 3, has put Y at place 2 of its own log only. 3: server 0, leader of term 4, has copied X to server 2: X is on three of
five. 4: server 4, leader of term 5 by the votes of 1, 2 and 3, has put Y at place 2 everywhere: X is gone.](d03_consensus_figure8.svg)

At moment 3 the entry X, of term 2, is on three servers out of five. **Predict:** who could win an election then? Count the logs
that are not ahead of the candidate's.
"""

# %%
moment_3 = [[1, 2], [1, 2], [1, 2], [1], [1, 3]]
print("terms of the entries:", moment_3)
for candidate, log in enumerate(moment_3):
    voters = [server for server, other in enumerate(moment_3) if (other[-1], len(other)) <= (log[-1], len(log))]
    print(f"server {candidate} can get the votes of {voters}:", "wins" if len(voters) >= 3 else "cannot win")

# %% [markdown]
r"""
Server 4 can win, with all five votes, and then Y overwrites X *on a majority of servers*. The argument above had a gap: the
voter that holds X votes for server 4 by the rules, for Y has the higher term although X has more copies. If server 0 had
counted copies and told its client "done", the booking would be lost. (Ongaro and Ousterhout show this in their figure 8.)

**Vary.** Give servers 0, 1 and 2 an entry of term 4 behind X, `[1, 2, 4]`, and run the cell again: server 4 can no longer win. So
the **commit rule**: a leader counts copies only for entries *of its own term*. Once one of those is on a majority, it is committed,
and with it all that stand before it, old ones too. Now the argument holds. A later leader got a vote from somebody who had that
entry, so its last term is at least as high; and whoever led the terms in between had it as well, by induction over terms. This is
**leader completeness**, and with log matching it gives what we are after, **state-machine safety**: no two servers ever carry out
different commands at the same place.
"""

# %% [markdown] exercise="e3" title="Replicate, and know what is committed" level="core" minutes=50 exports=["append_entries", "count_append"] goals=[3]
r"""
Two functions by the same contract as in exercise 2: they return `(node, messages)` and remember nothing outside of the node. Entries
are tuples `(term, command)` and stay as they are. Stepping down is as above.

`append_entries(node, message)`, for an `"append"`, on a server that need not be a follower:

1. If the message's term is lower than the node's, it is refused; the node stays as it is.
2. Otherwise the sender leads this term: a higher term is adopted (with `voted_for` `None`), and the role is `"follower"`.
3. If `prev_index` is not 0 and the log has no entry there, or one of another term than `prev_term`, it is refused.
4. Else the log is made to agree: an entry at the place of one of `entries`, but with another term, is removed with all after it.
   Then those of `entries` that are missing are appended. Nothing else is removed.
5. With `last = prev_index + len(entries)`, `commit` becomes `min(message["commit"], last)` if that is more than it is. It never falls.

In every case one `"appended"` goes back, with the node's (perhaps new) term, `ok` `False` if refused and else `True`, and `index`:
`prev_index` if refused, else `last`.

`count_append(node, message)`, for an `"appended"`; it sends nothing:

1. If the term is higher, the node steps down, and that is all. If it is lower, or the node is not a leader, nothing changes.
2. `ok`: `match` of the sender becomes `index` if that is more than it is, and `next` becomes one more than `match`. Not `ok`: `next` of the
   sender becomes `index` if that is less than it is, but never less than one more than `match`.
3. `commit` becomes the highest place at which the entry is of the node's own term and which a majority of all `size` servers has: the
   leader itself, and those whose `match` is at least the place. If there is no such place above `commit`, it stays.

The first append printed above, to `fresh(0, 3, term=4, log=[(1, "a"), (1, "b")])`, makes its log equal to the leader's, sets
`commit` to 1 and sends the reply printed above. That reply sets the leader's `commit` to 3.
"""

# %% [markdown] hints="e3" reading="Ongaro and Ousterhout (2014), 5.3, 5.4 and figures 2 and 8; DDIA ch. 9, on total order broadcast"
r"""
1. Draw two logs as rows of terms and lay the message over them. At which place do they first differ, if at all? For the leader, write
   down what is on how many servers.
2. Walk through `entries` with their places; at the first one that your log lacks or contradicts, cut there and take all the rest. For
   `commit`: sort the last places of all servers, the leader's own included; which one do a majority reach?
3. `for place, entry in enumerate(entries, prev_index)`: if `log[place:place + 1] != [entry]`, the log is `log[:place] +
   entries[place - prev_index:]`, and you are done. Of the ascending places of `size` servers, the one at `(size - 1) // 2` is on a
   majority; commit it if its entry's term is `node["term"]`.
"""


# %% solution="e3"
def append_entries(node, message):
    """Take what the leader sends if it fits: (node, [the reply])."""
    ### BEGIN SOLUTION
    reply = {"kind": "appended", "from": node["id"], "to": message["from"], "term": max(node["term"], message["term"])}
    refused = reply | {"ok": False, "index": message["prev_index"]}
    if message["term"] < node["term"]:
        return node, [refused]
    if message["term"] > node["term"]:
        node = node | {"term": message["term"], "voted_for": None}
    node = node | {"role": "follower"}

    log, before, entries = node["log"], message["prev_index"], message["entries"]
    if before > len(log) or (before > 0 and log[before - 1][0] != message["prev_term"]):
        return node, [refused]
    for place, entry in enumerate(entries, before):
        if log[place : place + 1] != [entry]:
            log = log[:place] + entries[place - before :]
            break
    last = before + len(entries)
    node = node | {"log": log, "commit": max(node["commit"], min(message["commit"], last))}
    return node, [reply | {"ok": True, "index": last}]
    ### END SOLUTION


def count_append(node, message):
    """Learn what a follower has, and what is committed now: (node, [])."""
    ### BEGIN SOLUTION
    if message["term"] > node["term"]:
        return node | {"role": "follower", "term": message["term"], "voted_for": None}, []
    if message["term"] < node["term"] or node["role"] != "leader":
        return node, []

    peer, index, known = message["from"], message["index"], node["match"][message["from"]]
    if message["ok"]:
        known = max(known, index)
        following = known + 1
    else:
        following = max(known + 1, min(node["next"][peer], index))
    node = node | {"match": node["match"] | {peer: known}, "next": node["next"] | {peer: following}}

    reached = sorted([len(node["log"]), *node["match"].values()])[(node["size"] - 1) // 2]
    if reached > node["commit"] and node["log"][reached - 1][0] == node["term"]:
        node = node | {"commit": reached}
    return node, []
    ### END SOLUTION


# %% test="e3_fits" points=2 title="An append that does not fit is refused"
def append(term, prev_index, prev_term, entries=(), commit=0):
    fields = {"term": term, "prev_index": prev_index, "prev_term": prev_term, "entries": list(entries), "commit": commit}
    return {"kind": "append", "from": 2, "to": 0} | fields


def takes(node, message, ok, index, idea, **after):
    after = {"term": max(node["term"], message["term"]), "log": node["log"], **after}
    reply = {"kind": "appended", "from": 0, "to": 2, "term": after["term"], "ok": ok, "index": index}
    check(append_entries, node, message).satisfies(
        lambda r: {field: r[0][field] for field in after} == after and r[1] == [reply], f"{after} and the message {reply}", idea=idea
    )


ab = [(1, "a"), (1, "b")]
takes(fresh(0, 3, term=4, log=ab), append(4, 2, 1, [(4, "c")]), True, 3, log=[*ab, (4, "c")], idea="it fits behind place 2")
takes(fresh(0, 3, term=4, log=ab), append(4, 3, 4), False, 3, idea="there is no place 3: refuse even a heartbeat")
### BEGIN HIDDEN TESTS
takes(fresh(0, 3, term=4, log=ab), append(4, 2, 3, [(4, "c")]), False, 2, idea="another term at prev_index: the logs differ there")
takes(fresh(0, 3, term=4), append(4, 0, 0, ab), True, 2, log=ab, idea="place 0 is before every log: it always fits")
takes(fresh(0, 3, term=4), append(4, 0, 0), True, 0, idea="a heartbeat to an empty log fits")
takes(fresh(0, 3, term=4, log=ab), append(4, 1, 1), True, 1, idea="index is where the leader's message ends, not where the log ends")
takes(fresh(0, 3, term=4, log=ab, commit=2), append(4, 1, 1), True, 1, idea="nor where it is committed up to")
takes(fresh(0, 3, term=4, voted_for=1, log=ab), append(3, 2, 1, [(3, "c")]), False, 2, voted_for=1, idea="an old leader is told the newer term")
takes(fresh(0, 3, term=4, role="candidate", voted_for=0, log=ab), append(3, 2, 1), False, 2, role="candidate", idea="an old leader changes nothing")
takes(fresh(0, 3, term=4, role="candidate", voted_for=0, log=ab), append(4, 2, 1), True, 2, role="follower", voted_for=0, idea="another one won this term; the vote of this term stays given")
takes(fresh(0, 3, term=4, role="leader", voted_for=0, log=ab), append(6, 2, 1), True, 2, role="follower", voted_for=None, idea="a higher term: a new leader, and a new vote")
takes(fresh(0, 3, term=4, voted_for=1, log=ab), append(6, 4, 5), False, 4, role="follower", voted_for=None, idea="the term is adopted although the entries do not fit")
### END HIDDEN TESTS


# %% test="e3_conflict" points=2 title="Only what contradicts the leader is cut off"
def becomes(log, prev_index, entries, expected, idea, note=""):
    message = {"kind": "append", "from": 2, "to": 0, "term": 5, "prev_index": prev_index, "entries": entries, "commit": 0}
    message["prev_term"] = log[prev_index - 1][0] if prev_index else 0
    check(append_entries, fresh(0, 3, term=5, log=log), message).note(note).satisfies(
        lambda r: r[0]["log"] == expected, f"the log {expected}", idea=idea
    )


mine = [(1, "a"), (1, "b"), (2, "c"), (2, "d")]
becomes(mine, 1, [(1, "b"), (4, "x")], [(1, "a"), (1, "b"), (4, "x")], idea="c is of another term: cut it off, with all behind it")
becomes(mine, 1, [(1, "b")], mine, idea="a delayed append says nothing about what comes behind its entries")
### BEGIN HIDDEN TESTS
becomes(mine, 2, [], mine, idea="a heartbeat removes nothing")
becomes(mine, 0, mine[:3], mine, idea="everything in it is there already: nothing changes")
becomes(mine, 0, [(3, "z")], [(3, "z")], idea="the first place may be the one that differs")
becomes(mine, 4, [(5, "e"), (5, "f")], [*mine, (5, "e"), (5, "f")], idea="nothing to cut: append")
for seed in range(12):
    draw = seeded(seed)
    rising = lambda low, many: sorted(draw.integers(low, 5, many).tolist())
    shared = [(term, f"s{k}") for k, term in enumerate(rising(1, int(draw.integers(0, 4))))]
    start = shared[-1][0] if shared else 1
    mine = shared + [(start, f"m{k}") for k in range(int(draw.integers(0, 3)))]
    theirs = shared + [(max(start + 1, term), f"t{k}") for k, term in enumerate(rising(1, 3))]
    first = int(draw.integers(0, len(shared) + 1))
    upto = int(draw.integers(first, len(theirs) + 1))
    expected = theirs[:upto] if upto > len(shared) else mine
    becomes(mine, first, theirs[first:upto], expected, note=f"seed {seed}", idea="keep what agrees, cut at the first difference, take the rest")
### END HIDDEN TESTS


# %% test="e3_follower" points=1 title="A follower commits what it has from the leader"
def hears(commit, prev_index, entries, leader_commit, expected, idea, **other):
    log = [(1, "a"), (1, "b"), (2, "c"), (2, "d")]
    message = {"kind": "append", "from": 2, "to": 0, "term": 5, "prev_index": prev_index, "prev_term": log[prev_index - 1][0]}
    message |= {"entries": entries, "commit": leader_commit, **other}
    check(append_entries, fresh(0, 3, term=5, log=log, commit=commit), message).satisfies(
        lambda r: r[0]["commit"] == expected, f"commit {expected}", idea=idea
    )


hears(1, 4, [], 3, 3, idea="the leader has committed up to 3, and this log agrees with its up to 4")
### BEGIN HIDDEN TESTS
hears(1, 2, [], 4, 2, idea="up to place 2 the logs agree; c and d may be a dead leader's, and nobody has compared them")
hears(1, 2, [(2, "c")], 9, 3, idea="the leader is far ahead: commit up to the end of what has just been compared")
hears(3, 1, [], 2, 3, idea="a delayed message: commit never falls")
hears(3, 1, [], 9, 3, idea="a delayed message: what was committed stays committed")
hears(3, 1, [], 0, 3, term=6, idea="a new leader may know less of it: what was committed stays committed")
hears(1, 3, [], 3, 1, prev_term=4, idea="refused: the logs differ at place 3, so nothing was compared that could be committed")
hears(1, 4, [], 4, 1, term=4, idea="refused: an old leader's word on what is committed counts no more")
### END HIDDEN TESTS


# %% test="e3_reply" points=2 title="A leader learns what each follower has"
def learns(leader, peer, ok, index, next_, match, idea, term=6):
    message = {"kind": "appended", "from": peer, "to": 1, "term": term, "ok": ok, "index": index}
    check(count_append, leader, message).satisfies(
        lambda r: (r[0]["role"], r[0]["next"], r[0]["match"], r[1]) == ("leader", leader["next"] | next_, leader["match"] | match, []),
        f"next {leader['next'] | next_}, match {leader['match'] | match}, and no message",
        idea=idea,
    )


log = [(k, f"c{k}") for k in range(1, 6)]
lead = fresh(1, 3, term=6, role="leader", voted_for=1, log=log, next={0: 6, 2: 4}, match={0: 0, 2: 3})
learns(lead, 0, True, 5, {0: 6}, {0: 5}, idea="it has everything up to index; the next append begins behind that")
learns(lead, 0, False, 5, {0: 5}, {}, idea="place 5 did not fit: begin with it, and show place 4")
### BEGIN HIDDEN TESTS
learns(lead, 0, False, 3, {0: 3}, {}, idea="index says which place did not fit: no need to go there one by one")
learns(lead | {"next": {0: 3, 2: 4}}, 0, False, 5, {}, {}, idea="a refusal of an earlier append, come late: next is below it already")
learns(lead, 2, True, 4, {2: 5}, {2: 4}, idea="each follower has numbers of its own")
learns(lead | {"next": {0: 2, 2: 4}}, 0, False, 1, {0: 1}, {}, idea="next goes back as far as place 1")
learns(lead | {"next": {0: 1, 2: 4}}, 0, False, 0, {0: 1}, {}, idea="and never below 1")
for role in ("follower", "candidate"):
    message = {"kind": "appended", "from": 0, "to": 1, "term": 6, "ok": True, "index": 5}
    check(count_append, fresh(1, 3, term=6, role=role, log=log, commit=2), message).satisfies(
        lambda r: (r[0]["role"], r[0]["commit"], r[1]) == (role, 2, []), "the same node", idea="who does not lead counts nothing"
    )
for role, ok in product(("leader", "candidate", "follower"), (False, True)):
    message = {"kind": "appended", "from": 0, "to": 1, "term": 8, "ok": ok, "index": 5}
    check(count_append, lead | {"role": role, "commit": 2}, message).satisfies(
        lambda r: (r[0]["role"], r[0]["term"], r[0]["voted_for"], r[0]["commit"], r[1]) == ("follower", 8, None, 2, []),
        "a follower of term 8 that has not voted, with commit 2 as before",
        idea="the reply carries a higher term: whatever it was, it follows now",
    )
### END HIDDEN TESTS


# %% test="e3_commit" points=3 title="Committed: on a majority, and through an entry of this term"
def commits(terms, match, index, expected, idea, commit=0, term=4, note=""):
    """The leader of `term` has a log of these terms; server 1 replies that it has everything up to `index`."""
    leader = fresh(0, len(match) + 1, term=term, role="leader", voted_for=0, commit=commit)
    leader |= {"log": [(t, f"c{k}") for k, t in enumerate(terms)], "match": match, "next": {p: m + 1 for p, m in match.items()}}
    message = {"kind": "appended", "from": 1, "to": 0, "term": term, "ok": True, "index": index}
    check(count_append, leader, message).note(note).satisfies(lambda r: r[0]["commit"] == expected, f"commit {expected}", idea=idea)


commits([1, 4, 4], {1: 0, 2: 3, 3: 0, 4: 0}, 2, 2, idea="place 2 is on servers 0, 1 and 2: three of five")
commits([1, 4, 4], {1: 0, 2: 0, 3: 0, 4: 0}, 3, 0, idea="two of five are no majority")
### BEGIN HIDDEN TESTS
commits([1, 2], {1: 0, 2: 2, 3: 0, 4: 0}, 2, 0, idea="X of the picture: on a majority, but not of this term. Who could still win an election?")
commits([1, 2, 4], {1: 2, 2: 3, 3: 0, 4: 0}, 3, 3, idea="the entry of this term is on a majority: it, and all before it, is committed")
commits([1, 2, 4], {1: 0, 2: 3, 3: 2, 4: 2}, 2, 0, idea="place 2 is on all, place 3 on two: nothing of this term is on a majority")
commits([1, 4, 4, 4], {1: 0, 2: 4}, 4, 4, idea="as far as a majority goes, not only one step")
commits([4, 4], {1: 0, 2: 0, 3: 2}, 2, 2, idea="three of four are a majority")
commits([4, 4], {1: 0, 2: 0, 3: 0}, 2, 0, idea="two of four are none")
commits([4], {1: 0}, 1, 1, idea="two of two")
commits([4, 4, 4], {1: 1, 2: 1, 3: 3, 4: 3}, 2, 3, commit=3, idea="commit never falls")
for seed in range(20):
    draw = seeded(seed)
    terms = sorted(draw.integers(1, 5, draw.integers(1, 6)).tolist())
    servers = int(draw.integers(2, 7))
    match = {peer: int(draw.integers(0, len(terms) + 1)) for peer in range(1, servers)}
    index = int(draw.integers(match[1], len(terms) + 1))
    have = [len(terms), *(match | {1: index}).values()]
    able = [p for p, t in enumerate(terms, 1) if t == 4 and 2 * sum(h >= p for h in have) > servers]
    commits(terms, match, index, max(able, default=0), note=f"seed {seed}", idea="count for each place, and look at the term of its entry")
### END HIDDEN TESTS

# %% test="e3_network" points=3 title="Five properties, whatever the network does"
stale = {"kind": "appended", "from": 0, "to": 1, "term": 5, "ok": True, "index": 3}
lead = fresh(1, 3, term=6, role="leader", log=[(5, "a"), (5, "b"), (6, "c")], next={0: 2, 2: 1}, match={0: 1, 2: 0})
check(count_append, lead, stale).satisfies(
    lambda r: (r[0]["match"], r[0]["commit"]) == ({0: 1, 2: 0}, 0),
    "match and commit as they were",
    idea="a reply of an earlier term: the follower's log may have been cut since",
)
### BEGIN HIDDEN TESTS
for ok, index, next_ in ((True, 1, 3), (False, 1, 3), (False, 2, 3)):
    told = {"kind": "appended", "from": 0, "to": 1, "term": 6, "ok": ok, "index": index}
    check(count_append, lead | {"next": {0: 3, 2: 1}, "match": {0: 2, 2: 0}}, told).satisfies(
        lambda r: (r[0]["match"], r[0]["next"]) == ({0: 2, 2: 0}, {0: next_, 2: 1}),
        "match 2 and next 3 for server 0",
        idea="a reply that was overtaken must not take back what a later one has told",
    )


def last(node):
    return (node["log"][-1][0] if node["log"] else 0, len(node["log"]))


def stand(node):
    node = node | {"role": "candidate", "term": node["term"] + 1, "voted_for": node["id"], "votes": {node["id"]}}
    ask = {"kind": "request_vote", "from": node["id"], "term": node["term"], "last_term": last(node)[0], "last_index": last(node)[1]}
    return node, [ask | {"to": peer} for peer in range(node["size"]) if peer != node["id"]]


def answer(node, ask):
    if ask["term"] > node["term"]:
        node = node | {"role": "follower", "term": ask["term"], "voted_for": None}
    fit = ask["term"] == node["term"] and (ask["last_term"], ask["last_index"]) >= last(node)
    granted = fit and node["voted_for"] in (None, ask["from"])
    node = node | ({"voted_for": ask["from"]} if granted else {})
    return node, [{"kind": "vote", "from": node["id"], "to": ask["from"], "term": node["term"], "granted": granted}]


def tally(node, vote):
    if vote["term"] > node["term"]:
        return node | {"role": "follower", "term": vote["term"], "voted_for": None}, []
    if vote["granted"] and node["role"] == "candidate" and vote["term"] == node["term"]:
        node["votes"].add(vote["from"])
        if len(node["votes"]) > node["size"] // 2:
            others = [peer for peer in range(node["size"]) if peer != node["id"]]
            node |= {"role": "leader", "next": {p: last(node)[1] + 1 for p in others}, "match": {p: 0 for p in others}}
    return node, []


rules = {"timeout": stand, "request_vote": answer, "vote": tally, "append": append_entries, "appended": count_append}
for seed in range(10):
    draw = int(seeded(seed).integers(2**31))
    network = Network(5, rules, seed=draw)
    network.storm(120)
    for checker in raft.CHECKERS:
        check_value(f"{checker.__name__} (seed {draw})", checker(network.history)).equals(
            [], idea="read what was found: which append or which reply of that tick let it happen?"
        )
    network.calm(30)
    for _ in range(20):
        settled = len({node["term"] for node in network.nodes}) == 1 and network.leaders()
        network.run(0 if settled else 30)
    for leader in network.leaders():
        network.command(leader, "last")
    network.run(40)
    ends = {(tuple(node["log"]), node["commit"]) for node in network.nodes}
    check_value(f"what the servers have committed after a calm time (seed {draw})", len(ends)).equals(
        1, idea="all five should end with the same log, committed up to its end: what keeps one from catching up?"
    )
    check_value(f"the last command (seed {draw})", [n["log"][n["commit"] - 1][1] for n in network.nodes if n["commit"]]).equals(
        ["last"] * 5, idea="with everybody up and no message lost, a command has to be committed everywhere"
    )
### END HIDDEN TESTS

# %% [markdown]
r"""
## The same rules, compiled

In another language the rules stay the same. What changes is what goes wrong around them: in C++ an index below zero is a very large
number, an index past the end is somebody else's memory, and a `static` variable is shared by all servers in the process.

The program below is complete but for one function. It plays any number of followers by a protocol of lines; the build has every
warning, AddressSanitizer and UndefinedBehaviorSanitizer switched on, so a wrong index ends it with a report instead of a wrong answer.
"""

# %% [markdown] exercise="e4" title="A follower in C++17" level="core" minutes=25 exports=["follower_cpp"] goals=[3]
r"""
Write the function `on_append` of the program `follower_cpp`: what a server that does *not* lead does with an append, by rules 1 to 5 of
`append_entries` in exercise 3 (roles and votes are left out). It changes `node` and returns the `Reply`: the node's term afterwards, whether
the append was taken, and `index` as there. Terms and places are of type `std::size_t`, which is unsigned; places are counted from 1, so place $p$
is `node.log[p - 1]`. Leave the rest of the program as it is; what you need besides may stand above the function.

The program has to build as C++17 without any warning (`-Wall -Wextra -Werror`) and to run under both sanitizers without a report. Fed with
the lines on the left, it prints those on the right:

| Input | Output |
| --- | --- |
| `append 0 4 0 0 1 2 1 a 4 b` | `appended 0 4 1 2` |
| `append 0 4 3 4 1 0` | `appended 0 4 0 3` |
| `show 0` | `server 0 4 1 1:a 4:b` |

That is: an append to server 0, in term 4, with `prev_index` 0, `prev_term` 0, `commit` 1 and 2 entries, `(1, a)` and `(4, b)`. The reply says term 4,
taken, index 2; `show` prints term, commit and log.
"""

# %% [markdown] hints="e4" reading="Ongaro and Ousterhout (2014), figure 2, the box on AppendEntries"
r"""
1. Translate rule by rule. Before you subtract from a place or use it as an index: can it be 0? Can it be past the end?
2. Return early: for a lower term, for a `prev_index` beyond `node.log.size()`, and for another term there. What is left is a walk through
   `message.entries` beside the log.
3. `std::size_t place = message.prev_index;` then for each entry: if `place < node.log.size()` and the terms differ, `node.log.resize(place)`; if
   `place == node.log.size()`, `push_back`; `++place`. At the end `place` is `last` of rule 5.
"""

# %% solution="e4" source="d03_consensus_follower.cpp" as="follower_cpp"
follower_cpp = ...

# %% test="e4_log" points=2 title="Takes, cuts and commits as in Python"
program = native.build(follower_cpp, language="c++")
done = program.run(stdin="append 0 4 0 0 1 2 1 a 4 b\nshow 0\n")
check_value("what it prints, and how it ends", (done.stdout.splitlines(), done.fault, done.status)).equals(
    (["appended 0 4 1 2", "server 0 4 1 1:a 4:b"], "", 0), idea="place 0 is before every log, so this append fits"
)
### BEGIN HIDDEN TESTS
for seed in range(6):
    draw = seeded(seed)
    log, leads, commit, term, lines, expected = [], [], 0, 1, [], []
    for step in range(40):
        if draw.random() < 0.25:  # a new leader, who has all that is committed
            term, leads = term + 1, log[: int(draw.integers(commit, len(log) + 1))]
        leads = leads + [(term, f"c{step}{k}") for k in range(int(draw.integers(0, 3)))]
        before = int(draw.integers(0, min(len(log), len(leads)) + 1))
        entries = leads[before : before + int(draw.integers(0, 5))]
        told, before_term = int(draw.integers(0, len(leads) + 1)), leads[before - 1][0] if before else 0
        words = [word for entry in entries for word in map(str, entry)]
        lines += [" ".join(["append", "0", *map(str, (term, before, before_term, told, len(entries))), *words]), "show 0"]
        fits = before == 0 or log[before - 1][0] == before_term
        if fits:
            for place, entry in enumerate(entries, before):
                log = log if log[place : place + 1] == [entry] else [*log[:place], entry]
            commit = max(commit, min(told, before + len(entries)))
        expected.append(f"appended 0 {term} {int(fits)} {before + fits * len(entries)}")
        expected.append(" ".join(["server 0", str(term), str(commit), *(f"{t}:{c}" for t, c in log)]))
    done = program.run(stdin="\n".join(lines) + "\n")
    said = done.stdout.splitlines()
    first = next((k for k, pair in enumerate(zip(said, expected)) if pair[0] != pair[1]), min(len(said), len(expected) - 1))
    check_value(f"line {first + 1} of the output, after the input {lines[first]!r} (seed {seed})", (said[first : first + 1], done.fault)).equals(
        (expected[first : first + 1], ""), idea="rules 3 to 5: cut only at a different term; commit only what was compared, and never less"
    )
### END HIDDEN TESTS

# %% test="e4_edges" points=1 title="Old terms and places past the end"
program = native.build(follower_cpp, language="c++")
done = program.run(stdin="append 0 4 0 0 1 2 1 a 4 b\nappend 0 4 3 4 1 0\nshow 0\n")
check_value("what it prints, and how it ends", (done.stdout.splitlines(), done.fault, done.status)).equals(
    (["appended 0 4 1 2", "appended 0 4 0 3", "server 0 4 1 1:a 4:b"], "", 0), idea="there is no place 3: nothing may be read there"
)
### BEGIN HIDDEN TESTS
lines = ["append 0 4 1 1 9 1 4 x", "show 0", "append 0 5 0 0 0 1 2 a", "append 0 7 1000000 7 3 0", "append 0 6 1 2 1 1 6 b", "show 0"]
expected = ["appended 0 4 0 1", "server 0 4 0", "appended 0 5 1 1", "appended 0 7 0 1000000", "appended 0 7 0 1", "server 0 7 0 2:a"]
done = program.run(stdin="\n".join(lines) + "\n")
check_value(f"what it prints for {lines}, and how it ends", (done.stdout.splitlines(), done.fault, done.status)).equals(
    (expected, "", 0), idea="a refused append may still bring a higher term; one of a lower term changes nothing"
)
### END HIDDEN TESTS

# %% test="e4_servers" points=1 title="Servers share nothing"
program = native.build(follower_cpp, language="c++")
lines = ["append 0 3 0 0 1 1 3 a", "append 1 2 0 0 0 1 2 b", "show 0", "show 1"]
expected = ["appended 0 3 1 1", "appended 1 2 1 1", "server 0 3 1 3:a", "server 1 2 0 2:b"]
done = program.run(stdin="\n".join(lines) + "\n")
check_value(f"what it prints for {lines}, and how it ends", (done.stdout.splitlines(), done.fault, done.status)).equals(
    (expected, "", 0), idea="everything a server remembers is in its node: a static variable belongs to all of them"
)
### BEGIN HIDDEN TESTS
lines = [f"append {server} {9 - server} 0 0 {server % 2} 1 {9 - server} c{server}" for server in range(5)] + [f"show {s}" for s in range(5)]
expected = [f"appended {s} {9 - s} 1 1" for s in range(5)] + [f"server {s} {9 - s} {s % 2} {9 - s}:c{s}" for s in range(5)]
done = program.run(stdin="\n".join(lines) + "\n")
check_value(f"what it prints for {lines}, and how it ends", (done.stdout.splitlines(), done.fault, done.status)).equals(
    (expected, "", 0), idea="terms and commits of one server are none of another's"
)
### END HIDDEN TESTS

# %% [markdown]
r"""
## Paxos: one decision, no leader needed for safety

Raft's older relative decides a single value (Lamport, 1998, and plainer in 2001). Anybody may propose at any time, under a **ballot**
number that nobody else uses. Servers act as **acceptors**, and a proposal has two phases:

1. *Prepare.* The proposer asks for promises. An acceptor that promises ballot $b$ will take nothing below $b$ any more, and it tells what it
   has accepted last, with its ballot.
2. *Accept.* With promises from a majority, the proposer asks to accept a value. It is **not free** to choose: if any promise
   carried a value, it has to propose the one *with the highest ballot among them*. Only if none did, it takes its own.

A value is chosen once a majority has accepted it in the same ballot. Why is that final? Any later proposer asks a majority, which
shares an acceptor with the one that chose. If that one had promised the later ballot first, it would have refused the earlier one. So it
accepted first and reports the chosen value, or one of a ballot in between, which by induction is the same. Raft's election is phase 1 for a whole log: a vote is a promise. But
where Paxos moves the newest value to the proposer, Raft lets only somebody win who has it already.

With three acceptors and two ballots there are so few states that a test can try *every* order and every loss of messages: stronger than
any number of random runs.
"""

# %% [markdown] exercise="e5" title="Paxos, in every order" level="stretch" minutes=30 exports=["prepare", "accept", "value_to_propose"]
r"""
An acceptor is a dict: `promised`, the highest ballot it has promised (0 at first), and `accepted`, a tuple `(ballot, value)` or `None`. Ballots are
positive integers, values are text. Acceptors that change are returned as new dicts or changed in place, as you like.

- `prepare(acceptor, ballot)` returns `(acceptor, promise)`. If `ballot` is higher than `promised`, it is promised, and `promise` is the dict
  `{"ballot": ballot, "accepted": …}` with what the acceptor has accepted. Otherwise nothing changes and `promise` is `None`.
- `accept(acceptor, ballot, value)` returns `(acceptor, taken)`. If `ballot` is at least `promised`, then `accepted` becomes `(ballot, value)`,
  `promised` becomes `ballot`, and `taken` is `True`. Otherwise nothing changes and `taken` is `False`.
- `value_to_propose(promises, n, own)`: `promises` is a dict from acceptor to its promise, all of one ballot, out of `n` acceptors. Returns the
  value to propose, or `None` while a majority is lacking.

`value_to_propose({0: {"ballot": 5, "accepted": (2, "red")}, 2: {"ballot": 5, "accepted": None}}, 3, "blue")` is `"red"`.
"""

# %% [markdown] hints="e5" reading="Lamport, Paxos Made Simple (2001), section 2; DDIA ch. 9, on consensus algorithms"
r"""
1. Which acceptor belongs to both majorities, and what does it say to the second proposer?
2. Two comparisons in the acceptor: strictly higher for a promise, at least as high for accepting. The proposer looks at those promises
   that carry something and takes the one with the highest ballot.
3. `carried = [p["accepted"] for p in promises.values() if p["accepted"]]`; a majority first; then `max(carried)[1]` if there is any, else
   `own`. In `accept`, both fields change.
"""


# %% solution="e5"
def prepare(acceptor, ballot):
    """Promise a ballot that is higher than any before: (acceptor, promise or None)."""
    ### BEGIN SOLUTION
    if ballot <= acceptor["promised"]:
        return acceptor, None
    return acceptor | {"promised": ballot}, {"ballot": ballot, "accepted": acceptor["accepted"]}
    ### END SOLUTION


def accept(acceptor, ballot, value):
    """Accept a value unless a higher ballot is promised: (acceptor, whether it was accepted)."""
    ### BEGIN SOLUTION
    if ballot < acceptor["promised"]:
        return acceptor, False
    return acceptor | {"promised": ballot, "accepted": (ballot, value)}, True
    ### END SOLUTION


def value_to_propose(promises, n, own):
    """The value that these promises leave to the proposer; None without a majority of n."""
    ### BEGIN SOLUTION
    if 2 * len(promises) <= n:
        return None
    carried = [promise["accepted"] for promise in promises.values() if promise["accepted"]]
    return max(carried)[1] if carried else own
    ### END SOLUTION


# %% test="e5_acceptor" points=2 title="An acceptor keeps its promises"
fresh_one = {"promised": 0, "accepted": None}
check(prepare, fresh_one, 2).equals(({"promised": 2, "accepted": None}, {"ballot": 2, "accepted": None}), idea="a first promise")
check(accept, {"promised": 2, "accepted": None}, 2, "red").equals(
    ({"promised": 2, "accepted": (2, "red")}, True), idea="the ballot that it has promised"
)
### BEGIN HIDDEN TESTS
loyal = {"promised": 4, "accepted": (2, "red")}
check(prepare, loyal, 5).equals(({"promised": 5, "accepted": (2, "red")}, {"ballot": 5, "accepted": (2, "red")}), idea="a promise tells what was accepted")
check(prepare, loyal, 4).equals((loyal, None), idea="only a higher ballot is promised")
check(prepare, loyal, 3).equals((loyal, None), idea="a lower ballot is too late")
check(accept, loyal, 3, "blue").equals((loyal, False), idea="it has promised to take nothing below 4")
check(accept, loyal, 4, "blue").equals(({"promised": 4, "accepted": (4, "blue")}, True), idea="a higher ballot replaces what was accepted")
check(accept, loyal, 9, "blue").equals(
    ({"promised": 9, "accepted": (9, "blue")}, True), idea="accepting ballot 9 is a promise too: a ballot 5 must not overwrite it later"
)
### END HIDDEN TESTS

# %% test="e5_agree" points=3 title="Two proposers, every order: one value"
told = {0: {"ballot": 5, "accepted": (2, "red")}, 2: {"ballot": 5, "accepted": None}}
check(value_to_propose, told, 3, "blue").equals("red", idea="red may have been chosen already: nobody here can know")
### BEGIN HIDDEN TESTS
check(value_to_propose, {0: told[0]}, 3, "blue").equals(None, idea="one of three is no majority")
check(value_to_propose, {0: told[2], 1: told[2]}, 4, "blue").equals(None, idea="two of four are no majority")
check(value_to_propose, {1: told[2], 2: told[2]}, 3, "blue").equals("blue", idea="nobody has accepted anything: its own value")
for ballots in permutations([(2, "red"), (3, "blue"), (10, "amber")]):
    several = {server: {"ballot": 11, "accepted": pair} for server, pair in enumerate(ballots)}
    check(value_to_propose, several, 5, "green").equals("amber", idea="not any value that was carried: the one of the highest ballot")
several = {server: {"ballot": 4, "accepted": pair} for server, pair in enumerate([(2, "red"), (2, "red"), (3, "blue")])}
check(value_to_propose, several, 5, "green").equals("blue", idea="the highest ballot decides, not how many carried a value")

own, asked = {1: "red", 2: "blue"}, {}


def ask(function, *arguments):
    """What the learner's function says to this; asked once only, since it is a pure function of plain data."""
    key = (function is prepare, function is accept, repr(arguments))
    if key not in asked:
        asked[key] = check(function, *arguments).value(idea="it has to answer whatever order messages come in")
    return asked[key]


def after(acceptors, promises, proposed, votes):
    """All states that one more message, delivered to one server, leads to."""
    for ballot, server in product(own, range(3)):
        promised, accepted = acceptors[server]
        acceptor = {"promised": promised, "accepted": accepted}
        changed = lambda new: (*acceptors[:server], (new["promised"], new["accepted"]), *acceptors[server + 1 :])
        new, promise = ask(prepare, acceptor, ballot)
        if promise is not None:
            yield changed(new), promises | {(ballot, server, promise["accepted"])}, proposed, votes
        for value in {value for b, value in proposed if b == ballot}:
            new, taken = ask(accept, acceptor, ballot, value)
            if taken:
                yield changed(new), promises, proposed, votes | {(ballot, server, value)}
    for ballot in set(own) - {b for b, _ in proposed}:
        heard = [(server, accepted) for b, server, accepted in promises if b == ballot]
        for several in (some for k in (2, 3) for some in combinations(sorted(heard, key=str), k)):
            told = {server: {"ballot": ballot, "accepted": accepted} for server, accepted in several}
            yield acceptors, promises, proposed | {(ballot, ask(value_to_propose, told, 3, own[ballot]))}, votes


start = (((0, None),) * 3, frozenset(), frozenset(), frozenset())
seen, waiting = {start}, [start]
while waiting:
    for state in after(*waiting.pop()):
        if state not in seen:
            seen.add(state)
            waiting.append(state)
ends = set()
for *_, votes in seen:
    ballots = {(ballot, value) for ballot, _, value in votes}
    ends.add(frozenset(v for b, v in ballots if sum((b, s, v) in votes for s in range(3)) >= 2))
check_value("what may be chosen, over all schedules", ends).equals(
    {frozenset(), frozenset({"red"}), frozenset({"blue"})},
    idea="each value can win, and never both: which promise did the second proposer overlook?",
)
### END HIDDEN TESTS

# %% [markdown]
r"""
## In practice

**Where it runs.** etcd (and so Kubernetes), Consul, CockroachDB, TiKV and Kafka's own controllers keep their most precious facts in a
Raft log; Google's Chubby and Spanner use Paxos, ZooKeeper its relative Zab.

**What it costs.** A write takes one round trip from the leader to the quicker half of its followers, and one `fsync` on a majority before
anybody answers. Across continents that is the speed of light, tens of milliseconds. All writes pass through one leader, so more servers make it
*slower*, never faster: at a hundred times the data one runs hundreds of small groups, each with its own range of keys, and batches
entries.

**Reads.** A leader that answers reads from its own memory may have been deposed without knowing. It first confirms its term with a majority,
or trusts a *lease*, and with it the clocks. **Retries.** A client that hears nothing sends again, and its command may be in the log twice: number
commands by client and skip what was done. **First entries.** A new leader may not count copies of old entries, so it begins its term with an empty
entry of its own; once that is committed, so are they. **Fencing.** An old leader may still act on the outside, on a disk or a mail server: let the outside refuse
lower terms. **Logs end.** Real logs are cut behind a *snapshot* of the state, and changing the set of servers is a protocol of its own.

**What random tests find.** We let 300 storms loose on servers that vote without looking at logs: 130 of them lost a committed entry. Of 300
storms on servers that commit without looking at the term, not one did: the four moments need two crashes at just the right times. So the tests of
exercise 3 ask about that state directly, and people who build databases go on to model checkers, which try every schedule, as exercise 5 does.

## Summary

- Any two quorums share a server; a majority of $2f + 1$ survives $f$ crashes, wherever they strike.
- One vote a term, on disk before the reply, gives at most one leader a term. Two leaders at the same time remain possible, in different terms.
- Appends carry what comes before them: logs that agree at a place agree up to it, and only contradicting entries are cut. Copies on a majority
  commit an entry only if it is of the leader's own term; older ones are committed with it.
- In C++ the rules are the same; unsigned places, ends of arrays and statics are new ways to break them.
- In Paxos a proposer takes over the value of the highest ballot that a majority reports; trying every order shows that two values are
  never chosen.

## Reflection

Your team runs a three-server cluster in one data centre. A colleague proposes to add a fourth server in another city, "so that we
survive the loss of two", and to let every server answer reads from its own copy, "since they are all equal anyway".

Answer in 3 to 5 sentences. Give yourself a point for each: you say how many crashes four servers survive, and why; you say what happens to
the latency of writes, and on what it depends; you explain what a read from a follower, or from a deposed leader, may return; you propose something
better for each of the two wishes.
"""

# %% [markdown] reflection="reflection"
r"""
Four servers need three for a majority, so they survive one crash, exactly like three: to survive two we need five. Writes still wait for the quickest
majority only; that is three of four now, so as soon as one local server is slow or down, each write waits for the other city. Copies are equal in the end,
not at every moment: a follower may lag behind, and an old leader that is cut off does not know that it was deposed, so both can return data that a client has
already seen replaced. I would take five servers in three places, and let the leader confirm its term with a majority before it answers a read, or mark reads
that may be stale as such.
"""

# %% [markdown]
r"""
## Further reading

- *Designing Data-Intensive Applications*, chapter 9: total order broadcast is the log of today; look for what it says about epochs and
  quorums (two rounds of voting that must overlap), and for the list of what consensus costs. Chapter 5, quorums for reading and writing:
  what $R + W > n$ promises, and what it does not. Chapter 8, "The truth is defined by the majority": fencing tokens.
- Diego Ongaro and John Ousterhout, *In Search of an Understandable Consensus Algorithm*, 2014: figure 2 is the whole algorithm on one page;
  compare it rule by rule with yours. 5.4.2 and figure 8 are our four moments.
- Leslie Lamport, *Paxos Made Simple*, 2001: section 2 derives the rule of the highest ballot step by step from what is wanted.
- Michael Fischer, Nancy Lynch and Michael Paterson, *Impossibility of Distributed Consensus with One Faulty Process*, 1985: read the
  introduction for what exactly is impossible, and what is not.
"""
