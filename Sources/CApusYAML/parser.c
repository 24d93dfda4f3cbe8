#include "apus_yaml.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

struct apus_yaml_parser {
    yaml_parser_t parser;
    yaml_event_t event;
    bool has_event;
};

apus_yaml_parser *apus_yaml_open(const uint8_t *text, size_t length) {
    apus_yaml_parser *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    if (!yaml_parser_initialize(&self->parser)) {
        free(self);
        return NULL;
    }
    yaml_parser_set_encoding(&self->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&self->parser, text, length);
    return self;
}

void apus_yaml_close(apus_yaml_parser *self) {
    if (!self) return;
    if (self->has_event) yaml_event_delete(&self->event);
    yaml_parser_delete(&self->parser);
    free(self);
}

static void place(apus_yaml_event *event, yaml_mark_t mark) {
    event->line = (int64_t)mark.line + 1;
    event->column = (int64_t)mark.column + 1;
}

static apus_yaml_event failure(const yaml_parser_t *parser) {
    apus_yaml_event event = {.kind = APUS_YAML_ERROR, .context = parser->context};
    event.text = parser->error == YAML_MEMORY_ERROR ? "out of memory" : parser->problem;
    if (!event.text) event.text = "malformed text";
    event.length = strlen(event.text);
    if (parser->error == YAML_SCANNER_ERROR || parser->error == YAML_PARSER_ERROR) place(&event, parser->problem_mark);
    return event;
}

static void read_scalar(apus_yaml_event *event, const yaml_event_t *source) {
    event->kind = APUS_YAML_SCALAR;
    event->text = (const char *)source->data.scalar.value;
    event->length = source->data.scalar.length;
    event->anchor = (const char *)source->data.scalar.anchor;
    event->is_plain = source->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && source->data.scalar.plain_implicit
        && !source->data.scalar.tag;
}

static void read_alias(apus_yaml_event *event, const yaml_event_t *source) {
    event->kind = APUS_YAML_ALIAS;
    event->text = (const char *)source->data.alias.anchor;
    event->length = strlen(event->text);
}

/// Returns false for events that carry nothing.
static bool translate(const yaml_event_t *source, apus_yaml_event *event) {
    place(event, source->start_mark);
    switch (source->type) {
    case YAML_DOCUMENT_START_EVENT: event->kind = APUS_YAML_DOCUMENT; return true;
    case YAML_STREAM_END_EVENT: event->kind = APUS_YAML_END; return true;
    case YAML_SCALAR_EVENT: read_scalar(event, source); return true;
    case YAML_ALIAS_EVENT: read_alias(event, source); return true;
    case YAML_SEQUENCE_END_EVENT: event->kind = APUS_YAML_SEQUENCE_END; return true;
    case YAML_MAPPING_END_EVENT: event->kind = APUS_YAML_MAPPING_END; return true;
    case YAML_SEQUENCE_START_EVENT:
        event->kind = APUS_YAML_SEQUENCE;
        event->anchor = (const char *)source->data.sequence_start.anchor;
        return true;
    case YAML_MAPPING_START_EVENT:
        event->kind = APUS_YAML_MAPPING;
        event->anchor = (const char *)source->data.mapping_start.anchor;
        return true;
    default: return false;
    }
}

apus_yaml_event apus_yaml_next(apus_yaml_parser *self) {
    for (;;) {
        if (self->has_event) yaml_event_delete(&self->event);
        self->has_event = yaml_parser_parse(&self->parser, &self->event);
        if (!self->has_event) return failure(&self->parser);
        apus_yaml_event event = {.kind = APUS_YAML_END};
        if (self->event.type == YAML_NO_EVENT || translate(&self->event, &event)) return event;
    }
}
