// Process groups: a TCP store where processes meet, Gloo between their memories, NCCL between their CUDA devices.
#ifndef USE_C10D_GLOO
#define USE_C10D_GLOO
#endif
#include "ProcessGroup.hpp"
#include "Handle.hpp"
#include "NcclBackend.hpp"
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/zeros.h>
#include <algorithm>
#include <c10/util/Logging.h>
#include <cstdlib>
#include <cstring>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

using namespace apus;
using Group = apus_process_group_object;

struct apus_work_object {
    Group *group;
    c10::intrusive_ptr<c10d::Work> work;
};

namespace {

/// Values up to which a sum is made of everyone's.
constexpr size_t mostGathered = 4096;

thread_local Group *joined = nullptr;

std::chrono::milliseconds milliseconds(double seconds) {
    return std::chrono::milliseconds(static_cast<int64_t>(std::clamp(seconds, 1.0, 1e7) * 1000));
}

/// The network interface: as GLOO_SOCKET_IFNAME says, the loopback where the processes meet there, else the host's.
std::shared_ptr<::gloo::transport::Device> glooDevice(const std::string &host) {
    const char *interface = std::getenv("GLOO_SOCKET_IFNAME");
    if (interface && *interface) return c10d::ProcessGroupGloo::createDeviceForInterface(interface);
    const bool isLoopback = host == "localhost" || host == "::1" || host.rfind("127.", 0) == 0;
    if (isLoopback) return c10d::ProcessGroupGloo::createDeviceForHostname("127.0.0.1");
    return c10d::ProcessGroupGloo::createDefaultDevice();
}

/// c10d logs every failure, with its stack, before it throws what is reported here. TORCH_CPP_LOG_LEVEL brings that back.
void quietenLog() {
    if (std::getenv("TORCH_CPP_LOG_LEVEL")) {
        c10::initLogging();
    } else {
        FLAGS_caffe2_log_level = 3; // only what ends the process
    }
}

c10::intrusive_ptr<c10d::Store> meet(const apus_process_group_settings &settings) {
    c10d::TCPStoreOptions options;
    options.port = settings.port;
    options.isServer = settings.servesStore;
    options.waitWorkers = false;
    options.timeout = milliseconds(settings.meetingTimeout);
    auto store = c10::make_intrusive<c10d::TCPStore>(settings.host, options);
    return c10::make_intrusive<c10d::PrefixStore>(settings.prefix, std::move(store));
}

at::Tensor bytesTensor(const void *bytes, int64_t count, int64_t capacity) {
    auto tensor = at::zeros({std::max<int64_t>(capacity, 1)}, at::kByte);
    if (count > 0) std::memcpy(tensor.mutable_data_ptr(), bytes, count);
    return tensor;
}

std::vector<int64_t> gatherSizes(Group &group, int64_t own) {
    const int size = group.backend->getSize();
    std::vector<double> sizes(size);
    sizes[group.backend->getRank()] = static_cast<double>(own);
    group.sum(sizes.data(), sizes.size());
    return std::vector<int64_t>(sizes.begin(), sizes.end());
}

/// Rows of bytes, one a process, on the process `root` alone.
at::Tensor gatherRows(Group &group, at::Tensor own, int root) {
    const int size = group.backend->getSize();
    const bool isRoot = group.backend->getRank() == root;
    auto rows = at::empty({isRoot ? size : 0, own.numel()}, at::kByte);
    std::vector<std::vector<at::Tensor>> outputs(isRoot ? 1 : 0);
    for (int i = 0; isRoot && i < size; i++) outputs[0].push_back(rows[i]);
    std::vector<at::Tensor> inputs{std::move(own)};
    c10d::GatherOptions options;
    options.rootRank = root;
    group.attempt([&] { group.finish(group.backend->gather(outputs, inputs, options)); });
    return rows;
}

} // namespace

c10::intrusive_ptr<c10d::Work> Group::startSum(const at::Tensor &tensor) {
    return attempt([&] {
        std::vector<at::Tensor> tensors{tensor};
        return backendOf(tensor).allreduce(tensors, c10d::AllreduceOptions());
    });
}

void Group::finish(const c10::intrusive_ptr<c10d::Work> &work) {
    attempt([&] { TORCH_CHECK(work->wait(), "a collective operation was aborted"); });
}

/// Everyone's values to everyone, to be added here: of few values what counts is how often processes wait for each
/// other, which a sum by Gloo's ring does twice as often.
void Group::sum(double *values, size_t count) {
    const auto own = at::from_blob(values, {static_cast<int64_t>(count)}, at::kDouble);
    if (count > mostGathered) return finish(startSum(own));
    const int size = backend->getSize();
    const auto all = at::empty({size, own.numel()}, at::kDouble);
    std::vector<at::Tensor> inputs{own};
    std::vector<std::vector<at::Tensor>> outputs{all.unbind()};
    attempt([&] { finish(backend->allgather(outputs, inputs)); });
    const double *from = all.const_data_ptr<double>();
    for (size_t i = 0; i < count; i++) {
        double sum = 0;
        for (int rank = 0; rank < size; rank++) sum += from[rank * count + i];
        values[i] = sum;
    }
}

Group *apus::joinedGroup() noexcept { return joined; }

void apus::sumOver(Group *group, double *values, size_t count) noexcept {
    if (!group) return sumOverPieces(values, count);
    try {
        group->sum(values, count);
    } catch (...) {
        // `failure` says it.
    }
}

apus_process_group apus_process_group_make(const apus_process_group_settings *settings) {
    Group *made = nullptr;
    (void)guardedStatus([&] {
        quietenLog();
        auto store = meet(*settings);
        auto options = c10d::ProcessGroupGloo::Options::create(milliseconds(settings->meetingTimeout));
        options->devices.push_back(glooDevice(settings->host));
        auto backend = c10::make_intrusive<c10d::ProcessGroupGloo>(store, settings->rank, settings->size, options);
        backend->setTimeout(milliseconds(settings->timeout));
        c10::intrusive_ptr<c10d::Backend> deviceBackend;
        if (settings->device >= 0) {
            deviceBackend = makeNcclBackend(store, settings->rank, settings->size, settings->device);
        }
        made = new Group{std::move(store), std::move(backend), std::move(deviceBackend), {}};
    });
    return made;
}

void apus_process_group_release(apus_process_group group) {
    if (joined == group) joined = nullptr;
    (void)guardedStatus([&] { delete group; });
}

void apus_process_group_join(apus_process_group group) { joined = group; }

apus_status apus_process_group_check(apus_process_group group) {
    return guardedStatus([&] { TORCH_CHECK(group->failure.empty(), group->failure); });
}

apus_work apus_process_group_start_sum(apus_process_group group, apus_tensor tensor) {
    apus_work_object *work = nullptr;
    (void)guardedStatus([&] { work = new apus_work_object{group, group->startSum(retained(tensor))}; });
    return work;
}

apus_status apus_work_finish(apus_work work) {
    const std::unique_ptr<apus_work_object> owned(work);
    return guardedStatus([&] { owned->group->finish(owned->work); });
}

apus_status apus_process_group_sum(apus_process_group group, double *values, size_t count) {
    return guardedStatus([&] { group->sum(values, count); });
}

apus_status apus_process_group_broadcast(apus_process_group group, apus_tensor tensor, int root) {
    return guardedStatus([&] {
        // Gloo wants row-major elements; every process sees the same shape whatever its layout.
        const at::Tensor own = retained(tensor);
        at::Tensor sent = own.detach().contiguous();
        std::vector<at::Tensor> tensors{sent};
        c10d::BroadcastOptions options;
        options.rootRank = root;
        group->attempt([&] { group->finish(group->backendOf(sent).broadcast(tensors, options)); });
        if (!sent.is_alias_of(own)) own.detach().copy_(sent);
    });
}

apus_result apus_process_group_gather(apus_process_group group, const void *bytes, int64_t count, int root,
                                      int64_t *sizes) {
    return guarded([&] {
        const auto found = gatherSizes(*group, count);
        std::copy(found.begin(), found.end(), sizes);
        return gatherRows(*group, bytesTensor(bytes, count, *std::max_element(found.begin(), found.end())), root);
    });
}

apus_status apus_process_group_barrier(apus_process_group group) {
    return guardedStatus([&] {
        group->attempt([&] { group->finish(group->backend->barrier(c10d::BarrierOptions())); });
    });
}
