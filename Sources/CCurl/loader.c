#include "CCurl.h"

#include <dlfcn.h>
#include <pthread.h>

static struct {
    CURLcode (*global_init)(long);
    CURL *(*easy_init)(void);
    void (*easy_cleanup)(CURL *);
    void (*easy_reset)(CURL *);
    CURLcode (*easy_perform)(CURL *);
    const char *(*easy_strerror)(CURLcode);
    CURLcode (*easy_setopt)(CURL *, CURLoption, ...);
    CURLcode (*easy_getinfo)(CURL *, CURLINFO, ...);
    struct curl_slist *(*slist_append)(struct curl_slist *, const char *);
    void (*slist_free_all)(struct curl_slist *);
} curl;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char *problem;

static void *open_library(void) {
    const char *names[] = {"libcurl.so.4", "libcurl-gnutls.so.4", "libcurl.4.dylib"};
    for (size_t index = 0; index < sizeof names / sizeof *names; index++) {
        void *library = dlopen(names[index], RTLD_NOW | RTLD_LOCAL);
        if (library) return library;
    }
    return NULL;
}

static void load(void) {
    void *library = open_library();
    if (!library) {
        problem = "libcurl.so.4 cannot be loaded";
        return;
    }
    struct { void *place; const char *name; } wanted[] = {
        {&curl.global_init, "curl_global_init"},     {&curl.easy_init, "curl_easy_init"},
        {&curl.easy_cleanup, "curl_easy_cleanup"},   {&curl.easy_reset, "curl_easy_reset"},
        {&curl.easy_perform, "curl_easy_perform"},   {&curl.easy_strerror, "curl_easy_strerror"},
        {&curl.easy_setopt, "curl_easy_setopt"},     {&curl.easy_getinfo, "curl_easy_getinfo"},
        {&curl.slist_append, "curl_slist_append"},   {&curl.slist_free_all, "curl_slist_free_all"},
    };
    for (size_t index = 0; index < sizeof wanted / sizeof *wanted; index++) {
        *(void **)wanted[index].place = dlsym(library, wanted[index].name);
        if (!*(void **)wanted[index].place) {
            problem = "libcurl.so.4 is not the library that was expected";
            return;
        }
    }
    if (curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) problem = "libcurl cannot be initialised";
}

const char *ccurl_load(void) {
    pthread_once(&once, load);
    return problem;
}

CURL *ccurl_new(void) { return curl.easy_init(); }
void ccurl_free(CURL *handle) { curl.easy_cleanup(handle); }
void ccurl_reset(CURL *handle) { curl.easy_reset(handle); }
CURLcode ccurl_perform(CURL *handle) { return curl.easy_perform(handle); }
const char *ccurl_error_text(CURLcode code) { return curl.easy_strerror(code); }

// The parentheses keep curl's own type-checking macros away: they would expand to the functions' real names.
CURLcode ccurl_set_number(CURL *handle, CURLoption option, long value) {
    return (curl.easy_setopt)(handle, option, value);
}
CURLcode ccurl_set_large(CURL *handle, CURLoption option, curl_off_t value) {
    return (curl.easy_setopt)(handle, option, value);
}
CURLcode ccurl_set_text(CURL *handle, CURLoption option, const char *value) {
    return (curl.easy_setopt)(handle, option, value);
}
CURLcode ccurl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return (curl.easy_setopt)(handle, option, value);
}
CURLcode ccurl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return (curl.easy_setopt)(handle, option, value);
}

CURLcode ccurl_set_output(CURL *handle, size_t (*body)(char *, size_t, size_t, void *),
                          size_t (*header)(char *, size_t, size_t, void *), void *context) {
    (curl.easy_setopt)(handle, CURLOPT_WRITEFUNCTION, body);
    (curl.easy_setopt)(handle, CURLOPT_WRITEDATA, context);
    (curl.easy_setopt)(handle, CURLOPT_HEADERFUNCTION, header);
    return (curl.easy_setopt)(handle, CURLOPT_HEADERDATA, context);
}

CURLcode ccurl_set_progress(CURL *handle, int (*progress)(void *, curl_off_t, curl_off_t, curl_off_t, curl_off_t),
                            void *context) {
    (curl.easy_setopt)(handle, CURLOPT_NOPROGRESS, 0L);
    (curl.easy_setopt)(handle, CURLOPT_XFERINFOFUNCTION, progress);
    return (curl.easy_setopt)(handle, CURLOPT_XFERINFODATA, context);
}

long ccurl_get_number(CURL *handle, CURLINFO info) {
    long value = 0;
    (curl.easy_getinfo)(handle, info, &value);
    return value;
}

curl_off_t ccurl_get_large(CURL *handle, CURLINFO info) {
    curl_off_t value = 0;
    (curl.easy_getinfo)(handle, info, &value);
    return value;
}

struct curl_slist *ccurl_list_append(struct curl_slist *list, const char *text) {
    return curl.slist_append(list, text);
}
void ccurl_list_free(struct curl_slist *list) { curl.slist_free_all(list); }
