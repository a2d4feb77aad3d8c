"""A small network of servers that loses, repeats and delays messages, falls apart and crashes: the same way for the same seed.

A server is a dict, its *node* (see :func:`fresh`), and a message is a dict too. What a server does is not in here: it comes as
``handlers``, functions that take a node (and a message) and return ``(node, messages)``: what the server is from now on, and
what it sends. So a lesson can put any rules into the network, good or bad, and judge them by the history that comes of it::

    network = Network(5, {"timeout": start_election, "request_vote": answer_vote, "vote": count_vote}, seed=7)
    network.storm(150)
    network.calm(200)
    print(election_safety(network.history))        # [] if no term had two leaders

The five checkers at the end are the five properties of Ongaro and Ousterhout, "In Search of an Understandable Consensus
Algorithm" (2014), figure 3. Each takes a history and returns what it found, in words: an empty list if all is well.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any

from matplotlib import pyplot as plt
from matplotlib.figure import Figure

Node = dict[str, Any]
Message = dict[str, Any]
Handler = Callable[..., tuple[Node, list[Message]]]

#: What a server finds on its disk after a crash. Everything else it has forgotten.
DURABLE = ("id", "size", "term", "voted_for", "log")
#: A leader sends appends every HEARTBEAT ticks; a server that hears of no leader waits for some ticks from TIMEOUT.
HEARTBEAT, TIMEOUT = 4, (12, 24)


def fresh(identity: int, size: int, **fields: Any) -> Node:
    """The node of a server that has just started, one of ``size``; ``fields`` are put over it.

    ``log`` is a list of entries ``(term, command)``. Places in it are counted from 1, so place 0 is before the first entry.
    """
    return {
        "id": identity,
        "size": size,
        "term": 0,
        "voted_for": None,
        "log": [],
        "role": "follower",  # or "candidate" or "leader"
        "votes": set(),  # of a candidate: who has voted for it
        "commit": 0,  # the last place known to be committed
        "next": {},  # of a leader, for each other server: the place that the next append begins with,
        "match": {},  # and the last place known to be the same there
    } | fields


def appends(node: Node) -> list[Message]:
    """What a leader sends to the others: everything from ``next`` on, and the place and term just before it."""
    messages = []
    for peer in sorted(node["next"]):
        before = node["next"][peer] - 1
        messages.append(
            {
                "kind": "append",
                "from": node["id"],
                "to": peer,
                "term": node["term"],
                "prev_index": before,
                "prev_term": node["log"][before - 1][0] if before else 0,
                "entries": node["log"][before:],
                "commit": node["commit"],
            }
        )
    return messages


class Network:
    """Servers, and the messages between them. It begins calm: every message arrives, at the next tick.

    ``handlers`` has functions by the name of what happens: "timeout" takes a node; "request_vote", "vote", "append" and
    "appended" take a node and a message of that kind; "command", which may be left out, takes a node and a client's text.
    Leaders send :func:`appends` only if there is a handler for them.
    """

    def __init__(
        self, size: int, handlers: Mapping[str, Handler], seed: int = 0, logs: Sequence[list[Any]] | None = None
    ) -> None:
        self.handlers = handlers
        self.random = random.Random(seed)
        self.nodes = [fresh(server, size) for server in range(size)]
        for node, log in zip(self.nodes, logs or [], strict=logs is not None):
            node.update(log=list(log), term=log[-1][0] if log else 0)
        self.alive = [True] * size
        self.side = [0] * size  # servers on different sides of a partition do not reach each other
        self.loss, self.duplication, self.slowest = 0.0, 0.0, 1
        self.now = self.commands = 0
        self.flying: list[tuple[int, Message]] = []
        #: Everything that happened: dicts with tick, event, server, message, and the node as it was afterwards.
        self.history: list[dict[str, Any]] = []
        #: One row a tick: of each server (role, term, commit), or None while it is down.
        self.rows: list[list[tuple[str, int, int] | None]] = []
        self.deadline = [self.random.randrange(*TIMEOUT) for _ in self.nodes]
        for server in range(size):
            self._record("start", server)

    # What a test or a reader may do to it

    def partition(self, *groups: Sequence[int]) -> None:
        """Let only servers of one group reach each other."""
        for number, group in enumerate(groups):
            for server in group:
                self.side[server] = number

    def heal(self) -> None:
        """End the partition."""
        self.side = [0] * len(self.nodes)

    def crash(self, server: int) -> None:
        """Stop a server; what is not durable is lost."""
        self.alive[server] = False
        self._record("crash", server)

    def restart(self, server: int) -> None:
        """Start a stopped server again, from what is durable."""
        kept = {field: self.nodes[server][field] for field in DURABLE}
        self.nodes[server] = fresh(kept.pop("id"), kept.pop("size"), **kept)
        self.alive[server] = True
        self._wait(server)
        self._record("restart", server)

    def command(self, server: int, text: str = "") -> None:
        """Bring a client's command to a server. If it is a leader, it appends the command to its log."""
        self.commands += 1
        text, node = text or f"c{self.commands}", self.nodes[server]
        if "command" in self.handlers:
            self._step("command", server, text)
        elif node["role"] == "leader":
            self.nodes[server] = node | {"log": [*node["log"], (node["term"], text)]}
            self._record("command", server)

    def leaders(self) -> list[int]:
        """The servers that are up and take themselves for a leader."""
        return [s for s, node in enumerate(self.nodes) if self.alive[s] and node["role"] == "leader"]

    def run(self, ticks: int) -> None:
        """Let time pass."""
        for _ in range(ticks):
            self.tick()

    def storm(self, ticks: int) -> None:
        """Let time pass while messages are lost, doubled and overtaken, servers crash, and the network splits and heals."""
        self.loss, self.duplication, self.slowest = 0.05, 0.1, 5
        servers, chance = range(len(self.nodes)), self.random.random
        for _ in range(ticks):
            if chance() < 0.05:
                self.side = [self.random.randrange(2) for _ in servers] if chance() < 0.6 else [0 for _ in servers]
            for server in servers:
                if self.alive[server] and chance() < 0.01:
                    self.crash(server)
                elif not self.alive[server] and chance() < 0.1:
                    self.restart(server)
            for server in self.leaders():
                if chance() < 0.15:
                    self.command(server)
            self.tick()

    def calm(self, ticks: int) -> None:
        """Heal everything, start all servers, and let time pass."""
        self.heal()
        self.loss, self.duplication, self.slowest = 0.0, 0.0, 1
        for server, alive in enumerate(self.alive):
            if not alive:
                self.restart(server)
        self.run(ticks)

    def runs(self) -> list[list[tuple[int, str, int]]]:
        """Of each server what it was, one after the other: (ticks, role, term); "down" is a role here."""
        lives = zip(*self.rows, strict=True)
        states = [[(row[0], row[1]) if row else ("down", 0) for row in life] for life in lives]
        return [[(len(list(same)), *state) for state, same in groupby(life)] for life in states]

    def tick(self) -> None:
        """One tick: deliver what is due; then leaders send appends and those who have waited too long time out."""
        self.now += 1
        due = [message for when, message in self.flying if when <= self.now]
        self.flying = [(when, message) for when, message in self.flying if when > self.now]
        for message in due:
            self._deliver(message)
        for server, node in enumerate(self.nodes):
            if self.alive[server] and node["role"] == "leader":
                if self.now % HEARTBEAT == 0 and "append" in self.handlers:
                    self._send(appends(node))
            elif self.alive[server] and self.now >= self.deadline[server]:
                self._wait(server)
                self._step("timeout", server)
        seen = [(node["role"], node["term"], node["commit"]) for node in self.nodes]
        self.rows.append([state if up else None for state, up in zip(seen, self.alive, strict=True)])

    # How it does it

    def _wait(self, server: int) -> None:
        self.deadline[server] = self.now + self.random.randrange(*TIMEOUT)

    def _send(self, messages: list[Message]) -> None:
        for message in messages:
            copies = 2 if self.random.random() < self.duplication else 1
            for _ in range(copies):
                if self.random.random() < self.loss:
                    self._record("lost", message["to"], message)
                else:
                    self.flying.append((self.now + self.random.randint(1, self.slowest), message))

    def _deliver(self, message: Message) -> None:
        server = message["to"]
        if not self.alive[server] or self.side[server] != self.side[message["from"]]:
            self._record("lost", server, message)
            return
        replies = self._step(message["kind"], server, message)
        granted = any(reply["kind"] == "vote" and reply["granted"] for reply in replies)
        # Who has just voted, or heard of the leader of its term, gives that one time before it tries itself.
        if granted or (message["kind"] == "append" and message["term"] == self.nodes[server]["term"]):
            self._wait(server)

    def _step(self, event: str, server: int, *what: Any) -> list[Message]:
        """Ask the handler what the server does. It gets copies: only what it returns counts."""
        answer = self.handlers[event](copy.deepcopy(self.nodes[server]), *copy.deepcopy(what))
        if not (isinstance(answer, tuple) and len(answer) == 2 and isinstance(answer[0], dict)):
            raise ValueError(f'the handler of "{event}" returned {answer!r}: it should be (node, messages)')
        node, messages = answer
        if missing := set(fresh(0, 0)) - set(node):
            raise ValueError(f'the handler of "{event}" returned a node without {", ".join(sorted(missing))}')
        if node["id"] != server or any(message["from"] != server for message in messages):
            raise ValueError(f'the handler of "{event}" made server {server} speak for another one')
        self.nodes[server] = node
        self._record(event, server, *what)
        self._send(messages)
        return messages

    def _record(self, event: str, server: int, message: Any = None) -> None:
        self.history.append(
            {"tick": self.now, "event": event, "server": server, "message": message, "node": self.nodes[server]}
        )


def picture(runs: Sequence[Sequence[tuple[int, str, int]]], title: str) -> Figure:
    """Servers against time: a leader is a high bar with its term in it, a candidate a middle one, a follower a low one."""
    height = {"leader": 0.9, "candidate": 0.6, "follower": 0.25}
    last_term = max(term for life in runs for _, _, term in life)
    figure, axes = plt.subplots(figsize=(8, 0.5 * len(runs) + 1))
    for server, life in enumerate(runs):
        start = 0
        for ticks, role, term in life:
            if role in height:
                shade, high = plt.get_cmap("cividis")(term / max(last_term, 1)), height[role]
                axes.broken_barh([(start, ticks)], (server - high / 2, high), facecolors=[shade])
            if role == "leader" and ticks > 3:
                ink = "white" if term < last_term / 2 else "black"
                axes.text(start + ticks / 2, server, str(term), color=ink, ha="center", va="center")
            start += ticks
    axes.set(title=title, xlabel="time (ticks)", yticks=range(len(runs)), ylim=(len(runs) - 0.4, -0.6))
    axes.set_yticklabels([f"server {server}" for server in range(len(runs))])
    return figure


# The five properties

History = Sequence[Mapping[str, Any]]


def _changes(history: History) -> list[Mapping[str, Any]]:
    return [moment for moment in history if moment["event"] != "lost"]


def election_safety(history: History) -> list[str]:
    """At most one leader in a term."""
    found, leader_of = [], dict[int, int]()
    for moment in _changes(history):
        node = moment["node"]
        if node["role"] == "leader" and leader_of.setdefault(node["term"], moment["server"]) != moment["server"]:
            found.append(
                f"tick {moment['tick']}: {leader_of[node['term']]} and {moment['server']} lead term {node['term']}"
            )
    return found


def leader_append_only(history: History) -> list[str]:
    """A leader never changes or removes what is in its log; it only appends."""
    found, before = [], dict[int, Node]()
    for moment in _changes(history):
        node, old = moment["node"], before.get(moment["server"])
        leads_on = old and old["role"] == node["role"] == "leader" and old["term"] == node["term"]
        if leads_on and old and node["log"][: len(old["log"])] != old["log"]:
            found.append(f"tick {moment['tick']}: {node['id']}, leader of term {node['term']}, changed its own log")
        before[moment["server"]] = node
    return found


def log_matching(history: History) -> list[str]:
    """Logs with an entry of the same term at the same place are the same up to there."""
    found, first_seen = [], dict[tuple[int, int], list[Any]]()
    latest: dict[int, list[Any]] = {}
    for moment in _changes(history):
        server, log = moment["server"], moment["node"]["log"]
        if log != latest.get(server):
            latest[server] = log
            for place, (term, _) in enumerate(log, 1):
                if first_seen.setdefault((place, term), log[:place]) != log[:place]:
                    found.append(
                        f"tick {moment['tick']}: two histories of place {place} in term {term}, one at {server}"
                    )
    return found


def state_machine_safety(history: History) -> list[str]:
    """No two servers ever take different commands for committed at the same place."""
    found, committed = [], dict[int, Any]()
    for moment in _changes(history):
        node = moment["node"]
        if node["commit"] > len(node["log"]):
            found.append(
                f"tick {moment['tick']}: {node['id']} committed place {node['commit']}, which it does not have"
            )
        for place, entry in enumerate(node["log"][: node["commit"]], 1):
            if committed.setdefault(place, entry) != entry:
                found.append(
                    f"tick {moment['tick']}: place {place} is {committed[place]} and, at {node['id']}, {entry}"
                )
    return found


def leader_completeness(history: History) -> list[str]:
    """What was committed in one term is in the log of the leader of every later term."""
    committed, elected = dict[tuple[int, Any], int](), dict[tuple[int, int], list[Any]]()
    for moment in _changes(history):
        node = moment["node"]
        for entry in enumerate(node["log"][: node["commit"]], 1):
            committed[entry] = min(node["term"], committed.get(entry, node["term"]))
        if node["role"] == "leader":
            elected.setdefault((node["term"], node["id"]), node["log"])
    return [
        f"{leader} became leader of term {term} without {entry}, committed at place {place} by term {by}"
        for (term, leader), log in elected.items()
        for (place, entry), by in committed.items()
        if by < term and log[place - 1 : place] != [entry]
    ]


CHECKERS: tuple[Callable[[History], list[str]], ...] = (
    election_safety,
    leader_append_only,
    log_matching,
    leader_completeness,
    state_machine_safety,
)
