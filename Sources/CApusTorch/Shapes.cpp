#include "Handle.hpp"
#include <ATen/ops/slice.h>

using namespace apus;

apus_result apus_tensor_reshape(apus_tensor x, const int64_t *shape, size_t rank) {
    return guarded([&] { return Borrowed(x)->reshape({shape, rank}); });
}

apus_result apus_tensor_permute(apus_tensor x, const int64_t *axes, size_t rank) {
    return guarded([&] { return Borrowed(x)->permute({axes, rank}); });
}

apus_result apus_tensor_slice(apus_tensor x, int64_t axis, int64_t start, int64_t end) {
    return guarded([&] { return at::slice(Borrowed(x), axis, start, end); });
}
