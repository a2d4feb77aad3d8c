# %% right="e1" why="by counting up and by elimination"
def majority(n):
    k = 1
    while 2 * k <= n:
        k += 1
    return k


def always_meet(reads, writes):
    for read in reads:
        for write in writes:
            if read.isdisjoint(write):
                return False
    return True


def crashes_survived(quorums):
    everyone = sorted({server for quorum in quorums for server in quorum})
    fatal = [
        crashed
        for size in range(len(everyone) + 1)
        for crashed in combinations(everyone, size)
        if not any(quorum.isdisjoint(crashed) for quorum in quorums)
    ]
    return len(fatal[0]) - 1


# %% right="e1" why="a recursive search for the smallest set that touches every quorum"
def majority(n):
    return (n + 2) // 2


def always_meet(reads, writes):
    return not any(len(r | w) == len(r) + len(w) for r in reads for w in writes)


def _fewest(quorums):
    if not quorums:
        return 0
    return 1 + min(_fewest([q for q in quorums if server not in q]) for server in quorums[0])


def crashes_survived(quorums):
    return _fewest(quorums) - 1


# %% [markdown] wrong="e1" why="half of an even number taken for a majority" edit=true
r'''
### REPLACE
    return n // 2 + 1
### WITH
    return (n + 1) // 2
### END
'''

# %% [markdown] wrong="e1" why="counts sizes (R + W > n) where members decide" edit=true
r'''
### REPLACE
    return all(read & write for read in reads for write in writes)
### WITH
    n = len(set().union(*reads, *writes))
    return all(len(read) + len(write) > n for read in reads for write in writes)
### END
'''

# %% [markdown] wrong="e1" why="survives as many crashes as a lucky quorum leaves out" edit=true
r'''
### REPLACE
    for crashes in range(1, len(servers) + 1):
        if any(all(quorum & set(crashed) for quorum in quorums) for crashed in combinations(servers, crashes)):
            return crashes - 1
### WITH
    return len(servers) - min(map(len, quorums))
### END
'''

# %% [markdown] wrong="e1" why="takes the smallest quorum for the smallest set that touches all" edit=true
r'''
### REPLACE
    for crashes in range(1, len(servers) + 1):
        if any(all(quorum & set(crashed) for quorum in quorums) for crashed in combinations(servers, crashes)):
            return crashes - 1
### WITH
    return min(map(len, quorums)) - 1
### END
'''

# %% [markdown] wrong="e1" why="compares the first read with the first write only" edit=true
r'''
### REPLACE
    return all(read & write for read in reads for write in writes)
### WITH
    return all(read & write for read, write in zip(reads, writes))
### END
'''

# %% [markdown] wrong="e1" why="crashes the server in the most quorums first, and then goes on so" edit=true
r'''
### REPLACE
    for crashes in range(1, len(servers) + 1):
        if any(all(quorum & set(crashed) for quorum in quorums) for crashed in combinations(servers, crashes)):
            return crashes - 1
### WITH
    left, crashes = list(quorums), 0
    while left:
        worst = max(sorted(servers), key=lambda server: sum(server in quorum for quorum in left))
        left, crashes = [quorum for quorum in left if worst not in quorum], crashes + 1
    return crashes - 1
### END
'''

# %% equivalent="e1" mutants=["77c17cc2"] why="to crash all servers is always fatal: the loop never gets past that size"

# %% right="e2" why="changes the node in place, with a helper for stepping down and one for the last entry"
def _last(log):
    return (len(log), log[-1][0]) if log else (0, 0)


def _step_down(node, term):
    node.update(role="follower", term=term, voted_for=None, votes=set())


def start_election(node):
    node["term"] += 1
    node["role"] = "candidate"
    node["voted_for"] = node["id"]
    node["votes"] = {node["id"]}
    length, term = _last(node["log"])
    messages = []
    for peer in range(node["size"]):
        if peer == node["id"]:
            continue
        message = {"kind": "request_vote", "from": node["id"], "to": peer}
        message.update(term=node["term"], last_index=length, last_term=term)
        messages.append(message)
    return node, messages


def answer_vote(node, message):
    candidate = message["from"]
    if message["term"] > node["term"]:
        _step_down(node, message["term"])
    granted = False
    if message["term"] == node["term"] and (node["voted_for"] is None or node["voted_for"] == candidate):
        length, term = _last(node["log"])
        if message["last_term"] > term or (message["last_term"] == term and message["last_index"] >= length):
            granted = True
            node["voted_for"] = candidate
    return node, [{"kind": "vote", "from": node["id"], "to": candidate, "term": node["term"], "granted": granted}]


def count_vote(node, message):
    if message["term"] > node["term"]:
        _step_down(node, message["term"])
    elif message["granted"] and message["term"] == node["term"] and node["role"] == "candidate":
        node["votes"].add(message["from"])
        if len(node["votes"]) >= node["size"] // 2 + 1:
            node["role"] = "leader"
            node["next"], node["match"] = {}, {}
            for peer in range(node["size"]):
                if peer != node["id"]:
                    node["next"][peer] = len(node["log"]) + 1
                    node["match"][peer] = 0
    return node, []


# %% right="e2" why="new dicts throughout; the requests in another order, the rules as one table of conditions"
def start_election(node):
    changed = {"term": node["term"] + 1, "role": "candidate", "voted_for": node["id"], "votes": {node["id"]}, "next": {}, "match": {}}
    terms = [0, *(term for term, _ in node["log"])]
    ask = dict(kind="request_vote", term=changed["term"], last_index=len(terms) - 1, last_term=terms[-1])
    return {**node, **changed}, [{**ask, "from": node["id"], "to": p} for p in reversed(range(node["size"])) if p != node["id"]]


def answer_vote(node, message):
    newer = message["term"] > node["term"]
    term, role = (message["term"], "follower") if newer else (node["term"], node["role"])
    given = None if newer else node["voted_for"]
    last_term = max((t for t, _ in node["log"]), default=0)
    refusals = [
        message["term"] < term,
        given is not None and given != message["from"],
        message["last_term"] < last_term,
        message["last_term"] == last_term and message["last_index"] < len(node["log"]),
    ]
    granted = not any(refusals)
    node = {**node, "term": term, "role": role, "voted_for": message["from"] if granted else given}
    return node, [{"kind": "vote", "from": node["id"], "to": message["from"], "term": term, "granted": granted}]


def count_vote(node, message):
    if message["term"] > node["term"]:
        return {**node, "term": message["term"], "voted_for": None, "role": "follower"}, []
    if message["term"] < node["term"] or not message["granted"] or node["role"] != "candidate":
        return node, []
    votes = {*node["votes"], message["from"]}
    if len(votes) * 2 <= node["size"]:
        return {**node, "votes": votes}, []
    peers = [p for p in range(node["size"]) if p != node["id"]]
    end = len(node["log"])
    return {**node, "role": "leader", "votes": votes, "next": {p: end + 1 for p in peers}, "match": {p: 0 for p in peers}}, []


# %% [markdown] wrong="e2" why="last_index counted from 0, as Python does" edit=true
r'''
### REPLACE
        "last_index": len(node["log"]),
### WITH
        "last_index": len(node["log"]) - 1,
### END
'''

# %% [markdown] wrong="e2" why="stands for election and keeps the votes of the last one" edit=true
r'''
### REPLACE
    node = node | {"role": "candidate", "term": node["term"] + 1, "voted_for": node["id"], "votes": {node["id"]}}
### WITH
    node = node | {"role": "candidate", "term": node["term"] + 1, "voted_for": node["id"], "votes": node["votes"] | {node["id"]}}
### END
'''

# %% [markdown] wrong="e2" why="refuses the candidate that has its vote already and asks again" edit=true
r'''
### REPLACE
    free = node["voted_for"] in (None, message["from"])
### WITH
    free = node["voted_for"] is None
### END
'''

# %% [markdown] wrong="e2" why="takes server 0 for nobody (not voted_for, where None is meant)" edit=true
r'''
### REPLACE
    free = node["voted_for"] in (None, message["from"])
### WITH
    free = not node["voted_for"] or node["voted_for"] == message["from"]
### END
'''

# %% [markdown] wrong="e2" why="keeps its vote where a crash erases it: two votes in a term after a restart" edit=true
r'''
### REPLACE
    free = node["voted_for"] in (None, message["from"])
### WITH
    free = node["role"] == "follower" and node.get("voted_in") != message["term"]
### END
### REPLACE
        node = node | {"voted_for": message["from"]}
### WITH
        node = node | {"voted_in": message["term"], "voted_for": message["from"]}
### END
'''

# %% [markdown] wrong="e2" why="votes without looking at the candidate's log" edit=true
r'''
### REPLACE
    granted = message["term"] == node["term"] and free and up_to_date
### WITH
    granted = message["term"] == node["term"] and free
### END
'''

# %% [markdown] wrong="e2" why="takes the longer log for the more up to date one" edit=true
r'''
### REPLACE
    up_to_date = (message["last_term"], message["last_index"]) >= own
### WITH
    up_to_date = message["last_index"] >= own[1]
### END
'''

# %% [markdown] wrong="e2" why="gives its vote away although it refuses it" edit=true
r'''
### REPLACE
    if granted:
        node = node | {"voted_for": message["from"]}
### WITH
    if granted or (message["term"] == node["term"] and free):
        node = node | {"voted_for": message["from"]}
### END
'''

# %% [markdown] wrong="e2" why="half of an even cluster is enough to lead" edit=true
r'''
### REPLACE
        if 2 * len(node["votes"]) > node["size"]:
### WITH
        if 2 * len(node["votes"]) >= node["size"]:
### END
'''

# %% [markdown] wrong="e2" why="a new leader expects nothing of the others: next begins at 1" edit=true
r'''
### REPLACE
            node = node | {"role": "leader", "next": dict.fromkeys(others, len(node["log"]) + 1), "match": dict.fromkeys(others, 0)}
### WITH
            node = node | {"role": "leader", "next": dict.fromkeys(others, 1), "match": dict.fromkeys(others, 0)}
### END
'''

# %% [markdown] wrong="e2" why="a late vote makes a leader forget what it knows of the others" edit=true
r'''
### REPLACE
    if node["role"] == "candidate" and message["term"] == node["term"] and message["granted"]:
### WITH
    if node["role"] != "follower" and message["term"] == node["term"] and message["granted"]:
### END
'''

# %% [markdown] wrong="e2" why="counts messages, not voters: a vote that comes twice counts twice" edit=true
r'''
### REPLACE
        node = node | {"votes": node["votes"] | {message["from"]}}
        if 2 * len(node["votes"]) > node["size"]:
### WITH
        node = node | {"heard": node.get("heard", len(node["votes"])) + 1, "votes": node["votes"] | {message["from"]}}
        if 2 * node["heard"] > node["size"]:
### END
'''

# %% [markdown] wrong="e2" why="counts a delayed vote of an earlier term" edit=true
r'''
### REPLACE
    if node["role"] == "candidate" and message["term"] == node["term"] and message["granted"]:
### WITH
    if node["role"] == "candidate" and message["granted"]:
### END
'''

# %% [markdown] wrong="e2" why="remembers votes beside the node too, for every cluster that there ever was" edit=true
r'''
### REPLACE
def answer_vote(node, message):
### WITH
VOTES = {}


def answer_vote(node, message):
### END
### REPLACE
    free = node["voted_for"] in (None, message["from"])
### WITH
    given = VOTES.setdefault((node["id"], message["term"]), message["from"])
    free = node["voted_for"] in (None, message["from"]) and given == message["from"]
### END
'''

# %% [markdown] wrong="e2" why="a new leader puts an empty entry into its log, as real ones do, where nobody asked for one" edit=true
r'''
### REPLACE
            others = set(range(node["size"])) - {node["id"]}
### WITH
            others = set(range(node["size"])) - {node["id"]}
            node = node | {"log": [*node["log"], (node["term"], "")]}
### END
### REPLACE
            node = node | {"role": "leader", "next": dict.fromkeys(others, len(node["log"]) + 1), "match": dict.fromkeys(others, 0)}
### WITH
            node = node | {"role": "leader", "next": dict.fromkeys(others, len(node["log"])), "match": dict.fromkeys(others, 0)}
### END
'''

# %% [markdown] wrong="e2" why="a new leader begins to commit from the start" edit=true
r'''
### REPLACE
            node = node | {"role": "leader", "next": dict.fromkeys(others, len(node["log"]) + 1), "match": dict.fromkeys(others, 0)}
### WITH
            node = node | {"role": "leader", "next": dict.fromkeys(others, len(node["log"]) + 1), "match": dict.fromkeys(others, 0), "commit": 0}
### END
'''

# %% [markdown] wrong="e2" why="with a new term it forgets what is committed" edit=true
r'''
### REPLACE
        node = node | {"role": "follower", "term": message["term"], "voted_for": None}
### WITH
        node = node | {"role": "follower", "term": message["term"], "voted_for": None, "commit": 0}
### END
'''

# %% right="e3" why="in place, entry by entry, and the commit place by counting"
def append_entries(node, message):
    reply = {"kind": "appended", "from": node["id"], "to": message["from"], "ok": False, "index": message["prev_index"]}
    if message["term"] >= node["term"]:
        if message["term"] > node["term"]:
            node["term"] = message["term"]
            node["voted_for"] = None
        node["role"] = "follower"
        terms = [0] + [term for term, _ in node["log"]]
        prev = message["prev_index"]
        if prev < len(terms) and (prev == 0 or terms[prev] == message["prev_term"]):
            place = prev
            for entry in message["entries"]:
                place += 1
                if place < len(terms) and terms[place] != entry[0]:
                    del node["log"][place - 1 :], terms[place:]
                if place == len(terms):
                    node["log"].append(entry)
                    terms.append(entry[0])
            reply.update(ok=True, index=place)
            if min(message["commit"], place) > node["commit"]:
                node["commit"] = min(message["commit"], place)
    reply["term"] = node["term"]
    return node, [reply]


def count_append(node, message):
    if message["term"] > node["term"]:
        node.update(term=message["term"], role="follower", voted_for=None)
    elif message["term"] == node["term"] and node["role"] == "leader":
        peer = message["from"]
        if message["ok"]:
            node["match"][peer] = max(node["match"][peer], message["index"])
            node["next"][peer] = node["match"][peer] + 1
        elif message["index"] < node["next"][peer]:
            node["next"][peer] = max(message["index"], node["match"][peer] + 1)
        for place in range(node["commit"] + 1, len(node["log"]) + 1):
            having = 1 + sum(match >= place for match in node["match"].values())
            if having > node["size"] / 2 and node["log"][place - 1][0] == node["term"]:
                node["commit"] = place
    return node, []


# %% right="e3" why="the log by comprehension over the common part; commit from the highest place down"
def append_entries(node, message):
    def answer(ok, index):
        return [{"kind": "appended", "from": node["id"], "to": message["from"], "term": node["term"], "ok": ok, "index": index}]

    if message["term"] < node["term"]:
        return node, answer(False, message["prev_index"])
    vote = node["voted_for"] if message["term"] == node["term"] else None
    node = {**node, "term": message["term"], "voted_for": vote, "role": "follower"}
    prev, entries = message["prev_index"], message["entries"]
    head, tail = node["log"][:prev], node["log"][prev:]
    if len(head) < prev or (head and head[-1][0] != message["prev_term"]):
        return node, answer(False, prev)
    agree = all(old[0] == new[0] for old, new in zip(tail, entries))
    log = head + entries + (tail[len(entries) :] if agree else [])
    commit = sorted([node["commit"], prev + len(entries), message["commit"]])[1]
    node = {**node, "log": log, "commit": max(commit, node["commit"])} if commit <= prev + len(entries) else {**node, "log": log}
    return node, answer(True, prev + len(entries))


def count_append(node, message):
    term, peer = message["term"], message["from"]
    if term > node["term"]:
        return {**node, "role": "follower", "term": term, "voted_for": None}, []
    if term != node["term"] or node["role"] != "leader":
        return node, []
    match, following = dict(node["match"]), dict(node["next"])
    if message["ok"]:
        if message["index"] > match[peer]:
            match[peer] = message["index"]
        following[peer] = match[peer] + 1
    else:
        following[peer] = max(match[peer] + 1, min(following[peer], message["index"]))
    places = [len(node["log"]), *match.values()]
    commit = node["commit"]
    for place in range(len(node["log"]), commit, -1):
        if node["log"][place - 1][0] == term and len([p for p in places if p >= place]) * 2 > node["size"]:
            commit = place
            break
    return {**node, "match": match, "next": following, "commit": commit}, []


# %% [markdown] wrong="e3" why="trusts the leader: takes entries without looking at the term before them" edit=true
r'''
### REPLACE
    if before > len(log) or (before > 0 and log[before - 1][0] != message["prev_term"]):
### WITH
    if before > len(log):
### END
'''

# %% [markdown] wrong="e3" why="answers with the length of its log, which nobody has compared" edit=true
r'''
### REPLACE
    return node, [reply | {"ok": True, "index": last}]
### WITH
    return node, [reply | {"ok": True, "index": len(log)}]
### END
'''

# %% [markdown] wrong="e3" why="obeys a leader of an old term" edit=true
r'''
### REPLACE
    if message["term"] < node["term"]:
        return node, [refused]
### WITH
### END
'''

# %% [markdown] wrong="e3" why="a new term, but the vote of the old one is kept" edit=true
r'''
### REPLACE
        node = node | {"term": message["term"], "voted_for": None}
    node = node | {"role": "follower"}
### WITH
        node = node | {"term": message["term"]}
    node = node | {"role": "follower"}
### END
'''

# %% [markdown] wrong="e3" why="cuts the log at every append: a delayed one deletes entries" edit=true
r'''
### REPLACE
    for place, entry in enumerate(entries, before):
        if log[place : place + 1] != [entry]:
            log = log[:place] + entries[place - before :]
            break
### WITH
    log = log[:before] + entries
### END
'''

# %% [markdown] wrong="e3" why="appends what is new and leaves what contradicts it" edit=true
r'''
### REPLACE
    for place, entry in enumerate(entries, before):
        if log[place : place + 1] != [entry]:
            log = log[:place] + entries[place - before :]
            break
### WITH
    log = log + entries[len(log) - before :] if len(log) < before + len(entries) else log
### END
'''

# %% [markdown] wrong="e3" why="overwrites a contradicting entry and keeps what stood behind it" edit=true
r'''
### REPLACE
            log = log[:place] + entries[place - before :]
            break
### WITH
            log = log[:place] + [entry] + log[place + 1 :]
### END
'''

# %% [markdown] wrong="e3" why="commits as far as its log goes, also what was not compared" edit=true
r'''
### REPLACE
    node = node | {"log": log, "commit": max(node["commit"], min(message["commit"], last))}
### WITH
    node = node | {"log": log, "commit": max(node["commit"], min(message["commit"], len(log)))}
### END
'''

# %% [markdown] wrong="e3" why="a delayed message takes commit back" edit=true
r'''
### REPLACE
    node = node | {"log": log, "commit": max(node["commit"], min(message["commit"], last))}
### WITH
    node = node | {"log": log, "commit": min(message["commit"], last)}
### END
'''

# %% [markdown] wrong="e3" why="goes back one place at each refusal, whichever append was refused" edit=true
r'''
### REPLACE
        following = max(known + 1, min(node["next"][peer], index))
### WITH
        following = max(known + 1, node["next"][peer] - 1)
### END
'''

# %% [markdown] wrong="e3" why="sends again the last entry that it knows to be there (next = match)" edit=true
r'''
### REPLACE
        following = known + 1
### WITH
        following = known
### END
'''

# %% [markdown] wrong="e3" why="commits what a majority has, whatever its term" edit=true
r'''
### REPLACE
    if reached > node["commit"] and node["log"][reached - 1][0] == node["term"]:
### WITH
    if reached > node["commit"]:
### END
'''

# %% [markdown] wrong="e3" why="forgets itself in the count of copies" edit=true
r'''
### REPLACE
    reached = sorted([len(node["log"]), *node["match"].values()])[(node["size"] - 1) // 2]
### WITH
    reached = sorted([0, *node["match"].values()])[(node["size"] - 1) // 2]
### END
'''

# %% [markdown] wrong="e3" why="two of four taken for a majority" edit=true
r'''
### REPLACE
    reached = sorted([len(node["log"]), *node["match"].values()])[(node["size"] - 1) // 2]
### WITH
    reached = sorted([len(node["log"]), *node["match"].values()])[node["size"] // 2]
### END
'''

# %% [markdown] wrong="e3" why="believes the reply that came last: a late one takes match back" edit=true
r'''
### REPLACE
        known = max(known, index)
### WITH
        known = index
### END
'''

# %% [markdown] wrong="e3" why="counts a reply that was meant for its own earlier term" edit=true
r'''
### REPLACE
    if message["term"] < node["term"] or node["role"] != "leader":
### WITH
    if node["role"] != "leader":
### END
'''

# %% [markdown] wrong="e3" why="believes the leader's commit although the append does not fit" edit=true
r'''
### REPLACE
    if before > len(log) or (before > 0 and log[before - 1][0] != message["prev_term"]):
### WITH
    node = node | {"commit": max(node["commit"], min(message["commit"], before, len(log)))}
    if before > len(log) or (before > 0 and log[before - 1][0] != message["prev_term"]):
### END
'''

# %% [markdown] wrong="e3" why="answers an old append with what is committed already" edit=true
r'''
### REPLACE
    if before > len(log) or (before > 0 and log[before - 1][0] != message["prev_term"]):
### WITH
    if before < node["commit"]:
        return node, [reply | {"ok": True, "index": node["commit"]}]
    if before > len(log) or (before > 0 and log[before - 1][0] != message["prev_term"]):
### END
'''

# %% [markdown] wrong="e3" why="with a new leader it begins to commit from the start" edit=true
r'''
### REPLACE
        node = node | {"term": message["term"], "voted_for": None}
### WITH
        node = node | {"term": message["term"], "voted_for": None, "commit": 0}
### END
'''

# %% [markdown] wrong="e3" why="who does not lead does not even look at the term of a reply" edit=true
r'''
### REPLACE
    if message["term"] > node["term"]:
        return node | {"role": "follower", "term": message["term"], "voted_for": None}, []
    if message["term"] < node["term"] or node["role"] != "leader":
        return node, []
### WITH
    if message["term"] < node["term"] or node["role"] != "leader":
        return node, []
    if message["term"] > node["term"]:
        return node | {"role": "follower", "term": message["term"], "voted_for": None}, []
### END
'''

# %% equivalent="e3" mutants=["bf12c15b"] why="behind the first difference the log is the message's: later turns of the loop find them equal"

# %% [markdown] right="e4" why="by iterators: the first difference found by std::mismatch, then erase and insert" edit=true
r'''
### REPLACE
    const Reply refused{std::max(node.term, message.term), false, message.prev_index};
    if (message.term < node.term) return refused;
    node.term = message.term;
    if (message.prev_index > node.log.size()) return refused;
    if (message.prev_index > 0 && node.log[message.prev_index - 1].term != message.prev_term) return refused;

    std::size_t place = message.prev_index;
    for (const Entry& entry : message.entries) {
        if (place < node.log.size() && node.log[place].term != entry.term) node.log.resize(place);
        if (place == node.log.size()) node.log.push_back(entry);
        ++place;
    }
    node.commit = std::max(node.commit, std::min(message.commit, place));
    return {node.term, true, place};
### WITH
    if (message.term < node.term) return {node.term, false, message.prev_index};
    node.term = message.term;
    const bool there = message.prev_index <= node.log.size();
    if (!there || (message.prev_index != 0 && node.log.at(message.prev_index - 1).term != message.prev_term)) {
        return {node.term, false, message.prev_index};
    }
    const auto begin = node.log.begin() + static_cast<std::ptrdiff_t>(message.prev_index);
    const auto [old, fresh] = std::mismatch(begin, node.log.end(), message.entries.begin(), message.entries.end(),
                                            [](const Entry& a, const Entry& b) { return a.term == b.term; });
    if (fresh != message.entries.end()) {
        node.log.erase(old, node.log.end());
        node.log.insert(node.log.end(), fresh, message.entries.end());
    }
    const std::size_t last = message.prev_index + message.entries.size();
    if (message.commit > node.commit) node.commit = std::max(node.commit, std::min(message.commit, last));
    return {node.term, true, last};
### END
'''

# %% [markdown] right="e4" why="nested conditions and a counting loop, with a helper for the term at a place" edit=true
r'''
### REPLACE
// What a follower does with an append of its leader: changes the node, returns the reply.
### WITH
static std::size_t term_at(const Node& node, std::size_t place) {
    return place == 0 || place > node.log.size() ? 0 : node.log[place - 1].term;
}

// What a follower does with an append of its leader: changes the node, returns the reply.
### END
### REPLACE
    const Reply refused{std::max(node.term, message.term), false, message.prev_index};
    if (message.term < node.term) return refused;
    node.term = message.term;
    if (message.prev_index > node.log.size()) return refused;
    if (message.prev_index > 0 && node.log[message.prev_index - 1].term != message.prev_term) return refused;

    std::size_t place = message.prev_index;
    for (const Entry& entry : message.entries) {
        if (place < node.log.size() && node.log[place].term != entry.term) node.log.resize(place);
        if (place == node.log.size()) node.log.push_back(entry);
        ++place;
    }
    node.commit = std::max(node.commit, std::min(message.commit, place));
    return {node.term, true, place};
### WITH
    Reply reply{node.term, false, message.prev_index};
    if (message.term >= node.term) {
        reply.term = node.term = message.term;
        const bool start = message.prev_index == 0;
        if (start || (message.prev_index <= node.log.size() && term_at(node, message.prev_index) == message.prev_term)) {
            for (std::size_t k = 1; k <= message.entries.size(); ++k) {
                const Entry& entry = message.entries[k - 1];
                const std::size_t place = message.prev_index + k;
                if (term_at(node, place) == entry.term) continue;
                while (node.log.size() >= place) node.log.pop_back();
                node.log.push_back(entry);
            }
            reply.ok = true;
            reply.index += message.entries.size();
            const std::size_t most = message.commit < reply.index ? message.commit : reply.index;
            if (node.commit < most) node.commit = most;
        }
    }
    return reply;
### END
'''

# %% [markdown] wrong="e4" why="cuts the log at every append" edit=true
r'''
### REPLACE
    std::size_t place = message.prev_index;
### WITH
    node.log.resize(message.prev_index);
    std::size_t place = message.prev_index;
### END
'''

# %% [markdown] wrong="e4" why="commits as far as its log goes" edit=true
r'''
### REPLACE
    node.commit = std::max(node.commit, std::min(message.commit, place));
### WITH
    node.commit = std::max(node.commit, std::min(message.commit, node.log.size()));
### END
'''

# %% [markdown] wrong="e4" why="a place before the first: 0 - 1 is a very large number, and no heartbeat to an empty log fits" edit=true
r'''
### REPLACE
    if (message.prev_index > node.log.size()) return refused;
    if (message.prev_index > 0 && node.log[message.prev_index - 1].term != message.prev_term) return refused;
### WITH
    if (message.prev_index - 1 >= node.log.size()) return refused;
    if (node.log[message.prev_index - 1].term != message.prev_term) return refused;
### END
'''

# %% [markdown] wrong="e4" why="reads past the end of the log" edit=true
r'''
### REPLACE
    if (message.prev_index > node.log.size()) return refused;
### WITH
### END
'''

# %% [markdown] wrong="e4" why="a refusal leaves the node in its old term" edit=true
r'''
### REPLACE
    node.term = message.term;
    if (message.prev_index > node.log.size()) return refused;
### WITH
    if (message.prev_index > node.log.size()) return refused;
    node.term = message.term;
### END
'''

# %% [markdown] wrong="e4" why="keeps the highest term in a static variable, which all servers share" edit=true
r'''
### REPLACE
    if (message.term < node.term) return refused;
### WITH
    static std::size_t highest = 0;
    if (message.term < highest) return {highest, false, message.prev_index};
    highest = message.term;
### END
'''

# %% right="e5" why="in place, with comparisons turned round, and the proposer's rule as a loop"
def prepare(acceptor, ballot):
    promise = None
    if acceptor["promised"] < ballot:
        acceptor["promised"] = ballot
        promise = {"ballot": ballot, "accepted": acceptor["accepted"]}
    return acceptor, promise


def accept(acceptor, ballot, value):
    taken = acceptor["promised"] <= ballot
    if taken:
        acceptor["promised"] = ballot
        acceptor["accepted"] = (ballot, value)
    return acceptor, taken


def value_to_propose(promises, n, own):
    if len(promises) < n // 2 + 1:
        return None
    highest, value = 0, own
    for promise in promises.values():
        if promise["accepted"] is not None and promise["accepted"][0] > highest:
            highest, value = promise["accepted"]
    return value


# %% right="e5" why="new dicts by max; the value as the largest of pairs with the own value as ballot 0"
def prepare(acceptor, ballot):
    new = {"promised": max(ballot, acceptor["promised"]), "accepted": acceptor["accepted"]}
    return new, None if acceptor["promised"] >= ballot else {"ballot": ballot, "accepted": acceptor["accepted"]}


def accept(acceptor, ballot, value):
    if acceptor["promised"] > ballot:
        return dict(acceptor), False
    return {"promised": ballot, "accepted": (ballot, value)}, True


def value_to_propose(promises, n, own):
    pairs = [(0, own)] + [p["accepted"] or (0, own) for p in promises.values()]
    return max(pairs)[1] if len(promises) > n / 2 else None


# %% [markdown] wrong="e5" why="promises the same ballot twice" edit=true
r'''
### REPLACE
    if ballot <= acceptor["promised"]:
### WITH
    if ballot < acceptor["promised"]:
### END
'''

# %% [markdown] wrong="e5" why="accepts without remembering that this is a promise too" edit=true
r'''
### REPLACE
    return acceptor | {"promised": ballot, "accepted": (ballot, value)}, True
### WITH
    return acceptor | {"accepted": (ballot, value)}, True
### END
'''

# %% [markdown] wrong="e5" why="breaks its promise: accepts whatever comes" edit=true
r'''
### REPLACE
    if ballot < acceptor["promised"]:
        return acceptor, False
### WITH
### END
'''

# %% [markdown] wrong="e5" why="proposes its own value although a promise carried one" edit=true
r'''
### REPLACE
    return max(carried)[1] if carried else own
### WITH
    return own
### END
'''

# %% [markdown] wrong="e5" why="takes any value that was carried, not the one of the highest ballot" edit=true
r'''
### REPLACE
    return max(carried)[1] if carried else own
### WITH
    return carried[0][1] if carried else own
### END
'''

# %% [markdown] wrong="e5" why="half of the acceptors taken for a majority" edit=true
r'''
### REPLACE
    if 2 * len(promises) <= n:
### WITH
    if 2 * len(promises) < n:
### END
'''

# %% [markdown] wrong="e5" why="takes the value that most promises carried" edit=true
r'''
### REPLACE
    return max(carried)[1] if carried else own
### WITH
    return max(sorted(carried, reverse=True), key=carried.count)[1] if carried else own
### END
'''

# %% equivalent="e5" mutants=["814ddfff"] why="return and return None are the same"
