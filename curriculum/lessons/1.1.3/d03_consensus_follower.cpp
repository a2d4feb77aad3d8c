#include <algorithm>
#include <cstddef>
#include <iostream>
#include <map>
#include <string>
#include <vector>

struct Entry {
    std::size_t term = 0;
    std::string command;
};

struct Node {
    std::size_t term = 0;
    std::size_t commit = 0;  // places are counted from 1: place p is log[p - 1]
    std::vector<Entry> log;
};

struct Append {
    std::size_t term, prev_index, prev_term, commit;
    std::vector<Entry> entries;
};

struct Reply {
    std::size_t term;
    bool ok;
    std::size_t index;
};

// What a follower does with an append of its leader: changes the node, returns the reply.
Reply on_append(Node& node, const Append& message) {
    // ### BEGIN SOLUTION
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
    // ### END SOLUTION
}

// Reads "append <server> <term> <prev_index> <prev_term> <commit> <how many> <term> <command> …" and "show <server>".
int main() {
    std::map<int, Node> servers;
    std::string what;
    for (int server; std::cin >> what >> server;) {
        Node& node = servers[server];
        if (what == "append") {
            Append message{};
            std::size_t entries = 0;
            std::cin >> message.term >> message.prev_index >> message.prev_term >> message.commit >> entries;
            message.entries.resize(entries);
            for (Entry& entry : message.entries) std::cin >> entry.term >> entry.command;
            const Reply reply = on_append(node, message);
            std::cout << "appended " << server << ' ' << reply.term << ' ' << reply.ok << ' ' << reply.index << '\n';
        } else {
            std::cout << "server " << server << ' ' << node.term << ' ' << node.commit;
            for (const Entry& entry : node.log) std::cout << ' ' << entry.term << ':' << entry.command;
            std::cout << '\n';
        }
    }
}
