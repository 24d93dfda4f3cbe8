// A group of processes over LibTorch's c10d.
#pragma once
#include "Distributed.hpp"
#include <ATen/core/Tensor.h>
#include <string>
#include <torch/csrc/distributed/c10d/Backend.hpp>

struct apus_process_group_object {
    c10::intrusive_ptr<c10d::Store> store;
    /// Of numbers and tensors in main memory.
    c10::intrusive_ptr<c10d::Backend> backend;
    /// Of tensors on this process's CUDA device; null where it computes on the CPU.
    c10::intrusive_ptr<c10d::Backend> deviceBackend;
    /// Why the group has ended; empty while it has not.
    std::string failure;

    c10d::Backend &backendOf(const at::Tensor &tensor) const {
        return tensor.is_cuda() && deviceBackend ? *deviceBackend : *backend;
    }
    /// Sums `tensor` in place; done when the work is.
    c10::intrusive_ptr<c10d::Work> startSum(const at::Tensor &tensor);
    void finish(const c10::intrusive_ptr<c10d::Work> &work);
    void sum(double *values, size_t count);

    /// Does `body`; what it throws ends the group, whose every later operation throws the same.
    template <class Body> auto attempt(Body &&body) {
        TORCH_CHECK(failure.empty(), failure);
        try {
            return body();
        } catch (const c10::Error &error) {
            failure = error.what_without_backtrace();
            throw;
        } catch (const std::exception &error) {
            failure = error.what();
            throw;
        }
    }
};
