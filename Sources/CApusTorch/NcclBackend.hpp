// NCCL under c10d's interface.
#pragma once
#include <torch/csrc/distributed/c10d/Backend.hpp>
#include <torch/csrc/distributed/c10d/Store.hpp>

namespace apus {

/// Reduces and broadcasts tensors of one CUDA device; throws where NCCL is not there. Waits for the other processes.
///
/// NCCL is reached by its own C functions, which come with a CUDA build of LibTorch: LibTorch's class for it can only be
/// compiled with CUDA's headers, and this program is one for all builds of LibTorch.
c10::intrusive_ptr<c10d::Backend> makeNcclBackend(const c10::intrusive_ptr<c10d::Store> &store, int rank, int size,
                                                  int device);

} // namespace apus
