// Holds the kernels that this processor runs to scalar arithmetic in double precision, on random shapes.
#include "check.h"

int main(void) {
    check_convolutions();
    check_pooling();
    check_functions();
    check_softmax();
    check_products();
    check_movement();
    check_images();
    check_quantized();
    printf("%ld comparisons, %ld failed\n", checks, failures);
    return failures > 0;
}
