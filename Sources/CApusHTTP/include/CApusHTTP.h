#ifndef APUS_HTTP_H
#define APUS_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

// One HTTP request at a time by libcurl, which is looked for when the first request is made: who sends nothing loads
// nothing.

/// What became of a request.
enum apus_http_outcome {
    /// There is a whole answer.
    APUS_HTTP_ANSWERED,
    /// The server never saw the request.
    APUS_HTTP_NOT_SENT,
    /// The server may have seen the request, and may have acted on it.
    APUS_HTTP_UNKNOWN,
    /// The server's certificate, or a file of certificates that was named, is not accepted. Nothing was sent.
    APUS_HTTP_CERTIFICATE,
    /// The answer was longer than allowed. The server may have acted on the request.
    APUS_HTTP_TOO_LONG,
    /// The file to send could not be read.
    APUS_HTTP_FILE,
    /// There is no libcurl here.
    APUS_HTTP_MISSING,
};

typedef struct {
    const char *_Nullable url;
    const char *_Nullable method;
    /// `Name: value`, and NULL at the end.
    const char *_Nullable const *_Nullable headers;
    /// For basic authentication; NULL for none.
    const char *_Nullable user;
    const char *_Nullable password;
    /// PEM files; NULL for the system's certificates and for no certificate of our own.
    const char *_Nullable certificates;
    const char *_Nullable client_certificate;
    bool accepts_any_certificate;
    /// What is sent: bytes, or `file_size` bytes of an open file from where it stands, or nothing.
    const uint8_t *_Nullable body;
    size_t body_size;
    int file;
    int64_t file_size;
    /// Seconds. The whole request, unless it sends a file: then no more than `timeout` without a kilobyte a second.
    long connect_timeout;
    long timeout;
    size_t answer_limit;
    /// Not zero: break off.
    const int32_t *_Nullable is_cancelled;
} apus_http_request;

typedef struct {
    int outcome;
    int status;
    /// `size` bytes and a zero; NULL where there was nothing.
    char *_Nullable body;
    size_t size;
    /// Headers `Retry-After` and `Location`, empty where there were none.
    char retry_after[64];
    char location[512];
    /// What libcurl says of a failure.
    char message[256];
} apus_http_answer;

/// Sends a request on a connection of its own and waits for the answer. A request is never sent twice, and no
/// redirection is followed. `answer` is to be given to `apus_http_release`.
void apus_http_send(const apus_http_request *request, apus_http_answer *answer);
void apus_http_release(apus_http_answer *answer);

#pragma clang assume_nonnull end

#endif
