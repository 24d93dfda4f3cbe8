#include "CApusDigest.h"

#include <openssl/evp.h>

static EVP_MD_CTX *context(apus_digest digest) { return (EVP_MD_CTX *)digest; }

apus_digest apus_digest_create(int kind) {
    EVP_MD_CTX *created = EVP_MD_CTX_new();
    if (!created) return NULL;
    if (EVP_DigestInit_ex(created, kind == APUS_MD5 ? EVP_md5() : EVP_sha256(), NULL) != 1) {
        EVP_MD_CTX_free(created);
        return NULL;
    }
    return (apus_digest)created;
}

apus_digest apus_digest_copy(apus_digest digest) {
    EVP_MD_CTX *copy = EVP_MD_CTX_new();
    if (copy && EVP_MD_CTX_copy_ex(copy, context(digest)) == 1) return (apus_digest)copy;
    EVP_MD_CTX_free(copy);
    return NULL;
}

void apus_digest_update(apus_digest digest, const void *bytes, size_t count) {
    if (count) EVP_DigestUpdate(context(digest), bytes, count);
}

size_t apus_digest_finish(apus_digest digest, uint8_t *output) {
    unsigned length = 0;
    return EVP_DigestFinal_ex(context(digest), output, &length) == 1 ? length : 0;
}

void apus_digest_release(apus_digest digest) { EVP_MD_CTX_free(context(digest)); }
