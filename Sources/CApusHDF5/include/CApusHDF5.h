/// HDF5 files of contiguous datasets with string and integer attributes: written by libhdf5's serial library, read by
/// a reader of our own for just this part of the format, which believes nothing that it reads.
///
/// Every function returns 0 on success, else -1 with a sentence in `message` (of `capacity` bytes, terminated).
/// libhdf5 is not thread-safe: one lock inside this file serializes the calls that write. Bulk reading does not come
/// through here: a contiguous dataset's file offset is enough to read it from a mapping, without a lock.
#ifndef CAPUS_HDF5_H
#define CAPUS_HDF5_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { APUS_H5_MAX_RANK = 4 };

typedef enum {
    APUS_H5_UINT8,
    APUS_H5_INT32,
    APUS_H5_INT64,
    APUS_H5_UINT64,
    APUS_H5_FLOAT32,
    APUS_H5_FLOAT64,
    /// UTF-8 padded with zeros to `element_size` bytes.
    APUS_H5_STRING,
    APUS_H5_OTHER,
} apus_h5_type;

typedef struct {
    apus_h5_type type;
    size_t element_size;
    int rank;
    uint64_t dimensions[APUS_H5_MAX_RANK];
    /// Where the first element lies in the file, and how many bytes the elements take; 0 bytes where empty.
    uint64_t offset;
    uint64_t byte_count;
} apus_h5_layout;

typedef struct apus_h5_file apus_h5_file;

/// Creates a file anew; its metadata carry checksums (format of HDF5 1.8).
int apus_h5_create(const char *path, apus_h5_file **file, char *message, size_t capacity);

/// Opens a file for reading; a truncated or damaged one is refused.
int apus_h5_open(const char *path, apus_h5_file **file, char *message, size_t capacity);

/// Flushes and closes; the handle is gone in any case.
int apus_h5_close(apus_h5_file *file, char *message, size_t capacity);

/// Adds a contiguous dataset whose space is allocated at once; the group named in `name` is created.
int apus_h5_add(apus_h5_file *file, const char *name, apus_h5_type type, size_t element_size, int rank,
                const uint64_t *dimensions, char *message, size_t capacity);

/// Writes `count` entries of the first dimension from `start` on.
int apus_h5_write(apus_h5_file *file, const char *name, uint64_t start, uint64_t count, const void *bytes,
                  char *message, size_t capacity);

/// Makes `name` stand for `object` of another file, whose path is relative to this file's folder.
int apus_h5_link(apus_h5_file *file, const char *name, const char *other_file, const char *object, char *message,
                 size_t capacity);

/// Fails where the dataset is absent, not contiguous or of a rank above `APUS_H5_MAX_RANK`.
int apus_h5_describe(apus_h5_file *file, const char *name, apus_h5_layout *layout, char *message, size_t capacity);

/// Attributes of the root group. Strings are UTF-8 of fixed length, padded with zeros; those that are longer than an
/// attribute may be (60,000 bytes) are datasets of bytes, /texts/NAME.
int apus_h5_set_string(apus_h5_file *file, const char *name, const char *value, char *message, size_t capacity);
int apus_h5_set_integer(apus_h5_file *file, const char *name, int64_t value, char *message, size_t capacity);
int apus_h5_get_integer(apus_h5_file *file, const char *name, int64_t *value, char *message, size_t capacity);

/// 1 where the root group has the attribute, else 0.
int apus_h5_has_attribute(apus_h5_file *file, const char *name);

/// `*value` is to be given to `apus_h5_free`.
int apus_h5_get_string(apus_h5_file *file, const char *name, char **value, char *message, size_t capacity);
void apus_h5_free(char *value);

/// The version of the library at run time, as "1.10.8".
void apus_h5_version(char *version, size_t capacity);

#ifdef __cplusplus
}
#endif

#endif
