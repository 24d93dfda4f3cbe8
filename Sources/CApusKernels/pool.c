#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "internal.h"

#if defined(__x86_64__)
#include <immintrin.h>
static inline void relax(void) { _mm_pause(); }
#else
static inline void relax(void) { __asm__ volatile("" ::: "memory"); }
#endif

// About 20 µs: longer than the gap between two layers, shorter than anyone would notice.
enum { SPINS = 600 };

struct apus_pool {
    int threads;
    pthread_t *workers;
    // Held by the caller whose job runs.
    pthread_mutex_t caller;
    // Guards sleeping and waking.
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    // The job. Atomic, because a worker that wakes late may read them while the next job is being written; what it
    // read then goes unused, since its claim fails.
    void (*_Atomic body)(void *, ptrdiff_t);
    void *_Atomic context;
    _Atomic ptrdiff_t count;
    // A new even value for each job; 1 means "stop".
    _Atomic uint32_t generation;
    atomic_int sleepers;
    // The generation in the upper half, the next index in the lower.
    _Atomic uint64_t next;
    _Atomic ptrdiff_t done;
};

/// Runs indices of job `generation` until none is left. The caller waits for those claimed, never for sleepy workers.
static void take_indices(apus_pool *pool, uint32_t generation) {
    void (*body)(void *, ptrdiff_t) = atomic_load(&pool->body);
    void *context = atomic_load(&pool->context);
    const ptrdiff_t count = atomic_load(&pool->count);
    uint64_t next = atomic_load(&pool->next);
    while (next >> 32 == generation && (ptrdiff_t)(uint32_t)next < count) {
        if (!atomic_compare_exchange_weak(&pool->next, &next, next + 1)) continue;
        body(context, (ptrdiff_t)(uint32_t)next);
        atomic_fetch_add_explicit(&pool->done, 1, memory_order_release);
        next = atomic_load(&pool->next);
    }
}

/// Returns the generation that follows `seen`: spins first, then sleeps.
static uint32_t wait_for_job(apus_pool *pool, uint32_t seen) {
    for (int spin = 0; spin < SPINS; spin++) {
        uint32_t now = atomic_load_explicit(&pool->generation, memory_order_acquire);
        if (now != seen) return now;
        relax();
    }
    pthread_mutex_lock(&pool->mutex);
    atomic_fetch_add(&pool->sleepers, 1);
    while (atomic_load(&pool->generation) == seen) pthread_cond_wait(&pool->wake, &pool->mutex);
    atomic_fetch_sub(&pool->sleepers, 1);
    uint32_t now = atomic_load(&pool->generation);
    pthread_mutex_unlock(&pool->mutex);
    return now;
}

static void *work(void *argument) {
    apus_pool *pool = argument;
    uint32_t seen = 0;
    for (;;) {
        seen = wait_for_job(pool, seen);
        if (seen == 1) return NULL;
        take_indices(pool, seen);
    }
}

static void announce(apus_pool *pool, uint32_t generation) {
    atomic_store(&pool->generation, generation);
    if (atomic_load(&pool->sleepers) == 0) return;
    pthread_mutex_lock(&pool->mutex);
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->mutex);
}

apus_pool *apus_pool_create(int threads) {
    apus_pool *pool = calloc(1, sizeof *pool);
    if (pool == NULL) return NULL;
    pool->workers = calloc((size_t)(threads > 1 ? threads - 1 : 1), sizeof *pool->workers);
    if (pool->workers == NULL) {
        free(pool);
        return NULL;
    }
    pthread_mutex_init(&pool->caller, NULL);
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->wake, NULL);
    pool->threads = 1;
    // Fewer threads than asked for where the system refuses one: slower, never wrong.
    while (pool->threads < threads && pthread_create(&pool->workers[pool->threads - 1], NULL, work, pool) == 0)
        pool->threads++;
    return pool;
}

void apus_pool_destroy(apus_pool *pool) {
    if (pool == NULL) return;
    announce(pool, 1);
    for (int worker = 0; worker < pool->threads - 1; worker++) pthread_join(pool->workers[worker], NULL);
    pthread_cond_destroy(&pool->wake);
    pthread_mutex_destroy(&pool->mutex);
    pthread_mutex_destroy(&pool->caller);
    free(pool->workers);
    free(pool);
}

int apus_pool_threads(const apus_pool *pool) { return pool == NULL ? 1 : pool->threads; }

static void run_alone(ptrdiff_t count, void (*body)(void *, ptrdiff_t), void *context) {
    for (ptrdiff_t index = 0; index < count; index++) body(context, index);
}

void apus_pool_run(apus_pool *pool, ptrdiff_t count, void (*body)(void *, ptrdiff_t), void *context) {
    const bool fits = count < (ptrdiff_t)UINT32_MAX;
    if (pool == NULL || pool->threads == 1 || count < 2 || !fits || pthread_mutex_trylock(&pool->caller) != 0) {
        run_alone(count, body, context);
        return;
    }
    const uint32_t generation = atomic_load(&pool->generation) + 2;
    atomic_store(&pool->body, body);
    atomic_store(&pool->context, context);
    atomic_store(&pool->count, count);
    atomic_store(&pool->done, 0);
    atomic_store(&pool->next, (uint64_t)generation << 32);
    announce(pool, generation);
    take_indices(pool, generation);
    for (int spin = 0; atomic_load_explicit(&pool->done, memory_order_acquire) < count; spin++)
        if (spin < SPINS) relax(); else sched_yield();
    pthread_mutex_unlock(&pool->caller);
}
