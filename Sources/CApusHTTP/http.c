#include "CApusHTTP.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

// The functions of libcurl that are used.
static struct {
    CURL *(*easy_init)(void);
    CURLcode (*easy_setopt)(CURL *, CURLoption, ...);
    CURLcode (*easy_perform)(CURL *);
    CURLcode (*easy_getinfo)(CURL *, CURLINFO, ...);
    void (*easy_cleanup)(CURL *);
    const char *(*easy_strerror)(CURLcode);
    struct curl_slist *(*slist_append)(struct curl_slist *, const char *);
    void (*slist_free_all)(struct curl_slist *);
    bool is_there;
} library;

// The macros of curl.h check the types of arguments of its own functions only.
#undef curl_easy_setopt
#undef curl_easy_getinfo

static void load_library(void) {
    static const char *names[] = {"libcurl.so.4", "libcurl-gnutls.so.4"};
    void *handle = NULL;
    for (size_t index = 0; !handle && index < sizeof names / sizeof *names; index++)
        handle = dlopen(names[index], RTLD_NOW | RTLD_LOCAL);
    if (!handle) return;
    CURLcode (*global_init)(long) = dlsym(handle, "curl_global_init");
    library.easy_init = dlsym(handle, "curl_easy_init");
    library.easy_setopt = dlsym(handle, "curl_easy_setopt");
    library.easy_perform = dlsym(handle, "curl_easy_perform");
    library.easy_getinfo = dlsym(handle, "curl_easy_getinfo");
    library.easy_cleanup = dlsym(handle, "curl_easy_cleanup");
    library.easy_strerror = dlsym(handle, "curl_easy_strerror");
    library.slist_append = dlsym(handle, "curl_slist_append");
    library.slist_free_all = dlsym(handle, "curl_slist_free_all");
    bool is_whole = global_init && library.easy_init && library.easy_setopt && library.easy_perform &&
                    library.easy_getinfo && library.easy_cleanup && library.easy_strerror && library.slist_append &&
                    library.slist_free_all;
    library.is_there = is_whole && global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

typedef struct {
    const apus_http_request *request;
    apus_http_answer *answer;
    size_t sent;
    int64_t file_left;
    bool is_too_long;
    bool is_unreadable;
} transfer;

static size_t receive(char *bytes, size_t unit, size_t count, void *context) {
    transfer *state = context;
    apus_http_answer *answer = state->answer;
    size_t size = unit * count;
    if (size > state->request->answer_limit - answer->size) {
        state->is_too_long = true;
        return 0;
    }
    char *grown = realloc(answer->body, answer->size + size + 1);
    if (!grown) return 0;
    memcpy(grown + answer->size, bytes, size);
    answer->body = grown;
    answer->size += size;
    grown[answer->size] = 0;
    return size;
}

static void keep_header(const char *line, size_t size, const char *name, char *value, size_t capacity) {
    size_t length = strlen(name);
    if (size <= length || strncasecmp(line, name, length) != 0) return;
    const char *start = line + length, *end = line + size;
    while (start < end && (*start == ' ' || *start == '\t')) start++;
    while (end > start && (end[-1] == '\r' || end[-1] == '\n' || end[-1] == ' ')) end--;
    size_t count = (size_t)(end - start);
    if (count >= capacity) count = capacity - 1;
    memcpy(value, start, count);
    value[count] = 0;
}

static size_t receive_header(char *bytes, size_t unit, size_t count, void *context) {
    apus_http_answer *answer = ((transfer *)context)->answer;
    keep_header(bytes, unit * count, "Retry-After:", answer->retry_after, sizeof answer->retry_after);
    keep_header(bytes, unit * count, "Location:", answer->location, sizeof answer->location);
    return unit * count;
}

static size_t send_bytes(transfer *state, char *bytes, size_t capacity) {
    size_t left = state->request->body_size - state->sent;
    size_t size = left < capacity ? left : capacity;
    if (size) memcpy(bytes, state->request->body + state->sent, size);
    state->sent += size;
    return size;
}

static size_t send_more(char *bytes, size_t unit, size_t count, void *context) {
    transfer *state = context;
    size_t capacity = unit * count;
    if (state->request->file < 0) return send_bytes(state, bytes, capacity);
    if ((int64_t)capacity > state->file_left) capacity = (size_t)state->file_left;
    if (!capacity) return 0;
    ssize_t size;
    do size = read(state->request->file, bytes, capacity);
    while (size < 0 && errno == EINTR);
    if (size <= 0) {
        state->is_unreadable = true;
        return CURL_READFUNC_ABORT;
    }
    state->file_left -= size;
    return (size_t)size;
}

static int check_cancelled(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d) {
    (void)a, (void)b, (void)c, (void)d;
    const int32_t *flag = ((transfer *)context)->request->is_cancelled;
    return flag && __atomic_load_n(flag, __ATOMIC_RELAXED) != 0;
}

static void set_sending(CURL *handle, transfer *state) {
    const apus_http_request *request = state->request;
    bool sends_file = request->file >= 0;
    if (sends_file || request->body) {
        library.easy_setopt(handle, CURLOPT_UPLOAD, 1L);
        library.easy_setopt(handle, CURLOPT_READFUNCTION, send_more);
        library.easy_setopt(handle, CURLOPT_READDATA, state);
        curl_off_t size = sends_file ? (curl_off_t)request->file_size : (curl_off_t)request->body_size;
        library.easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, size);
    }
    library.easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request->method);
    library.easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, request->connect_timeout);
    if (sends_file) {
        library.easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1024L);
        library.easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, request->timeout);
    } else {
        library.easy_setopt(handle, CURLOPT_TIMEOUT, request->timeout);
    }
}

static void set_trust(CURL *handle, const apus_http_request *request) {
    if (request->certificates) library.easy_setopt(handle, CURLOPT_CAINFO, request->certificates);
    if (request->client_certificate) {
        library.easy_setopt(handle, CURLOPT_SSLCERT, request->client_certificate);
        library.easy_setopt(handle, CURLOPT_SSLKEY, request->client_certificate);
    }
    library.easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, request->accepts_any_certificate ? 0L : 1L);
    library.easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, request->accepts_any_certificate ? 0L : 2L);
    if (request->user) {
        library.easy_setopt(handle, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
        library.easy_setopt(handle, CURLOPT_USERNAME, request->user);
        library.easy_setopt(handle, CURLOPT_PASSWORD, request->password ? request->password : "");
    }
}

static void set_receiving(CURL *handle, transfer *state) {
    library.easy_setopt(handle, CURLOPT_WRITEFUNCTION, receive);
    library.easy_setopt(handle, CURLOPT_WRITEDATA, state);
    library.easy_setopt(handle, CURLOPT_HEADERFUNCTION, receive_header);
    library.easy_setopt(handle, CURLOPT_HEADERDATA, state);
    library.easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
    library.easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, check_cancelled);
    library.easy_setopt(handle, CURLOPT_XFERINFODATA, state);
    library.easy_setopt(handle, CURLOPT_ERRORBUFFER, state->answer->message);
}

// A connection that was used before may die unseen, and libcurl then sends the request again, which may then be
// carried out twice: every request has a connection of its own.
static void set_rules(CURL *handle) {
    library.easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    library.easy_setopt(handle, CURLOPT_FORBID_REUSE, 1L);
    library.easy_setopt(handle, CURLOPT_FRESH_CONNECT, 1L);
    library.easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
    library.easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    library.easy_setopt(handle, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
}

static int outcome(CURLcode code, CURL *handle, const transfer *state) {
    if (state->is_too_long) return APUS_HTTP_TOO_LONG;
    if (state->is_unreadable) return APUS_HTTP_FILE;
    switch (code) {
    case CURLE_OK: return APUS_HTTP_ANSWERED;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_URL_MALFORMAT:
    case CURLE_SSL_CONNECT_ERROR: return APUS_HTTP_NOT_SENT;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM: return APUS_HTTP_CERTIFICATE;
    default: break;
    }
    long size = 0;
    library.easy_getinfo(handle, CURLINFO_REQUEST_SIZE, &size);
    return size ? APUS_HTTP_UNKNOWN : APUS_HTTP_NOT_SENT;
}

static struct curl_slist *header_list(const apus_http_request *request) {
    struct curl_slist *list = library.slist_append(NULL, "Expect:");
    for (const char *const *header = request->headers; *header; header++) {
        struct curl_slist *longer = library.slist_append(list, *header);
        if (longer) list = longer;
    }
    return list;
}

void apus_http_send(const apus_http_request *request, apus_http_answer *answer) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    memset(answer, 0, sizeof *answer);
    answer->outcome = APUS_HTTP_MISSING;
    pthread_once(&once, load_library);
    CURL *handle = library.is_there ? library.easy_init() : NULL;
    if (!handle) return;
    transfer state = {.request = request, .answer = answer, .file_left = request->file_size};
    struct curl_slist *headers = header_list(request);
    set_rules(handle);
    set_receiving(handle, &state);
    set_sending(handle, &state);
    set_trust(handle, request);
    library.easy_setopt(handle, CURLOPT_URL, request->url);
    library.easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
    CURLcode code = library.easy_perform(handle);
    answer->outcome = outcome(code, handle, &state);
    if (code != CURLE_OK && !answer->message[0])
        snprintf(answer->message, sizeof answer->message, "%s", library.easy_strerror(code));
    long status = 0;
    library.easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    answer->status = (int)status;
    library.slist_free_all(headers);
    library.easy_cleanup(handle);
}

void apus_http_release(apus_http_answer *answer) {
    free(answer->body);
    answer->body = NULL;
}
