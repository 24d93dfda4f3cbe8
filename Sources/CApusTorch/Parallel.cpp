#include "Parallel.hpp"
#include "CApusTorch.h"
#include <cstdlib>
#include <dlfcn.h>
#include <mutex>
#include <thread>
#include <unistd.h>

namespace {

/// GNU OpenMP's entry for a parallel region. LibTorch brings the library under a name that differs between its
/// builds, so the entry is looked up among what is already loaded.
using ParallelRegion = void (*)(void (*)(void *), void *, unsigned, unsigned);

ParallelRegion parallelRegion() {
    static const auto entry = reinterpret_cast<ParallelRegion>(dlsym(RTLD_DEFAULT, "GOMP_parallel"));
    return entry;
}

} // namespace

void apus::onPool(int threads, void (*run)(void *), void *context) {
    if (threads > 1 && !at::in_parallel_region() && parallelRegion()) {
        parallelRegion()(run, context, static_cast<unsigned>(threads), 0);
    } else {
        run(context);
    }
}

/// GNU OpenMP's threads spin at every barrier, for a millisecond and more, unless it manages more threads than there
/// are cores. Where data loaders or other programs want the cores too, a step then takes several times as long. One
/// idle team of that size, owned by a thread that sleeps, makes all barriers sleep soon.
void apus_torch_share_cores(void) {
    static std::once_flag once;
    std::call_once(once, [] {
        const bool isDecided = std::getenv("OMP_WAIT_POLICY") || std::getenv("GOMP_SPINCOUNT");
        if (isDecided || !parallelRegion()) return;
        std::thread([] {
            parallelRegion()([](void *) {}, nullptr, std::thread::hardware_concurrency() + 1, 0);
            for (;;) pause();
        }).detach();
    });
}
