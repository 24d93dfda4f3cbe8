#ifndef CAPUS_HDF5_READER_H
#define CAPUS_HDF5_READER_H

#include <stdbool.h>

#include "include/CApusHDF5.h"

/// The group of texts that are too long for an attribute.
#define APUS_H5_TEXTS "/texts"

typedef struct apus_h5_reader apus_h5_reader;

/// NULL where there is no such file, or one of another kind, or a damaged one.
apus_h5_reader *apus_h5_reader_open(const char *path);
void apus_h5_reader_close(apus_h5_reader *reader);

bool apus_h5_reader_describe(const apus_h5_reader *reader, const char *name, apus_h5_layout *layout);
bool apus_h5_reader_has(const apus_h5_reader *reader, const char *attribute);
bool apus_h5_reader_integer(const apus_h5_reader *reader, const char *attribute, int64_t *value);
/// To be freed; NULL where there is no such text.
char *apus_h5_reader_text(const apus_h5_reader *reader, const char *attribute);

#endif
