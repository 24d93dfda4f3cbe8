// The peer of `scripts/benchmark start`: loads a model with onnxruntime's C interface, runs it once, writes its answer.
//
//   start_onnxruntime MODEL.onnx THREADS INPUT.npy OUTPUT.npy EXTENT…      (float32; input `images`, output `output0`)
//
// The wheel has the library without its header. Of the table of functions that `OrtGetApiBase` leads to, whose order
// never changes between versions, only the few that are called here are declared, by their places.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void *handle;
typedef struct {
    void *const *(*api)(uint32_t version);
    const char *(*version)(void);
} api_base;
const api_base *OrtGetApiBase(void);

enum { OLDEST_VERSION = 1, ERROR_LEVEL = 3, ALL_REWRITES = 99, ARENA = 1, DEFAULT_MEMORY = 0, FLOAT = 1 };
enum {
    ERROR_MESSAGE = 2, CREATE_ENVIRONMENT = 3, CREATE_SESSION = 7, RUN = 9, CREATE_OPTIONS = 10, SET_REWRITES = 23,
    SET_THREADS = 24, WRAP_TENSOR = 49, TENSOR_DATA = 51, TENSOR_COUNT = 64, TENSOR_SHAPE = 65, CPU_MEMORY = 69,
};

static void *const *api;

#define CALL(place, type, ...) check(((handle(*) type)api[place])(__VA_ARGS__))

static void fail(const char *what) {
    fprintf(stderr, "start_onnxruntime: %s\n", what);
    exit(1);
}

static void check(handle status) {
    if (status) fail(((const char *(*)(handle))api[ERROR_MESSAGE])(status));
}

static handle session_for(const char *model, int threads) {
    handle environment, options, session;
    CALL(CREATE_ENVIRONMENT, (int, const char *, handle *), ERROR_LEVEL, "start", &environment);
    CALL(CREATE_OPTIONS, (handle *), &options);
    CALL(SET_REWRITES, (handle, int), options, ALL_REWRITES);
    CALL(SET_THREADS, (handle, int), options, threads);
    CALL(CREATE_SESSION, (handle, const char *, handle, handle *), environment, model, options, &session);
    return session;
}

// The elements behind the header of a NumPy file.
static float *elements(const char *path, size_t count) {
    unsigned char head[10];
    FILE *file = fopen(path, "rb");
    if (!file || fread(head, 1, 10, file) != 10) fail("the input cannot be read");
    fseek(file, 10 + head[8] + 256 * head[9], SEEK_SET);
    float *values = malloc(count * sizeof(float));
    if (!values || fread(values, sizeof(float), count, file) != count) fail("the input is too short");
    fclose(file);
    return values;
}

static handle tensor(float *values, size_t count, const int64_t *shape, size_t rank) {
    handle memory, value;
    CALL(CPU_MEMORY, (int, int, handle *), ARENA, DEFAULT_MEMORY, &memory);
    CALL(WRAP_TENSOR, (handle, void *, size_t, const int64_t *, size_t, int, handle *), memory, values,
         count * sizeof(float), shape, rank, FLOAT, &value);
    return value;
}

static void write_answer(const char *path, handle value) {
    handle shape;
    size_t count;
    void *data;
    CALL(TENSOR_SHAPE, (handle, handle *), value, &shape);
    CALL(TENSOR_COUNT, (handle, size_t *), shape, &count);
    CALL(TENSOR_DATA, (handle, void **), value, &data);
    char head[128];
    int length = snprintf(head, sizeof head, "{'descr': '<f4', 'fortran_order': False, 'shape': (%zu,), }", count);
    memset(head + length, ' ', sizeof head - (size_t)length);
    head[117] = '\n';
    FILE *file = fopen(path, "wb");
    if (!file) fail("the answer cannot be written");
    fwrite("\x93NUMPY\x01\x00\x76\x00", 1, 10, file);
    fwrite(head, 1, 118, file);
    fwrite(data, sizeof(float), count, file);
    if (fclose(file)) fail("the answer cannot be written");
}

int main(int count, char **words) {
    if (count < 6 || count > 13) fail("wrong arguments");
    int64_t shape[8];
    size_t rank = (size_t)count - 5, elementCount = 1;
    for (size_t axis = 0; axis < rank; axis++) elementCount *= (size_t)(shape[axis] = atoll(words[axis + 5]));
    api = OrtGetApiBase()->api(OLDEST_VERSION);
    if (!api) fail("this library does not have the interface");
    handle session = session_for(words[1], atoi(words[2]));
    handle input = tensor(elements(words[3], elementCount), elementCount, shape, rank), output = NULL;
    const char *inputs[] = {"images"}, *outputs[] = {"output0"};
    CALL(RUN, (handle, handle, const char *const *, const handle *, size_t, const char *const *, size_t, handle *),
         session, NULL, inputs, &input, 1, outputs, 1, &output);
    write_answer(words[4], output);
    return 0;
}
