// What every translation unit of the C face shares: borrowed handles, owned results, errors.
#pragma once
#include "CApusTorch.h"
#include <ATen/core/Tensor.h>
#include <string>
#include <vector>

namespace apus {

using Implementation = c10::intrusive_ptr<at::TensorImpl, at::UndefinedTensorImpl>;

/// A tensor seen through a handle, without touching its reference count.
class Borrowed {
public:
    Borrowed(apus_result handle)
        : tensor_(handle ? Implementation::reclaim(reinterpret_cast<at::TensorImpl *>(handle)) : Implementation()) {}
    ~Borrowed() { (void)tensor_.unsafeReleaseTensorImpl(); }
    Borrowed(const Borrowed &) = delete;
    Borrowed &operator=(const Borrowed &) = delete;

    operator const at::Tensor &() const { return tensor_; }
    const at::Tensor &operator*() const { return tensor_; }
    const at::Tensor *operator->() const { return &tensor_; }

private:
    at::Tensor tensor_;
};

/// The tensor of a handle, retained.
inline at::Tensor retained(apus_tensor handle) { return *Borrowed(handle); }

inline std::vector<at::Tensor> retained(const apus_tensor *handles, size_t count) {
    std::vector<at::Tensor> tensors;
    tensors.reserve(count);
    for (size_t i = 0; i < count; i++) tensors.push_back(retained(handles[i]));
    return tensors;
}

inline apus_tensor owned(at::Tensor tensor) { return reinterpret_cast<apus_tensor>(tensor.unsafeReleaseTensorImpl()); }

/// Keeps the message of the exception in flight for `apus_torch_last_error`.
void recordException() noexcept;
void recordMessage(const std::string &message) noexcept;

/// A number of the part of its work in which the calling thread watches for a lack of memory; 0 while it does not.
size_t watchedPart() noexcept;

/// The handle of what `body` returns, or NULL with a message; NULL at once where the thread watches its memory and has
/// found none.
template <class Body> apus_result guarded(Body &&body) noexcept {
    if (apus_torch_is_exhausted()) return nullptr;
    try {
        return owned(body());
    } catch (...) {
        recordException();
        return nullptr;
    }
}

/// 0, or 1 with a message; likewise.
template <class Body> apus_status guardedStatus(Body &&body) noexcept {
    if (apus_torch_is_exhausted()) return 1;
    try {
        body();
        return 0;
    } catch (...) {
        recordException();
        return 1;
    }
}

at::ScalarType scalarType(int dtype);
at::Device device(int index);

/// Whether the calling thread takes the fused functions for what lies on the CPU; else LibTorch's own operations.
bool usesFused() noexcept;

} // namespace apus
