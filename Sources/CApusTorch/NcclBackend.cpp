#include "NcclBackend.hpp"
#include <ATen/core/Tensor.h>
#include <c10/core/DeviceGuard.h>
#include <c10/core/Event.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <cstring>
#include <dlfcn.h>

using namespace apus;

namespace {

/// What nccl.h declares, as far as it is used here; NCCL keeps it as it is.
struct Identifier {
    char bytes[128];
};
using Communicator = void *;
constexpr int sumOperation = 0;

struct Functions {
    int (*getUniqueId)(Identifier *);
    int (*commInitRank)(Communicator *, int size, Identifier, int rank);
    int (*commAbort)(Communicator);
    int (*allReduce)(const void *, void *, size_t, int type, int operation, Communicator, void *stream);
    int (*broadcast)(const void *, void *, size_t, int type, int root, Communicator, void *stream);
    const char *(*getErrorString)(int);

    void check(int status, const char *name) const {
        TORCH_CHECK(status == 0, "NCCL's ", name, " failed: ", getErrorString(status));
    }
};

template <class Function> void find(Function &function, void *library, const char *name) {
    function = reinterpret_cast<Function>(dlsym(library, name));
    TORCH_CHECK(function, "this build of LibTorch brings no NCCL (", name, " is missing)");
}

/// LibTorch's own NCCL where it holds one, else the library beside it.
const Functions &nccl() {
    static const Functions functions = [] {
        void *library = RTLD_DEFAULT;
        if (!dlsym(library, "ncclAllReduce")) {
            library = dlopen("libnccl.so.2", RTLD_NOW);
            TORCH_CHECK(library, "NCCL cannot be loaded: ", dlerror());
        }
        Functions found{};
        find(found.getUniqueId, library, "ncclGetUniqueId");
        find(found.commInitRank, library, "ncclCommInitRank");
        find(found.commAbort, library, "ncclCommAbort");
        find(found.allReduce, library, "ncclAllReduce");
        find(found.broadcast, library, "ncclBroadcast");
        find(found.getErrorString, library, "ncclGetErrorString");
        return found;
    }();
    return functions;
}

int typeOf(const at::Tensor &tensor) {
    switch (tensor.scalar_type()) {
    case at::kChar: return 0;
    case at::kByte:
    case at::kBool: return 1;
    case at::kInt: return 2;
    case at::kLong: return 4;
    case at::kHalf: return 6;
    case at::kFloat: return 7;
    case at::kDouble: return 8;
    case at::kBFloat16: return 9;
    default: TORCH_CHECK(false, "NCCL has no elements of type ", tensor.scalar_type());
    }
}

/// What runs on a stream of its own; whoever waits makes the stream in use wait, not the processor.
struct StreamWork final : c10d::Work {
    c10::Event done{at::kCUDA};
    at::Tensor tensor;

    explicit StreamWork(at::Tensor tensor) : tensor(std::move(tensor)) {}

    bool isCompleted() override { return done.query(); }
    bool isSuccess() const override { return true; }

    bool wait(std::chrono::milliseconds) override {
        done.block(c10::impl::VirtualGuardImpl(at::kCUDA).getStream(tensor.device()));
        return true;
    }
};

class NcclBackend final : public c10d::Backend {
public:
    NcclBackend(const c10::intrusive_ptr<c10d::Store> &store, int rank, int size, int device)
        : Backend(rank, size), device_(at::kCUDA, static_cast<c10::DeviceIndex>(device)),
          stream_(c10::impl::VirtualGuardImpl(at::kCUDA).getStreamFromGlobalPool(device_, true)) {
        const c10::DeviceGuard guard(device_);
        nccl().check(nccl().commInitRank(&communicator_, size, identifier(*store, rank), rank), "ncclCommInitRank");
    }

    ~NcclBackend() override { (void)nccl().commAbort(communicator_); }

    const std::string getBackendName() const override { return "nccl"; }

    c10::intrusive_ptr<c10d::Work> allreduce(std::vector<at::Tensor> &tensors,
                                             const c10d::AllreduceOptions &) override {
        return onStream(tensors, "ncclAllReduce", [&](void *elements, size_t count, int type) {
            return nccl().allReduce(elements, elements, count, type, sumOperation, communicator_,
                                    stream_.native_handle());
        });
    }

    c10::intrusive_ptr<c10d::Work> broadcast(std::vector<at::Tensor> &tensors,
                                             const c10d::BroadcastOptions &options) override {
        return onStream(tensors, "ncclBroadcast", [&](void *elements, size_t count, int type) {
            return nccl().broadcast(elements, elements, count, type, static_cast<int>(options.rootRank), communicator_,
                                    stream_.native_handle());
        });
    }

private:
    c10::Device device_;
    c10::Stream stream_;
    Communicator communicator_ = nullptr;

    /// Made by the process of rank 0, told to the others by the store.
    static Identifier identifier(c10d::Store &store, int rank) {
        Identifier own{};
        if (rank == 0) {
            nccl().check(nccl().getUniqueId(&own), "ncclGetUniqueId");
            store.set("nccl", std::vector<uint8_t>(own.bytes, own.bytes + sizeof own.bytes));
            return own;
        }
        const auto bytes = store.get("nccl");
        TORCH_CHECK(bytes.size() == sizeof own.bytes, "NCCL's identifier has ", bytes.size(), " bytes");
        std::memcpy(own.bytes, bytes.data(), sizeof own.bytes);
        return own;
    }

    /// Starts `body` when the stream in use has made the tensor.
    template <class Body>
    c10::intrusive_ptr<c10d::Work> onStream(const std::vector<at::Tensor> &tensors, const char *name,
                                            const Body &body) {
        const at::Tensor &tensor = tensors.at(0);
        TORCH_CHECK(tensor.device() == device_ && tensor.is_contiguous(), "NCCL takes contiguous tensors of ", device_,
                    ", not one of ", tensor.device());
        const c10::DeviceGuard guard(device_);
        c10::Event ready(at::kCUDA);
        ready.record(c10::impl::VirtualGuardImpl(at::kCUDA).getStream(device_));
        ready.block(stream_);
        auto work = c10::make_intrusive<StreamWork>(tensor);
        nccl().check(body(tensor.mutable_data_ptr(), static_cast<size_t>(tensor.numel()), typeOf(tensor)), name);
        work->done.record(stream_);
        return work;
    }
};

} // namespace

c10::intrusive_ptr<c10d::Backend> apus::makeNcclBackend(const c10::intrusive_ptr<c10d::Store> &store, int rank,
                                                        int size, int device) {
    return c10::make_intrusive<NcclBackend>(store, rank, size, device);
}
