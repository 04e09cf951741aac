#pragma once

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// libcurl, loaded when it is first needed rather than at every start of the program.
// Types and constants come from its header; its functions are reached through `ccurl_library`.
typedef struct ccurl_library ccurl_library;

// Loads the library of that name and prepares it; NULL with the reason in `problem`.
// Calls must not overlap. A loaded library stays loaded.
const ccurl_library *ccurl_open(const char *name, char *problem, size_t capacity);

// For instance 0x075801 for 7.88.1.
unsigned int ccurl_version_number(const ccurl_library *library);

CURL *ccurl_easy_create(const ccurl_library *library);
void ccurl_easy_reset(const ccurl_library *library, CURL *handle);
void ccurl_easy_destroy(const ccurl_library *library, CURL *handle);
const char *ccurl_easy_text(const ccurl_library *library, CURLcode code);

CURLcode ccurl_set_number(const ccurl_library *library, CURL *handle, CURLoption option, long value);
CURLcode ccurl_set_size(const ccurl_library *library, CURL *handle, CURLoption option, curl_off_t value);
CURLcode ccurl_set_text(const ccurl_library *library, CURL *handle, CURLoption option, const char *value);
CURLcode ccurl_set_bytes(const ccurl_library *library, CURL *handle, CURLoption option, const void *value);
CURLcode ccurl_set_list(
    const ccurl_library *library, CURL *handle, CURLoption option, const struct curl_slist *value);
CURLcode ccurl_set_buffer(const ccurl_library *library, CURL *handle, CURLoption option, char *value);
// The bytes are copied.
CURLcode ccurl_set_blob(
    const ccurl_library *library, CURL *handle, CURLoption option, const void *bytes, size_t count);

// Sets the three callbacks of a transfer, all with the same context.
CURLcode ccurl_set_callbacks(
    const ccurl_library *library, CURL *handle, void *context, curl_write_callback header,
    curl_write_callback body, curl_prereq_callback before_request);

// Sets who is asked for the bytes of an upload.
CURLcode ccurl_set_reader(
    const ccurl_library *library, CURL *handle, void *context, curl_read_callback read);

CURLcode ccurl_get_number(const ccurl_library *library, CURL *handle, CURLINFO info, long *value);
CURLcode ccurl_get_size(const ccurl_library *library, CURL *handle, CURLINFO info, curl_off_t *value);

// NULL, and the list left as it was, when there is no memory.
struct curl_slist *ccurl_list_append(
    const ccurl_library *library, struct curl_slist *list, const char *text);
void ccurl_list_destroy(const ccurl_library *library, struct curl_slist *list);

CURLM *ccurl_multi_create(const ccurl_library *library);
CURLMcode ccurl_multi_destroy(const ccurl_library *library, CURLM *multi);
CURLMcode ccurl_multi_add(const ccurl_library *library, CURLM *multi, CURL *handle);
CURLMcode ccurl_multi_remove(const ccurl_library *library, CURLM *multi, CURL *handle);
CURLMcode ccurl_multi_perform(const ccurl_library *library, CURLM *multi, int *running);
// Waits for the transfer's sockets, its timers, or `descriptor` (none when negative) to be readable.
CURLMcode ccurl_multi_wait(
    const ccurl_library *library, CURLM *multi, int descriptor, int timeout_milliseconds);
// Whether a transfer has ended, and with which result.
bool ccurl_multi_finished(const ccurl_library *library, CURLM *multi, CURLcode *result);

CURLU *ccurl_url_create(const ccurl_library *library);
void ccurl_url_destroy(const ccurl_library *library, CURLU *url);
CURLUcode ccurl_url_set(
    const ccurl_library *library, CURLU *url, CURLUPart part, const char *text, unsigned int flags);
// The text, when there is one, goes back through `ccurl_release`.
CURLUcode ccurl_url_get(
    const ccurl_library *library, CURLU *url, CURLUPart part, char **text, unsigned int flags);
void ccurl_release(const ccurl_library *library, void *text);

// The seconds since 1970 that a date of HTTP names; -1 where it names none.
int64_t ccurl_date(const ccurl_library *library, const char *text);
