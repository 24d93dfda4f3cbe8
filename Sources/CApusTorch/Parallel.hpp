// Loops on the threads that LibTorch itself computes with, so that there is one pool and nobody waits for a core.
#pragma once
#include <ATen/Parallel.h>
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>

namespace apus {

/// Calls `run(context)` on `threads` threads of the OpenMP pool; on the calling thread alone where there is none.
void onPool(int threads, void (*run)(void *), void *context);

/// Calls `body(part)` once for each of `parts`, on any thread. What it throws ends the others too, and is thrown here:
/// nothing may leave a parallel region of OpenMP.
template <class Body> void parallelParts(int64_t parts, const Body &body) {
    struct Work {
        int64_t parts;
        const Body &body;
        std::atomic<int64_t> next{0};
        std::atomic_flag hasFailed = ATOMIC_FLAG_INIT;
        std::exception_ptr failure;

        void run() noexcept {
            try {
                for (int64_t part; (part = next.fetch_add(1, std::memory_order_relaxed)) < parts;) body(part);
            } catch (...) {
                next.store(parts, std::memory_order_relaxed);
                if (!hasFailed.test_and_set()) failure = std::current_exception();
            }
        }
    } work{parts, body};
    const int threads = static_cast<int>(std::min<int64_t>(parts, at::get_num_threads()));
    onPool(threads, [](void *context) { static_cast<Work *>(context)->run(); }, &work);
    if (work.failure) std::rethrow_exception(work.failure);
}

/// Calls `body(begin, end)` for consecutive ranges of about `grain` that cover `count`.
template <class Body> void parallelRanges(int64_t count, int64_t grain, const Body &body) {
    const int64_t parts = std::max<int64_t>(1, (count + grain - 1) / grain);
    parallelParts(parts, [&](int64_t part) { body(part * grain, std::min(count, (part + 1) * grain)); });
}

} // namespace apus
