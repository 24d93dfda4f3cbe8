// A memory pool for big tensors. A training step frees and allocates the same gigabyte again and again; returned to
// the system each time, it costs a page fault every 4 KiB. The pool keeps it, in huge pages where the system has them.
#include "Handle.hpp"
#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <cstdlib>
#include <limits>
#include <malloc.h>
#include <mutex>
#include <set>
#include <sys/mman.h>
#include <unordered_map>

namespace {

constexpr size_t smallest = 1 << 16; // below it, malloc is as good
constexpr size_t hugePage = 1 << 21;
constexpr size_t segmentSize = 32 << 20; // what is asked of the system at least
constexpr size_t granule = 1 << 12;

/// A piece of a segment; neighbours are linked so that free ones merge.
struct Block {
    char *address;
    size_t size;
    Block *before, *after;
    bool isFree;
};

struct BySize {
    bool operator()(const Block *a, const Block *b) const {
        return a->size != b->size ? a->size < b->size : a->address < b->address;
    }
};

size_t rounded(size_t size, size_t unit) { return (size + unit - 1) / unit * unit; }

/// Best fit over a few large mappings.
class Pool {
public:
    void *take(size_t size) {
        std::lock_guard lock(mutex_);
        size = rounded(size, granule);
        Block wanted{nullptr, size, nullptr, nullptr, true};
        const auto found = free_.lower_bound(&wanted);
        Block *block = found != free_.end() ? *found : grow(size);
        free_.erase(block);
        split(block, size);
        block->isFree = false;
        taken_[block->address] = block;
        return block->address;
    }

    /// False where the address is not of this pool.
    bool giveBack(void *address) {
        std::lock_guard lock(mutex_);
        const auto found = taken_.find(address);
        if (found == taken_.end()) return false;
        Block *block = found->second;
        taken_.erase(found);
        block->isFree = true;
        if (block->after && block->after->isFree) absorbNext(block);
        if (block->before && block->before->isFree) {
            block = block->before;
            free_.erase(block);
            absorbNext(block);
        }
        free_.insert(block);
        return true;
    }

private:
    Block *grow(size_t size) {
        const size_t mapped = rounded(std::max(size, segmentSize), hugePage);
        void *raw = mmap(nullptr, mapped + hugePage, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        TORCH_CHECK_WITH(OutOfMemoryError, raw != MAP_FAILED, "no memory for a tensor of ", size,
                         " bytes; use a smaller batch or image size");
        const auto start = rounded(reinterpret_cast<size_t>(raw), hugePage);
        char *address = reinterpret_cast<char *>(start);
        trim(static_cast<char *>(raw), address, mapped);
        madvise(address, mapped, MADV_HUGEPAGE);
        auto *block = new Block{address, mapped, nullptr, nullptr, true};
        free_.insert(block);
        return block;
    }

    /// Unmaps what alignment left over on both sides.
    static void trim(char *raw, char *address, size_t mapped) {
        if (address > raw) munmap(raw, address - raw);
        const size_t rest = hugePage - (address - raw);
        if (rest > 0) munmap(address + mapped, rest);
    }

    void split(Block *block, size_t size) {
        if (block->size - size < smallest) return;
        auto *rest = new Block{block->address + size, block->size - size, block, block->after, true};
        if (rest->after) rest->after->before = rest;
        block->after = rest;
        block->size = size;
        free_.insert(rest);
    }

    /// Joins to `block`, which is outside the free set, the block behind it.
    void absorbNext(Block *block) {
        Block *next = block->after;
        free_.erase(next);
        block->size += next->size;
        block->after = next->after;
        if (block->after) block->after->before = block;
        delete next;
    }

    std::mutex mutex_;
    std::set<Block *, BySize> free_;
    std::unordered_map<void *, Block *> taken_;
};

/// Never destroyed: tensors may outlive every static.
Pool &pool() {
    static auto *pool = new Pool;
    return *pool;
}

/// The convolution library takes its scratch memory from malloc, which shall keep it too.
void keepHeap() {
#if defined(__GLIBC__)
    mallopt(M_MMAP_MAX, 0);
    mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
#endif
}

void *small(size_t size) {
    if (size == 0) return nullptr;
    void *address = nullptr;
    TORCH_CHECK_WITH(OutOfMemoryError, posix_memalign(&address, 64, size) == 0, "no memory for a tensor of ", size,
                     " bytes");
    return address;
}

void release(void *address) {
    if (address && !pool().giveBack(address)) std::free(address);
}

struct PooledAllocator final : c10::Allocator {
    c10::DataPtr allocate(size_t size) override {
        void *address = size < smallest ? small(size) : pool().take(size);
        return {address, address, &release, c10::Device(c10::kCPU)};
    }
    c10::DeleterFnPtr raw_deleter() const override { return &release; }
    void copy_data(void *target, const void *source, size_t count) const override {
        default_copy_data(target, source, count);
    }
};

} // namespace

void apus_torch_use_pooled_memory(void) {
    static PooledAllocator allocator;
    keepHeap();
    c10::SetCPUAllocator(&allocator, 1);
}

