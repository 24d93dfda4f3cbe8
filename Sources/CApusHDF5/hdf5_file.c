// Writing through libhdf5; reading is hdf5_reader.c's.

#include "hdf5_reader.h"

#include <hdf5.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// Either being written or being read.
struct apus_h5_file {
    hid_t id;
    apus_h5_reader *reader;
};

enum {
    /// A message of an object header takes less than 64 KiB.
    LONGEST_ATTRIBUTE = 60000,
    /// More attributes than a file has: they stay in the object header, where the reader looks for them.
    MOST_ATTRIBUTES = 64,
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/// What the first call that failed said, under the lock: the library forgets it with the next call, closing included.
static char failure[256];

/// Takes the lock and silences the library's own printing of errors.
static void enter(void) {
    pthread_mutex_lock(&lock);
    // Files that were damaged are left as they are at exit instead of being closed with complaints.
    H5dont_atexit();
    H5open();
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    H5Eclear2(H5E_DEFAULT);
    failure[0] = 0;
}

/// Keeps the innermost description, which names the cause.
static herr_t keep_innermost(unsigned n, const H5E_error2_t *error, void *context) {
    (void)context;
    if (n == 0 && error->desc) snprintf(failure, sizeof failure, "%s", error->desc);
    return 0;
}

/// Right after a call: whether it failed, and if so, why.
static int failed_now(int failed) {
    if (failed && !failure[0]) H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_innermost, NULL);
    return failed;
}

/// Ends a call that `enter` began.
static int leave(int failed, const char *fallback, char *message, size_t capacity) {
    if (failed_now(failed)) snprintf(message, capacity, "%s", failure[0] ? failure : fallback);
    H5Eclear2(H5E_DEFAULT);
    pthread_mutex_unlock(&lock);
    return failed ? -1 : 0;
}

static void close_type(hid_t type) {
    if (type >= 0) H5Tclose(type);
}

static hid_t file_type(apus_h5_type type, size_t element_size) {
    switch (type) {
    case APUS_H5_UINT8: return H5Tcopy(H5T_STD_U8LE);
    case APUS_H5_INT32: return H5Tcopy(H5T_STD_I32LE);
    case APUS_H5_INT64: return H5Tcopy(H5T_STD_I64LE);
    case APUS_H5_UINT64: return H5Tcopy(H5T_STD_U64LE);
    case APUS_H5_FLOAT32: return H5Tcopy(H5T_IEEE_F32LE);
    case APUS_H5_FLOAT64: return H5Tcopy(H5T_IEEE_F64LE);
    case APUS_H5_STRING: break;
    case APUS_H5_OTHER: return -1;
    }
    hid_t string = H5Tcopy(H5T_C_S1);
    H5Tset_size(string, element_size);
    H5Tset_strpad(string, H5T_STR_NULLPAD);
    H5Tset_cset(string, H5T_CSET_UTF8);
    return string;
}

static int wrap(hid_t id, apus_h5_file **file) {
    if (id < 0) return 1;
    *file = malloc(sizeof **file);
    if (!*file) {
        H5Fclose(id);
        return 1;
    }
    **file = (apus_h5_file){.id = id};
    return 0;
}

int apus_h5_create(const char *path, apus_h5_file **file, char *message, size_t capacity) {
    enter();
    hid_t access = H5Pcreate(H5P_FILE_ACCESS), creation = H5Pcreate(H5P_FILE_CREATE);
    H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V18);
    H5Pset_file_locking(access, 0, 1);
    H5Pset_obj_track_times(creation, 0);
    H5Pset_attr_phase_change(creation, MOST_ATTRIBUTES, MOST_ATTRIBUTES);
    H5Pset_link_phase_change(creation, MOST_ATTRIBUTES, MOST_ATTRIBUTES);
    hid_t created = H5Fcreate(path, H5F_ACC_TRUNC, creation, access);
    int failed = failed_now(created < 0) || wrap(created, file);
    H5Pclose(creation);
    H5Pclose(access);
    return leave(failed, "the file could not be created; check the free space and the permissions", message, capacity);
}

static int refuse(const char *reason, char *message, size_t capacity) {
    snprintf(message, capacity, "%s", reason);
    return -1;
}

int apus_h5_open(const char *path, apus_h5_file **file, char *message, size_t capacity) {
    apus_h5_reader *reader = apus_h5_reader_open(path);
    if (!reader) return refuse("not an HDF5 file that this version reads, or a damaged one", message, capacity);
    *file = malloc(sizeof **file);
    if (*file) {
        **file = (apus_h5_file){.id = -1, .reader = reader};
        return 0;
    }
    apus_h5_reader_close(reader);
    return refuse("no memory is left", message, capacity);
}

int apus_h5_close(apus_h5_file *file, char *message, size_t capacity) {
    if (file->reader) {
        apus_h5_reader_close(file->reader);
        free(file);
        return 0;
    }
    enter();
    int failed = H5Fclose(file->id) < 0;
    free(file);
    return leave(failed, "the file could not be closed", message, capacity);
}

/// Creates the group that `name` ("/group/dataset") lies in, where it is not there: without the time of its creation,
/// so that the same contents give the same file on another day.
static int ensure_group(hid_t file, const char *name) {
    char group[256];
    const char *slash = strrchr(name, '/');
    const size_t length = slash ? (size_t)(slash - name) : 0;
    if (length == 0) return 0;
    if (length >= sizeof group) return 1;
    memcpy(group, name, length);
    group[length] = 0;
    if (H5Lexists(file, group, H5P_DEFAULT) > 0) return 0;
    hid_t creation = H5Pcreate(H5P_GROUP_CREATE);
    H5Pset_obj_track_times(creation, 0);
    hid_t created = H5Gcreate2(file, group, H5P_DEFAULT, creation, H5P_DEFAULT);
    const int failed = failed_now(created < 0 || H5Gclose(created) < 0);
    H5Pclose(creation);
    return failed;
}

int apus_h5_add(apus_h5_file *file, const char *name, apus_h5_type type, size_t element_size, int rank,
                const uint64_t *dimensions, char *message, size_t capacity) {
    enter();
    hsize_t extents[APUS_H5_MAX_RANK] = {0};
    for (int i = 0; i < rank && i < APUS_H5_MAX_RANK; i++) extents[i] = dimensions[i];
    hid_t element = file_type(type, element_size);
    hid_t space = H5Screate_simple(rank, extents, NULL);
    hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_layout(creation, H5D_CONTIGUOUS);
    H5Pset_alloc_time(creation, H5D_ALLOC_TIME_EARLY);
    H5Pset_fill_time(creation, H5D_FILL_TIME_NEVER);
    H5Pset_obj_track_times(creation, 0);
    int failed = ensure_group(file->id, name);
    hid_t dataset = failed ? -1 : H5Dcreate2(file->id, name, element, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    failed = failed_now(dataset < 0 || H5Dclose(dataset) < 0);
    H5Pclose(creation);
    if (space >= 0) H5Sclose(space);
    close_type(element);
    return leave(failed, "the dataset could not be added", message, capacity);
}

/// Selects the rows in `space` and transfers them.
static int write_rows(hid_t dataset, hid_t type, hid_t space, uint64_t start, uint64_t count, const void *bytes) {
    hsize_t extents[APUS_H5_MAX_RANK], starts[APUS_H5_MAX_RANK] = {0};
    int rank = H5Sget_simple_extent_ndims(space);
    if (rank < 1 || rank > APUS_H5_MAX_RANK) return 1;
    if (H5Sget_simple_extent_dims(space, extents, NULL) < 0) return 1;
    if (start > extents[0] || count > extents[0] - start) return 1;
    if (count == 0) return 0;
    starts[0] = start;
    extents[0] = count;
    if (H5Sselect_hyperslab(space, H5S_SELECT_SET, starts, NULL, extents, NULL) < 0) return 1;
    hid_t memory = H5Screate_simple(rank, extents, NULL);
    if (memory < 0) return 1;
    int failed = failed_now(H5Dwrite(dataset, type, memory, space, H5P_DEFAULT, bytes) < 0);
    H5Sclose(memory);
    return failed;
}

int apus_h5_write(apus_h5_file *file, const char *name, uint64_t start, uint64_t count, const void *bytes,
                  char *message, size_t capacity) {
    enter();
    hid_t dataset = H5Dopen2(file->id, name, H5P_DEFAULT);
    if (dataset < 0) return leave(1, "no such dataset", message, capacity);
    hid_t type = H5Dget_type(dataset), space = H5Dget_space(dataset);
    int failed = write_rows(dataset, type, space, start, count, bytes);
    if (space >= 0) H5Sclose(space);
    close_type(type);
    // Small writes wait in a buffer that closing empties: a full disk may show only here.
    if (H5Dclose(dataset) < 0) failed = 1;
    return leave(failed, "the rows could not be written", message, capacity);
}

int apus_h5_link(apus_h5_file *file, const char *name, const char *other_file, const char *object, char *message,
                 size_t capacity) {
    enter();
    int failed = ensure_group(file->id, name)
        || H5Lcreate_external(other_file, object, file->id, name, H5P_DEFAULT, H5P_DEFAULT) < 0;
    return leave(failed, "the link could not be added", message, capacity);
}

int apus_h5_describe(apus_h5_file *file, const char *name, apus_h5_layout *layout, char *message, size_t capacity) {
    if (file->reader && apus_h5_reader_describe(file->reader, name, layout)) return 0;
    return refuse("no such contiguous dataset", message, capacity);
}

static int set_attribute(hid_t file, const char *name, hid_t stored, hid_t memory, const void *value) {
    hid_t space = H5Screate(H5S_SCALAR);
    hid_t attribute = H5Acreate2(file, name, stored, space, H5P_DEFAULT, H5P_DEFAULT);
    int failed = failed_now(attribute < 0 || H5Awrite(attribute, memory, value) < 0);
    if (attribute >= 0 && H5Aclose(attribute) < 0) failed = 1;
    if (space >= 0) H5Sclose(space);
    return failed;
}

/// A text that is longer than an attribute may be.
static int set_long_string(apus_h5_file *file, const char *name, const char *value, size_t length, char *message,
                           size_t capacity) {
    char path[128];
    const uint64_t extent = length;
    if (snprintf(path, sizeof path, "%s/%s", APUS_H5_TEXTS, name) >= (int)sizeof path)
        return refuse("the attribute's name is too long", message, capacity);
    if (apus_h5_add(file, path, APUS_H5_UINT8, 1, 1, &extent, message, capacity)) return -1;
    return apus_h5_write(file, path, 0, extent, value, message, capacity);
}

int apus_h5_set_string(apus_h5_file *file, const char *name, const char *value, char *message, size_t capacity) {
    size_t length = strlen(value);
    if (length > LONGEST_ATTRIBUTE) return set_long_string(file, name, value, length, message, capacity);
    enter();
    hid_t type = file_type(APUS_H5_STRING, length ? length : 1);
    int failed = set_attribute(file->id, name, type, type, value);
    close_type(type);
    return leave(failed, "the attribute could not be written", message, capacity);
}

int apus_h5_set_integer(apus_h5_file *file, const char *name, int64_t value, char *message, size_t capacity) {
    enter();
    int failed = set_attribute(file->id, name, H5T_STD_I64LE, H5T_NATIVE_INT64, &value);
    return leave(failed, "the attribute could not be written", message, capacity);
}

int apus_h5_get_integer(apus_h5_file *file, const char *name, int64_t *value, char *message, size_t capacity) {
    if (file->reader && apus_h5_reader_integer(file->reader, name, value)) return 0;
    return refuse("no such integer attribute", message, capacity);
}

int apus_h5_has_attribute(apus_h5_file *file, const char *name) {
    return file->reader && apus_h5_reader_has(file->reader, name);
}

int apus_h5_get_string(apus_h5_file *file, const char *name, char **value, char *message, size_t capacity) {
    *value = file->reader ? apus_h5_reader_text(file->reader, name) : NULL;
    return *value ? 0 : refuse("no such text attribute", message, capacity);
}

void apus_h5_free(char *value) { free(value); }

void apus_h5_version(char *version, size_t capacity) {
    enter();
    unsigned major = 0, minor = 0, release = 0;
    H5get_libversion(&major, &minor, &release);
    snprintf(version, capacity, "%u.%u.%u", major, minor, release);
    leave(0, "", NULL, 0);
}
