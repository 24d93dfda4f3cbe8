// Memory that a thread keeps for its kernels: it grows to the largest need and ends with the thread.
#include <pthread.h>
#include <stdlib.h>

#include "internal.h"

typedef struct {
    void *base;
    size_t size;
} scratch;

static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static _Thread_local scratch mine;

static void end(void *base) { free(base); }
static void make_key(void) { pthread_key_create(&key, end); }

void *apus_scratch(size_t bytes) {
    if (bytes <= mine.size) return mine.base;
    pthread_once(&once, make_key);
    const size_t size = (bytes + 4095) / 4096 * 4096;
    free(mine.base);
    mine.base = aligned_alloc(64, size);
    mine.size = mine.base == NULL ? 0 : size;
    pthread_setspecific(key, mine.base);
    return mine.base;
}
