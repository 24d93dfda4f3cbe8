#include "apus_codecs.h"

#include <stdlib.h>

void apus_codec_free(apus_codec_buffer *buffer) {
    free(buffer->bytes);
    buffer->bytes = NULL;
    buffer->count = 0;
}
