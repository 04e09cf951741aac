#include "CExpat.h"

#include <dlfcn.h>
#include <expat.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

// The functions used, each named as libexpat names it without its `XML_`.
#define FUNCTIONS(each) \
    each(ParserCreate) each(ParserFree) each(SetUserData) each(SetElementHandler) each(SetDefaultHandler) \
    each(SetUnknownEncodingHandler) each(Parse) each(StopParser) each(GetCurrentByteIndex) \
    each(GetCurrentByteCount) each(GetErrorCode) each(ErrorString)

struct cexpat_library {
#define MEMBER(name) __typeof__(XML_##name) *name;
    FUNCTIONS(MEMBER)
#undef MEMBER
};

typedef struct {
    const cexpat_library *library;
    XML_Parser parser;
    cexpat_tag tag;
    void *context;
    bool stopped;
} reading;

static bool resolve(void *image, cexpat_library *library, char *problem, size_t capacity) {
#define RESOLVE(function) \
    *(void **)&library->function = dlsym(image, "XML_" #function); \
    if (library->function == NULL) { \
        snprintf(problem, capacity, "it has no function XML_" #function); \
        return false; \
    }
    FUNCTIONS(RESOLVE)
#undef RESOLVE
    return true;
}

const cexpat_library *cexpat_open(const char *name, char *problem, size_t capacity) {
    void *image = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (image == NULL) {
        const char *reason = dlerror();
        snprintf(problem, capacity, "%s", reason ? reason : name);
        return NULL;
    }
    cexpat_library *library = calloc(1, sizeof *library);
    if (library != NULL && resolve(image, library, problem, capacity)) return library;
    free(library);
    return NULL;
}

static void tell(reading *state, const char *name) {
    if (state->stopped) return;
    size_t start = (size_t)state->library->GetCurrentByteIndex(state->parser);
    size_t length = (size_t)state->library->GetCurrentByteCount(state->parser);
    if (state->tag(state->context, name, start, start + length)) return;
    state->stopped = true;
    state->library->StopParser(state->parser, XML_FALSE);
}

static void begin(void *data, const XML_Char *name, const XML_Char **attributes) {
    (void)attributes;
    tell(data, name);
}

static void end(void *data, const XML_Char *name) {
    (void)name;
    tell(data, NULL);
}

// A handler for what has none keeps entities from being expanded.
static void pass(void *data, const XML_Char *text, int length) {
    (void)data;
    (void)text;
    (void)length;
}

// Tags are ASCII in every encoding of single bytes, and nothing else is looked at.
static int take_single_bytes(void *data, const XML_Char *name, XML_Encoding *encoding) {
    (void)data;
    (void)name;
    for (int byte = 0; byte < 256; byte++) encoding->map[byte] = byte;
    encoding->data = NULL;
    encoding->convert = NULL;
    encoding->release = NULL;
    return XML_STATUS_OK;
}

bool cexpat_read(
    const cexpat_library *library, const char *bytes, size_t length, cexpat_tag tag, void *context, size_t *place,
    char *problem, size_t capacity) {
    *place = 0;
    XML_Parser parser = length <= INT_MAX ? library->ParserCreate(NULL) : NULL;
    if (parser == NULL) {
        snprintf(problem, capacity, "there is not enough memory");
        return false;
    }
    reading state = {library, parser, tag, context, false};
    library->SetUserData(parser, &state);
    library->SetElementHandler(parser, begin, end);
    library->SetDefaultHandler(parser, pass);
    library->SetUnknownEncodingHandler(parser, take_single_bytes, NULL);
    bool done = library->Parse(parser, bytes, (int)length, XML_TRUE) == XML_STATUS_OK || state.stopped;
    if (!done) {
        long index = (long)library->GetCurrentByteIndex(parser);
        *place = index < 0 ? 0 : (size_t)index;
        snprintf(problem, capacity, "%s", library->ErrorString(library->GetErrorCode(parser)));
    }
    library->ParserFree(parser);
    return done;
}
