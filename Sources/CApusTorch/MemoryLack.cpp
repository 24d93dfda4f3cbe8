// The lack of memory that tests bring about: a CPU allocator that refuses a tensor of a watched part. Only the thread
// that asked for it is refused, and only while it watches, so that nothing else of the process meets it.
#include "Handle.hpp"
#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <c10/util/Exception.h>

namespace {

/// Which tensor of how many watched parts is refused.
struct Lack {
    size_t parts = 0, tensor = 0;
    /// The watched part under way, and its tensors so far.
    size_t part = 0, count = 0;

    bool refusesNext() {
        const size_t now = apus::watchedPart();
        if (parts == 0 || now == 0) return false;
        if (now != part) part = now, count = 0;
        if (count++ != tensor) return false;
        parts--;
        return true;
    }
};

thread_local Lack lack;

struct LackingAllocator final : c10::Allocator {
    c10::Allocator *base;

    explicit LackingAllocator(c10::Allocator *base) : base(base) {}

    c10::DataPtr allocate(size_t size) override {
        TORCH_CHECK_WITH(OutOfMemoryError, !lack.refusesNext(), "no memory for a tensor of ", size,
                         " bytes, as a test asks");
        return base->allocate(size);
    }
    c10::DeleterFnPtr raw_deleter() const override { return base->raw_deleter(); }
    void copy_data(void *target, const void *source, size_t count) const override {
        base->copy_data(target, source, count);
    }
};

void install() {
    static LackingAllocator allocator(c10::GetCPUAllocator());
    c10::SetCPUAllocator(&allocator, 2);
}

} // namespace

void apus_torch_lack_memory(size_t parts, size_t tensor) {
    static const bool isInstalled = (install(), true);
    (void)isInstalled;
    lack = {parts, tensor};
}
