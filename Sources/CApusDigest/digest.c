// The functions that need no provider, so that a static command holds them and nothing else of the library.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "CApusDigest.h"

#include <openssl/md5.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

struct apus_digest_state {
    int kind;
    union {
        SHA256_CTX sha256;
        MD5_CTX md5;
    };
};

apus_digest apus_digest_create(int kind) {
    apus_digest created = malloc(sizeof(struct apus_digest_state));
    if (!created) return NULL;
    created->kind = kind;
    if (kind == APUS_MD5) {
        MD5_Init(&created->md5);
    } else {
        SHA256_Init(&created->sha256);
    }
    return created;
}

apus_digest apus_digest_copy(apus_digest digest) {
    apus_digest copy = malloc(sizeof(struct apus_digest_state));
    if (copy) memcpy(copy, digest, sizeof(struct apus_digest_state));
    return copy;
}

void apus_digest_update(apus_digest digest, const void *bytes, size_t count) {
    if (!count) return;
    if (digest->kind == APUS_MD5) {
        MD5_Update(&digest->md5, bytes, count);
    } else {
        SHA256_Update(&digest->sha256, bytes, count);
    }
}

size_t apus_digest_finish(apus_digest digest, uint8_t *output) {
    if (digest->kind == APUS_MD5) return MD5_Final(output, &digest->md5) ? MD5_DIGEST_LENGTH : 0;
    return SHA256_Final(output, &digest->sha256) ? SHA256_DIGEST_LENGTH : 0;
}

void apus_digest_release(apus_digest digest) { free(digest); }
