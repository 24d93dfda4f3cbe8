#ifndef APUS_CODECS_RESULT_H
#define APUS_CODECS_RESULT_H

#include "apus_codecs.h"

#include <stdio.h>

static inline apus_codec_result apus_result(apus_codec_status status, const char *message) {
    apus_codec_result result = {.status = status, .message = {0}};
    snprintf(result.message, sizeof result.message, "%s", message);
    return result;
}

#endif
