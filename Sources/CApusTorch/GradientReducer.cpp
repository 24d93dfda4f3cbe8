// Sums the gradients of all processes, in flat buckets, while the backward pass still computes those of other layers:
// Li et al., *PyTorch Distributed*, <https://arxiv.org/abs/2006.15704>.
#include "Handle.hpp"
#include "ProcessGroup.hpp"
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros_like.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/variable.h>

using namespace apus;

namespace {

/// Parameters whose gradients travel together.
struct Bucket {
    std::vector<at::Tensor> parameters;
    /// Their places in `flat`, each in its parameter's own layout.
    std::vector<at::Tensor> views;
    at::Tensor flat;
    size_t waiting = 0;
    c10::intrusive_ptr<c10d::Work> work;

    void allocate() {
        int64_t count = 0;
        for (const auto &parameter : parameters) count += parameter.numel();
        flat = at::empty({count}, parameters[0].options().requires_grad(false));
        int64_t offset = 0;
        for (const auto &parameter : parameters) {
            const at::Tensor part = flat.narrow(0, offset, parameter.numel());
            const bool isDense = parameter.is_non_overlapping_and_dense();
            views.push_back(isDense ? part.as_strided(parameter.sizes(), parameter.strides(), part.storage_offset())
                                    : part.view(parameter.sizes()));
            offset += parameter.numel();
        }
    }

    void start(apus_process_group_object &group) {
        for (size_t i = 0; i < parameters.size(); i++) {
            const auto &gradient = parameters[i].grad();
            if (gradient.defined()) views[i].copy_(gradient);
            else views[i].zero_();
        }
        work = group.startSum(flat);
    }

    void finish(apus_process_group_object &group) {
        group.finish(work);
        work.reset();
        for (size_t i = 0; i < parameters.size(); i++) {
            auto &gradient = parameters[i].mutable_grad();
            if (!gradient.defined()) gradient = at::zeros_like(parameters[i]);
            gradient.copy_(views[i]);
        }
    }
};

} // namespace

struct apus_gradient_reducer_object {
    apus_process_group_object *group;
    std::vector<Bucket> buckets;
    /// The first bucket whose reduction has not begun. Buckets begin in one order in all processes.
    size_t next = 0;
    bool isArmed = false;

    void arm() {
        isArmed = true;
        next = 0;
        for (Bucket &bucket : buckets) bucket.waiting = bucket.parameters.size();
    }

    void note(size_t index) {
        if (!isArmed || buckets[index].waiting == 0) return;
        buckets[index].waiting--;
        for (; next < buckets.size() && buckets[next].waiting == 0; next++) buckets[next].start(*group);
    }

    /// As `note`, within a backward pass: `finish` says what went wrong.
    void noteQuietly(size_t index) noexcept {
        try {
            note(index);
        } catch (...) {
            isArmed = false;
        }
    }

    /// Starts what no gradient completed, and puts the sums in place.
    void finish() {
        isArmed = false;
        for (; next < buckets.size(); next++) buckets[next].start(*group);
        for (Bucket &bucket : buckets) bucket.finish(*group);
        next = 0;
    }
};

namespace {

struct Hook final : torch::autograd::PostAccumulateGradHook {
    apus_gradient_reducer_object *reducer;
    size_t bucket;

    Hook(apus_gradient_reducer_object *reducer, size_t bucket) : reducer(reducer), bucket(bucket) {}

    void operator()(const at::Tensor &) override {
        c10::NoGradGuard off;
        reducer->noteQuietly(bucket);
    }
};

/// The first bucket is small, so that reduction begins early.
constexpr int64_t firstBucketBytes = 1 << 20;

/// Last parameters first: that is about the order in which gradients come.
std::vector<Bucket> cut(const apus_tensor *parameters, size_t count, int64_t bytes) {
    std::vector<Bucket> buckets;
    int64_t left = 0;
    for (size_t i = count; i-- > 0;) {
        at::Tensor parameter = retained(parameters[i]);
        const bool fits = left >= static_cast<int64_t>(parameter.nbytes()) && !buckets.empty()
                          && buckets.back().parameters[0].options().type_equal(parameter.options());
        if (!fits) {
            left = buckets.empty() ? std::min(bytes, firstBucketBytes) : bytes;
            buckets.emplace_back();
        }
        left -= static_cast<int64_t>(parameter.nbytes());
        buckets.back().parameters.push_back(std::move(parameter));
    }
    for (Bucket &bucket : buckets) bucket.allocate();
    return buckets;
}

} // namespace

apus_gradient_reducer apus_gradient_reducer_make(apus_process_group group, const apus_tensor *parameters, size_t count,
                                                 int64_t bucketBytes) {
    apus_gradient_reducer_object *made = nullptr;
    (void)guardedStatus([&] {
        c10::NoGradGuard off;
        auto reducer = std::make_unique<apus_gradient_reducer_object>();
        reducer->group = group;
        reducer->buckets = cut(parameters, count, bucketBytes);
        for (size_t i = 0; i < reducer->buckets.size(); i++) {
            for (const auto &parameter : reducer->buckets[i].parameters) {
                torch::autograd::impl::set_post_acc_grad_hooks(parameter, std::make_unique<Hook>(reducer.get(), i));
            }
        }
        made = reducer.release();
    });
    return made;
}

void apus_gradient_reducer_release(apus_gradient_reducer reducer) {
    for (Bucket &bucket : reducer->buckets) {
        for (const auto &parameter : bucket.parameters) {
            torch::autograd::impl::set_post_acc_grad_hooks(parameter, nullptr);
        }
    }
    delete reducer;
}

size_t apus_gradient_reducer_buckets(apus_gradient_reducer reducer) { return reducer->buckets.size(); }

size_t apus_gradient_reducer_started(apus_gradient_reducer reducer) { return reducer->next; }

void apus_gradient_reducer_arm(apus_gradient_reducer reducer) { reducer->arm(); }

apus_status apus_gradient_reducer_finish(apus_gradient_reducer reducer) {
    return guardedStatus([&] {
        c10::NoGradGuard off;
        reducer->finish();
    });
}
