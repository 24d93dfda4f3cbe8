// The thread's buffers that pixel kernels use, apart from those of the network kernels.
#ifndef APUS_PIXEL_WORKSPACE_H
#define APUS_PIXEL_WORKSPACE_H

#include "../internal.h"

enum {
    APUS_PIXEL_ROW = APUS_NETWORK_SCRATCHES,
    APUS_PIXEL_RING,
    APUS_PIXEL_IMAGE,
    APUS_PIXEL_FIELD,
};

#endif
