#ifndef APUS_DIGEST_H
#define APUS_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

// Digests by OpenSSL's libcrypto, linked in: its plain functions bring a few kilobytes along, and the processor's own
// instructions where it has them.

enum apus_digest_kind { APUS_SHA256, APUS_MD5 };

typedef struct apus_digest_state *apus_digest;

/// A digest in progress; NULL where memory is short.
apus_digest _Nullable apus_digest_create(int kind);
apus_digest _Nullable apus_digest_copy(apus_digest digest);
void apus_digest_update(apus_digest digest, const void *_Nullable bytes, size_t count);
/// Writes at most 32 bytes to `output` and returns how many. The digest can only be released then.
size_t apus_digest_finish(apus_digest digest, uint8_t *output);
void apus_digest_release(apus_digest digest);

#pragma clang assume_nonnull end

#endif
