#if defined(__x86_64__)
#include <string.h>

#include "../internal.h"

// A build with sanitizers need not unroll.
#pragma clang diagnostic ignored "-Wpass-failed"

#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma"))), apply_to = function)
#include "vector_avx512.h"
#define TILE_HAS_14_ROWS 1
#include "functions.h"
#include "finish.h"
#include "tile.h"
#include "dense.h"
#include "winograd.h"
#include "depthwise.h"
#include "expanded.h"
#include "columns.h"
#include "../generic/rows.h"
#pragma clang attribute pop

const apus_kernels apus_avx512_kernels = {
    TILE_ROWS, dense_part, winograd_part, depthwise_part, expanded_part, unary_row, pool_window,
    sum_rows, softmax_columns, take_maximum, add_row, subtract_row, multiply_row,
};
#endif
