#include "Parallel.hpp"
#include <dlfcn.h>

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
