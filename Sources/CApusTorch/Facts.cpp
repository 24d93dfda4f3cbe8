#include "Handle.hpp"

using namespace apus;

void apus_tensor_release(apus_tensor tensor) {
    (void)Implementation::reclaim(reinterpret_cast<at::TensorImpl *>(tensor));
}
size_t apus_tensor_rank(apus_tensor tensor) { return static_cast<size_t>(Borrowed(tensor)->dim()); }
int64_t apus_tensor_size(apus_tensor tensor, size_t axis) {
    Borrowed x(tensor);
    // The placeholder stands for tensors of any rank.
    if (apus_torch_is_exhausted() && axis >= static_cast<size_t>(x->dim())) return 1;
    return x->sizes()[axis];
}
int64_t apus_tensor_count(apus_tensor tensor) { return Borrowed(tensor)->numel(); }

int apus_tensor_dtype(apus_tensor tensor) {
    const auto type = Borrowed(tensor)->scalar_type();
    for (int dtype = APUS_FLOAT32; dtype <= APUS_BOOL; dtype++) {
        if (scalarType(dtype) == type) return dtype;
    }
    return -1;
}

int apus_tensor_device(apus_tensor tensor) {
    const auto device = Borrowed(tensor)->device();
    return device.is_cpu() ? -1 : device.index();
}

bool apus_tensor_requires_gradient(apus_tensor tensor) { return Borrowed(tensor)->requires_grad(); }

bool apus_tensor_is_channels_last(apus_tensor tensor) {
    Borrowed x(tensor);
    return x->dim() == 4 && x->is_contiguous(at::MemoryFormat::ChannelsLast);
}

bool apus_tensor_is_same(apus_tensor a, apus_tensor b) { return a == b; }

void *apus_tensor_data(apus_tensor tensor) {
    Borrowed x(tensor);
    return x->is_cpu() ? x->mutable_data_ptr() : nullptr;
}
