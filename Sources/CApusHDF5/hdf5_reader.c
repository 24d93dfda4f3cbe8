// Reading without libhdf5, which trusts what it reads: the part of the file format that `apus_h5_create` writes, and
// nothing else. Superblock 2, object headers 2, links and attributes inside them, contiguous datasets. Every number is
// checked against the file's size, every checksum compared.
// https://docs.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html

// For open's flags, which plain C17 does not have.
#define _POSIX_C_SOURCE 200809L

#include "hdf5_reader.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    DATASPACE = 0x01, DATATYPE = 0x03, LINK = 0x06, EXTERNAL_FILES = 0x07, LAYOUT = 0x08, ATTRIBUTE = 0x0C,
    CONTINUATION = 0x10,
    /// Parts that an object header may have; more is a circle.
    MAXIMUM_CHUNKS = 4096,
};

struct apus_h5_reader {
    const uint8_t *bytes;
    uint64_t size, root;
};

/// Some of the file's bytes, taken from the front; `failed` once more was asked for than there is.
typedef struct {
    const uint8_t *at;
    uint64_t left;
    bool failed;
} cursor;

static const uint8_t *take(cursor *c, uint64_t count) {
    if (c->failed || count > c->left) {
        c->failed = true;
        return NULL;
    }
    const uint8_t *result = c->at;
    c->at += count;
    c->left -= count;
    return result;
}

static uint64_t number(cursor *c, int bytes) {
    const uint8_t *at = take(c, (uint64_t)bytes);
    uint64_t value = 0;
    for (int i = 0; at && i < bytes; i++) value |= (uint64_t)at[i] << (8 * i);
    return value;
}

static cursor part(const apus_h5_reader *r, uint64_t offset, uint64_t count) {
    const bool inside = offset <= r->size && count <= r->size - offset;
    return (cursor){inside ? r->bytes + offset : NULL, inside ? count : 0, !inside};
}

// MARK: Checksums

static uint32_t rotated(uint32_t x, int bits) { return x << bits | x >> (32 - bits); }

static uint32_t word(const uint8_t *bytes, uint64_t count) {
    uint32_t value = 0;
    for (uint64_t i = 0; i < count && i < 4; i++) value |= (uint32_t)bytes[i] << (8 * i);
    return value;
}

/// Bob Jenkins's lookup3. https://burtleburtle.net/bob/c/lookup3.c
static uint32_t checksum(const uint8_t *bytes, uint64_t count) {
    static const int turns[6] = {4, 6, 8, 16, 19, 4}, last[7] = {14, 11, 25, 16, 4, 14, 24};
    uint32_t s[3];
    s[0] = s[1] = s[2] = 0xDEADBEEF + (uint32_t)count;
    for (; count > 12; bytes += 12, count -= 12) {
        for (int i = 0; i < 3; i++) s[i] += word(bytes + 4 * i, 4);
        for (int i = 0; i < 6; i++) {
            uint32_t *a = &s[i % 3], *b = &s[(i + 1) % 3], *c = &s[(i + 2) % 3];
            *a = (*a - *c) ^ rotated(*c, turns[i]);
            *c += *b;
        }
    }
    for (uint64_t i = 0; i < 3 && 4 * i < count; i++) s[i] += word(bytes + 4 * i, count - 4 * i);
    for (int i = 0; i < 7; i++) {
        uint32_t *c = &s[(2 + i) % 3];
        const uint32_t b = s[(1 + i) % 3];
        *c = (*c ^ b) - rotated(b, last[i]);
    }
    return s[2];
}

/// Whether the four bytes after `count` are their checksum.
static bool is_whole(const apus_h5_reader *r, uint64_t offset, uint64_t count) {
    if (offset > r->size || count > r->size - offset || r->size - offset - count < 4) return false;
    return checksum(r->bytes + offset, count) == word(r->bytes + offset + count, 4);
}

// MARK: Object headers

/// Called with each message until it returns true.
typedef bool (*visitor)(int type, cursor body, void *context);

typedef struct {
    cursor messages;
    int message_prefix;
} chunk;

/// The first chunk of an object's messages.
static bool first_chunk(const apus_h5_reader *r, uint64_t address, chunk *first, int *prefix) {
    cursor c = part(r, address, address <= r->size ? r->size - address : 0);
    const uint8_t *signature = take(&c, 4);
    if (!signature || memcmp(signature, "OHDR", 4) != 0 || number(&c, 1) != 2) return false;
    const int flags = (int)number(&c, 1);
    take(&c, (flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0));
    const uint64_t size = number(&c, 1 << (flags & 3));
    if (c.failed || size > c.left) return false;
    const uint64_t start = (uint64_t)(c.at - r->bytes);
    if (!is_whole(r, address, start - address + size)) return false;
    *prefix = flags & 4 ? 6 : 4;
    first->messages = part(r, start, size);
    return true;
}

/// The chunk that a continuation message points to.
static bool next_chunk(const apus_h5_reader *r, uint64_t offset, uint64_t count, cursor *messages) {
    if (count < 8 || !is_whole(r, offset, count - 4) || memcmp(r->bytes + offset, "OCHK", 4) != 0) return false;
    *messages = part(r, offset + 4, count - 8);
    return true;
}

/// Visits the messages of the object at `address`; false where the header is damaged or none was accepted.
static bool visit(const apus_h5_reader *r, uint64_t address, visitor accepts, void *context) {
    chunk first;
    int prefix = 0;
    if (!first_chunk(r, address, &first, &prefix)) return false;
    cursor messages = first.messages;
    uint64_t pending[64][2];
    int waiting = 0;
    for (int chunks = 1; chunks < MAXIMUM_CHUNKS; chunks++) {
        while (messages.left >= (uint64_t)prefix) {
            const int type = (int)number(&messages, 1);
            const uint64_t size = number(&messages, 2);
            take(&messages, (uint64_t)prefix - 3);
            const uint8_t *body = take(&messages, size);
            if (!body) return false;
            cursor inner = {body, size, false};
            if (type == CONTINUATION && waiting < 64) {
                pending[waiting][0] = number(&inner, 8);
                pending[waiting++][1] = number(&inner, 8);
            } else if (accepts(type, inner, context)) {
                return true;
            }
        }
        if (waiting == 0) return false;
        waiting--;
        if (!next_chunk(r, pending[waiting][0], pending[waiting][1], &messages)) return false;
    }
    return false;
}

// MARK: Links

typedef struct {
    const char *name;
    size_t length;
    uint64_t address;
} wanted_link;

static bool accept_link(int type, cursor c, void *context) {
    wanted_link *wanted = context;
    if (type != LINK || number(&c, 1) != 1) return false;
    const int flags = (int)number(&c, 1);
    const int kind = flags & 8 ? (int)number(&c, 1) : 0;
    take(&c, (flags & 4 ? 8 : 0) + (flags & 16 ? 1 : 0));
    const uint64_t length = number(&c, 1 << (flags & 3));
    const uint8_t *name = take(&c, length);
    if (!name || kind != 0 || length != wanted->length || memcmp(name, wanted->name, length) != 0) return false;
    wanted->address = number(&c, 8);
    return !c.failed;
}

/// The object that a path such as "/group/dataset" leads to by hard links.
static bool find(const apus_h5_reader *r, const char *path, uint64_t *address) {
    *address = r->root;
    while (*path == '/') {
        const char *name = path + 1, *end = strchr(name, '/');
        wanted_link wanted = {name, end ? (size_t)(end - name) : strlen(name), 0};
        if (!visit(r, *address, accept_link, &wanted)) return false;
        *address = wanted.address;
        path = end ? end : "";
    }
    return true;
}

// MARK: Datasets

static bool read_extents(cursor c, apus_h5_layout *layout) {
    const uint64_t version = number(&c, 1), rank = number(&c, 1);
    take(&c, 2);
    if (version != 2 || rank > APUS_H5_MAX_RANK) return false;
    layout->rank = (int)rank;
    for (uint64_t i = 0; i < rank; i++) layout->dimensions[i] = number(&c, 8);
    return !c.failed;
}

/// How a number of each kind is described: class and version, three bytes of bits, size, and what follows.
typedef struct {
    apus_h5_type type;
    uint8_t bytes[20];
    size_t count;
} known_type;

static const known_type known_types[] = {
    {APUS_H5_UINT8, {0x10, 0, 0, 0, 1, 0, 0, 0, 0, 0, 8, 0}, 12},
    {APUS_H5_INT32, {0x10, 8, 0, 0, 4, 0, 0, 0, 0, 0, 32, 0}, 12},
    {APUS_H5_INT64, {0x10, 8, 0, 0, 8, 0, 0, 0, 0, 0, 64, 0}, 12},
    {APUS_H5_UINT64, {0x10, 0, 0, 0, 8, 0, 0, 0, 0, 0, 64, 0}, 12},
    {APUS_H5_FLOAT32, {0x11, 0x20, 31, 0, 4, 0, 0, 0, 0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0}, 20},
    {APUS_H5_FLOAT64, {0x11, 0x20, 63, 0, 8, 0, 0, 0, 0, 0, 64, 0, 52, 11, 0, 52, 0xFF, 3, 0, 0}, 20},
};

static apus_h5_type read_type(cursor c, size_t *size) {
    if (c.left < 8) return APUS_H5_OTHER;
    *size = word(c.at + 4, 4);
    // Fixed-length text, padded with zeros.
    if (c.at[0] == 0x13 && (c.at[1] & 15) == 1) return APUS_H5_STRING;
    for (size_t i = 0; i < sizeof known_types / sizeof *known_types; i++) {
        const known_type *known = &known_types[i];
        if (c.left >= known->count && memcmp(c.at, known->bytes, known->count) == 0) return known->type;
    }
    return APUS_H5_OTHER;
}

/// What of a dataset's header has been seen; each part must come once.
typedef struct {
    apus_h5_layout *layout;
    uint64_t stored_bytes;
    int extents, types, places;
    bool is_foreign;
} dataset;

static bool accept_dataset(int type, cursor c, void *context) {
    dataset *d = context;
    if (type == EXTERNAL_FILES) d->is_foreign = true;
    if (type == DATASPACE) d->extents += read_extents(c, d->layout) ? 1 : 2;
    if (type == DATATYPE) {
        d->types++;
        d->layout->type = read_type(c, &d->layout->element_size);
    }
    if (type == LAYOUT) {
        const uint64_t version = number(&c, 1), kind = number(&c, 1);
        d->layout->offset = number(&c, 8);
        d->stored_bytes = number(&c, 8);
        d->places += version == 3 && kind == 1 && !c.failed ? 1 : 2;
    }
    return false;
}

static bool is_inside(const apus_h5_reader *r, const apus_h5_layout *layout) {
    return layout->byte_count == 0
        || (layout->offset <= r->size && layout->byte_count <= r->size - layout->offset);
}

bool apus_h5_reader_describe(const apus_h5_reader *r, const char *name, apus_h5_layout *layout) {
    uint64_t address = 0;
    memset(layout, 0, sizeof *layout);
    if (!find(r, name, &address)) return false;
    dataset d = {.layout = layout};
    visit(r, address, accept_dataset, &d);
    if (d.extents != 1 || d.types != 1 || d.places != 1 || d.is_foreign) return false;
    layout->byte_count = layout->element_size;
    for (int i = 0; i < layout->rank; i++)
        if (__builtin_mul_overflow(layout->byte_count, layout->dimensions[i], &layout->byte_count)) return false;
    if (layout->byte_count == 0) layout->offset = 0;
    return layout->byte_count <= d.stored_bytes && is_inside(r, layout);
}

// MARK: Attributes

typedef struct {
    const char *name;
    apus_h5_type type;
    const uint8_t *value;
    size_t size;
} attribute;

static bool accept_attribute(int type, cursor c, void *context) {
    attribute *wanted = context;
    if (type != ATTRIBUTE || number(&c, 1) != 3) return false;
    take(&c, 1);
    const uint64_t name_size = number(&c, 2), type_size = number(&c, 2), space_size = number(&c, 2);
    take(&c, 1);
    const uint8_t *name = take(&c, name_size), *described = take(&c, type_size), *space = take(&c, space_size);
    if (!space || name_size != strlen(wanted->name) + 1 || memcmp(name, wanted->name, name_size) != 0) return false;
    apus_h5_layout scalar = {0};
    if (!read_extents((cursor){space, space_size, false}, &scalar) || scalar.rank != 0) return false;
    wanted->type = read_type((cursor){described, type_size, false}, &wanted->size);
    wanted->value = take(&c, wanted->size);
    return wanted->value != NULL;
}

static bool find_attribute(const apus_h5_reader *r, attribute *wanted) {
    return visit(r, r->root, accept_attribute, wanted);
}

/// Texts too long for an attribute are datasets of bytes.
static bool find_text(const apus_h5_reader *r, attribute *wanted) {
    char path[128];
    apus_h5_layout layout;
    if (find_attribute(r, wanted)) return wanted->type == APUS_H5_STRING;
    if (snprintf(path, sizeof path, "%s/%s", APUS_H5_TEXTS, wanted->name) >= (int)sizeof path) return false;
    if (!apus_h5_reader_describe(r, path, &layout) || layout.type != APUS_H5_UINT8) return false;
    wanted->value = r->bytes + layout.offset;
    wanted->size = layout.byte_count;
    return true;
}

bool apus_h5_reader_has(const apus_h5_reader *r, const char *name) {
    attribute wanted = {.name = name};
    return find_attribute(r, &wanted) || find_text(r, &wanted);
}

bool apus_h5_reader_integer(const apus_h5_reader *r, const char *name, int64_t *value) {
    attribute wanted = {.name = name};
    if (!find_attribute(r, &wanted) || wanted.type != APUS_H5_INT64) return false;
    *value = (int64_t)(word(wanted.value, 4) | (uint64_t)word(wanted.value + 4, 4) << 32);
    return true;
}

char *apus_h5_reader_text(const apus_h5_reader *r, const char *name) {
    attribute wanted = {.name = name};
    if (!find_text(r, &wanted)) return NULL;
    char *text = calloc(wanted.size + 1, 1);
    if (text) memcpy(text, wanted.value, wanted.size);
    return text;
}

// MARK: Files

static bool read_superblock(apus_h5_reader *r) {
    static const uint8_t begin[12] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1A, '\n', 2, 8, 8, 0};
    if (r->size < 48 || memcmp(r->bytes, begin, 11) != 0 || !is_whole(r, 0, 44)) return false;
    cursor c = part(r, 12, 32);
    const uint64_t base = number(&c, 8);
    take(&c, 8);
    const uint64_t end = number(&c, 8);
    r->root = number(&c, 8);
    return base == 0 && end <= r->size;
}

apus_h5_reader *apus_h5_reader_open(const char *path) {
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    apus_h5_reader *r = NULL;
    if (descriptor >= 0 && fstat(descriptor, &status) == 0 && status.st_size > 0) r = calloc(1, sizeof *r);
    if (r) {
        r->size = (uint64_t)status.st_size;
        void *bytes = mmap(NULL, r->size, PROT_READ, MAP_PRIVATE, descriptor, 0);
        r->bytes = bytes == MAP_FAILED ? NULL : bytes;
    }
    if (descriptor >= 0) close(descriptor);
    if (r && r->bytes && read_superblock(r)) return r;
    apus_h5_reader_close(r);
    return NULL;
}

void apus_h5_reader_close(apus_h5_reader *r) {
    if (r && r->bytes) munmap((void *)r->bytes, r->size);
    free(r);
}
