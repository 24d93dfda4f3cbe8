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
static _Thread_local scratch mine[APUS_SCRATCHES];

static void end(void *buffers) {
    for (int i = 0; i < APUS_SCRATCHES; i++) free(((scratch *)buffers)[i].base);
}
static void make_key(void) { pthread_key_create(&key, end); }

void *apus_scratch(int which, size_t bytes) {
    scratch *s = &mine[which];
    if (bytes <= s->size) return s->base;
    pthread_once(&once, make_key);
    pthread_setspecific(key, mine);
    const size_t size = (bytes + 4095) / 4096 * 4096;
    free(s->base);
    s->base = aligned_alloc(64, size);
    s->size = s->base == NULL ? 0 : size;
    return s->base;
}
