#include "CCurl.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

// The functions used, each named as libcurl names it without its `curl_`.
#define FUNCTIONS(each) \
    each(global_init) each(version_info) each(free) \
    each(easy_init) each(easy_reset) each(easy_cleanup) each(easy_strerror) each(easy_setopt) each(easy_getinfo) \
    each(slist_append) each(slist_free_all) \
    each(multi_init) each(multi_cleanup) each(multi_add_handle) each(multi_remove_handle) each(multi_perform) \
    each(multi_poll) each(multi_info_read) \
    each(getdate) each(url) each(url_cleanup) each(url_set) each(url_get)

struct ccurl_library {
#define MEMBER(name) __typeof__(curl_##name) *name;
    FUNCTIONS(MEMBER)
#undef MEMBER
};

static bool resolve(void *image, ccurl_library *library, char *problem, size_t capacity) {
#define RESOLVE(function) \
    *(void **)&library->function = dlsym(image, "curl_" #function); \
    if (library->function == NULL) { \
        snprintf(problem, capacity, "it has no function curl_" #function); \
        return false; \
    }
    FUNCTIONS(RESOLVE)
#undef RESOLVE
    return true;
}

const ccurl_library *ccurl_open(const char *name, char *problem, size_t capacity) {
    void *image = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (image == NULL) {
        const char *reason = dlerror();
        snprintf(problem, capacity, "%s", reason ? reason : name);
        return NULL;
    }
    ccurl_library *library = calloc(1, sizeof *library);
    if (library != NULL && resolve(image, library, problem, capacity)) {
        if (library->global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK) return library;
        snprintf(problem, capacity, "it could not be initialised");
    }
    free(library);
    return NULL;
}

unsigned int ccurl_version_number(const ccurl_library *library) {
    return library->version_info(CURLVERSION_NOW)->version_num;
}

CURL *ccurl_easy_create(const ccurl_library *library) { return library->easy_init(); }
void ccurl_easy_reset(const ccurl_library *library, CURL *handle) { library->easy_reset(handle); }
void ccurl_easy_destroy(const ccurl_library *library, CURL *handle) { library->easy_cleanup(handle); }
const char *ccurl_easy_text(const ccurl_library *library, CURLcode code) { return library->easy_strerror(code); }

CURLcode ccurl_set_number(const ccurl_library *library, CURL *handle, CURLoption option, long value) {
    return library->easy_setopt(handle, option, value);
}

CURLcode ccurl_set_size(const ccurl_library *library, CURL *handle, CURLoption option, curl_off_t value) {
    return library->easy_setopt(handle, option, value);
}

CURLcode ccurl_set_text(const ccurl_library *library, CURL *handle, CURLoption option, const char *value) {
    return library->easy_setopt(handle, option, value);
}

CURLcode ccurl_set_bytes(const ccurl_library *library, CURL *handle, CURLoption option, const void *value) {
    return library->easy_setopt(handle, option, value);
}

CURLcode ccurl_set_list(
    const ccurl_library *library, CURL *handle, CURLoption option, const struct curl_slist *value) {
    return library->easy_setopt(handle, option, value);
}

CURLcode ccurl_set_buffer(const ccurl_library *library, CURL *handle, CURLoption option, char *value) {
    return library->easy_setopt(handle, option, value);
}

CURLcode ccurl_set_blob(
    const ccurl_library *library, CURL *handle, CURLoption option, const void *bytes, size_t count) {
    struct curl_blob blob = {.data = (void *)bytes, .len = count, .flags = CURL_BLOB_COPY};
    return library->easy_setopt(handle, option, &blob);
}

CURLcode ccurl_set_callbacks(
    const ccurl_library *library, CURL *handle, void *context, curl_write_callback header,
    curl_write_callback body, curl_prereq_callback before_request) {
    CURLcode code = library->easy_setopt(handle, CURLOPT_HEADERFUNCTION, header);
    if (code == CURLE_OK) code = library->easy_setopt(handle, CURLOPT_HEADERDATA, context);
    if (code == CURLE_OK) code = library->easy_setopt(handle, CURLOPT_WRITEFUNCTION, body);
    if (code == CURLE_OK) code = library->easy_setopt(handle, CURLOPT_WRITEDATA, context);
    if (code == CURLE_OK) code = library->easy_setopt(handle, CURLOPT_PREREQFUNCTION, before_request);
    if (code == CURLE_OK) code = library->easy_setopt(handle, CURLOPT_PREREQDATA, context);
    return code;
}

CURLcode ccurl_set_reader(
    const ccurl_library *library, CURL *handle, void *context, curl_read_callback read) {
    CURLcode code = library->easy_setopt(handle, CURLOPT_READFUNCTION, read);
    if (code == CURLE_OK) code = library->easy_setopt(handle, CURLOPT_READDATA, context);
    return code;
}

CURLcode ccurl_get_number(const ccurl_library *library, CURL *handle, CURLINFO info, long *value) {
    return library->easy_getinfo(handle, info, value);
}

CURLcode ccurl_get_size(const ccurl_library *library, CURL *handle, CURLINFO info, curl_off_t *value) {
    return library->easy_getinfo(handle, info, value);
}

struct curl_slist *ccurl_list_append(
    const ccurl_library *library, struct curl_slist *list, const char *text) {
    return library->slist_append(list, text);
}

void ccurl_list_destroy(const ccurl_library *library, struct curl_slist *list) {
    library->slist_free_all(list);
}

CURLM *ccurl_multi_create(const ccurl_library *library) { return library->multi_init(); }
CURLMcode ccurl_multi_destroy(const ccurl_library *library, CURLM *multi) { return library->multi_cleanup(multi); }

CURLMcode ccurl_multi_add(const ccurl_library *library, CURLM *multi, CURL *handle) {
    return library->multi_add_handle(multi, handle);
}

CURLMcode ccurl_multi_remove(const ccurl_library *library, CURLM *multi, CURL *handle) {
    return library->multi_remove_handle(multi, handle);
}

CURLMcode ccurl_multi_perform(const ccurl_library *library, CURLM *multi, int *running) {
    return library->multi_perform(multi, running);
}

CURLMcode ccurl_multi_wait(
    const ccurl_library *library, CURLM *multi, int descriptor, int timeout_milliseconds) {
    struct curl_waitfd extra = {.fd = descriptor, .events = CURL_WAIT_POLLIN};
    return library->multi_poll(multi, &extra, descriptor >= 0 ? 1 : 0, timeout_milliseconds, NULL);
}

bool ccurl_multi_finished(const ccurl_library *library, CURLM *multi, CURLcode *result) {
    int left = 0;
    for (CURLMsg *message; (message = library->multi_info_read(multi, &left)) != NULL;) {
        if (message->msg == CURLMSG_DONE) {
            *result = message->data.result;
            return true;
        }
    }
    return false;
}

CURLU *ccurl_url_create(const ccurl_library *library) { return library->url(); }
void ccurl_url_destroy(const ccurl_library *library, CURLU *url) { library->url_cleanup(url); }

CURLUcode ccurl_url_set(
    const ccurl_library *library, CURLU *url, CURLUPart part, const char *text, unsigned int flags) {
    return library->url_set(url, part, text, flags);
}

CURLUcode ccurl_url_get(
    const ccurl_library *library, CURLU *url, CURLUPart part, char **text, unsigned int flags) {
    return library->url_get(url, part, text, flags);
}

void ccurl_release(const ccurl_library *library, void *text) { library->free(text); }

int64_t ccurl_date(const ccurl_library *library, const char *text) { return (int64_t)library->getdate(text, NULL); }
