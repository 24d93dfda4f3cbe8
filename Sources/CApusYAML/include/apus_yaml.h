// A YAML text as a row of events, read by libyaml: the C face that needs no Foundation.

#ifndef APUS_YAML_H
#define APUS_YAML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    APUS_YAML_END,
    APUS_YAML_DOCUMENT,
    APUS_YAML_SCALAR,
    APUS_YAML_ALIAS,
    APUS_YAML_SEQUENCE,
    APUS_YAML_SEQUENCE_END,
    APUS_YAML_MAPPING,
    APUS_YAML_MAPPING_END,
    APUS_YAML_ERROR,
} apus_yaml_kind;

/// One event. Its texts live until the next one is asked for.
typedef struct {
    apus_yaml_kind kind;
    /// Where it begins, counted from 1, columns in Unicode scalars; line 0 where the place is not known.
    int64_t line, column;
    /// A scalar's text, an alias' name, what is wrong; may hold zeros.
    const char *text;
    size_t length;
    /// What the parser was doing when it failed, and the name that a value gets for aliases; may be null.
    const char *context, *anchor;
    /// A scalar without quotes and without a tag.
    bool is_plain;
} apus_yaml_event;

typedef struct apus_yaml_parser apus_yaml_parser;

/// A parser of UTF-8 text, which must outlive it; null where memory ends.
apus_yaml_parser *apus_yaml_open(const uint8_t *text, size_t length);

/// The next event. After an end or an error there is no other.
apus_yaml_event apus_yaml_next(apus_yaml_parser *parser);

void apus_yaml_close(apus_yaml_parser *parser);

#ifdef __cplusplus
}
#endif

#endif
