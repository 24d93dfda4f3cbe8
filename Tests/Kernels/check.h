// Random shapes and numbers, and comparisons that count what differs.
#ifndef APUS_CHECK_H
#define APUS_CHECK_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../Sources/CApusKernels/include/apus_kernels.h"

/// A whole number in `low ... high`, the same in every run.
ptrdiff_t draw(ptrdiff_t low, ptrdiff_t high);

/// `count` numbers in −1 ... 1, allocated exactly, with room for one vector behind them as `Storage` has it.
float *noise(ptrdiff_t count);
/// The same, all `value`.
float *filled(ptrdiff_t count, float value);

/// Counts a failure, and tells of the first ones, where `found` is not within `tolerance · max(1, |expected|)`.
void expect_close(const char *what, ptrdiff_t index, double found, double expected, double tolerance);
void expect_that(const char *what, bool holds);

/// How many comparisons were made, and how many failed.
extern long checks, failures;

/// The kernel sets that this processor runs.
int kernel_sets(apus_cpu sets[3]);

void check_convolutions(void);
void check_pooling(void);
void check_functions(void);
void check_softmax(void);
void check_products(void);
void check_movement(void);
void check_images(void);
void check_quantized(void);

#endif
