#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct Node {
    int count;              /* keys in use, at most 2t - 1 */
    bool leaf;
    int64_t *keys;          /* ascending */
    int64_t *values;        /* values[i] belongs to keys[i] */
    struct Node **children; /* count + 1 of them; NULL in a leaf */
} Node;

typedef struct Tree {
    int t;                  /* the minimum degree, at least 2 */
    Node *root;             /* of a new tree: a leaf without keys */
} Tree;

typedef void (*Visit)(int64_t key, int64_t value);

static Node *new_node(int t, bool leaf)
{
    Node *node = malloc(sizeof *node);
    int most = 2 * t - 1;
    node->count = 0;
    node->leaf = leaf;
    node->keys = malloc(most * sizeof *node->keys);
    node->values = malloc(most * sizeof *node->values);
    node->children = leaf ? NULL : malloc((most + 1) * sizeof *node->children);
    return node;
}

/* The place of the first key that is not less than the one wanted. (Your binary search would do it faster.) */
static int place_of(const Node *node, int64_t key)
{
    int i = 0;
    while (i < node->count && node->keys[i] < key)
        i++;
    return i;
}

bool get(const Tree *tree, int64_t key, int64_t *value)
{
    for (const Node *node = tree->root;;) {
        int i = place_of(node, key);
        if (i < node->count && node->keys[i] == key) {
            *value = node->values[i];
            return true;
        }
        if (node->leaf)
            return false;
        node = node->children[i];
    }
}

/* Child i of the parent is full (2t - 1 keys), the parent is not: the child keeps its first t - 1 keys, the key after them
   moves up into place i of the parent, and a new node behind it takes the last t - 1. */
static void split_child(Node *parent, int i, int t)
{
    // ### BEGIN SOLUTION
    Node *left = parent->children[i], *right = new_node(t, left->leaf);
    right->count = t - 1;
    memcpy(right->keys, left->keys + t, (t - 1) * sizeof *right->keys);
    memcpy(right->values, left->values + t, (t - 1) * sizeof *right->values);
    if (!left->leaf)
        memcpy(right->children, left->children + t, t * sizeof *right->children);
    left->count = t - 1;

    for (int j = parent->count; j > i; j--) {
        parent->keys[j] = parent->keys[j - 1];
        parent->values[j] = parent->values[j - 1];
        parent->children[j + 1] = parent->children[j];
    }
    parent->keys[i] = left->keys[t - 1];
    parent->values[i] = left->values[t - 1];
    parent->children[i + 1] = right;
    parent->count++;
    // ### END SOLUTION
}

/* Set the value of a key, which may be there already. */
void put(Tree *tree, int64_t key, int64_t value)
{
    int most = 2 * tree->t - 1;
    // ### BEGIN SOLUTION
    if (tree->root->count == most) { /* the only way a B-tree grows: a new root above the old one */
        Node *root = new_node(tree->t, false);
        root->children[0] = tree->root;
        tree->root = root;
        split_child(root, 0, tree->t);
    }
    Node *node = tree->root; /* never full from here on */
    for (;;) {
        int i = place_of(node, key);
        if (i < node->count && node->keys[i] == key) {
            node->values[i] = value;
            return;
        }
        if (node->leaf) {
            for (int j = node->count; j > i; j--) {
                node->keys[j] = node->keys[j - 1];
                node->values[j] = node->values[j - 1];
            }
            node->keys[i] = key;
            node->values[i] = value;
            node->count++;
            return;
        }
        if (node->children[i]->count == most)
            split_child(node, i, tree->t); /* a key came up into this node: look for the place again */
        else
            node = node->children[i];
    }
    // ### END SOLUTION
}

/* Call visit for each key with low <= key < high below this node, in ascending order. */
void scan(const Node *node, int64_t low, int64_t high, Visit visit)
{
    // ### BEGIN SOLUTION
    int i = place_of(node, low);
    for (; i < node->count && node->keys[i] < high; i++) {
        if (!node->leaf)
            scan(node->children[i], low, high, visit);
        visit(node->keys[i], node->values[i]);
    }
    if (!node->leaf)
        scan(node->children[i], low, high, visit);
    // ### END SOLUTION
}
