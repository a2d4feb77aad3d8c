#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef bool (*Less)(int64_t a, int64_t b);

/* The index of the first of n sorted keys that is not less than the key wanted; n where all are less. */
size_t lower_bound(const int64_t *keys, size_t n, int64_t wanted, Less less)
{
    // ### BEGIN SOLUTION
    size_t low = 0, high = n; /* the index lies between them, both included */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (less(keys[middle], wanted))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
    // ### END SOLUTION
}
