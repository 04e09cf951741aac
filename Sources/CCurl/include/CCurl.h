#pragma once
#include <curl/curl.h>
#include <stddef.h>

// libcurl is loaded when it is first used, not when the program starts: its forty shared objects would
// more than double the start-up time of every command that needs no network.

/// Loads libcurl; NULL when all is well, else the loader's own words. Safe from many threads.
const char *ccurl_load(void);

CURL *ccurl_new(void);
void ccurl_free(CURL *handle);
void ccurl_reset(CURL *handle);
CURLcode ccurl_perform(CURL *handle);
const char *ccurl_error_text(CURLcode code);

CURLcode ccurl_set_number(CURL *handle, CURLoption option, long value);
CURLcode ccurl_set_large(CURL *handle, CURLoption option, curl_off_t value);
CURLcode ccurl_set_text(CURL *handle, CURLoption option, const char *value);
CURLcode ccurl_set_pointer(CURL *handle, CURLoption option, void *value);
CURLcode ccurl_set_list(CURL *handle, CURLoption option, struct curl_slist *value);
/// Both callbacks get `context` as their last argument.
CURLcode ccurl_set_output(CURL *handle, size_t (*body)(char *, size_t, size_t, void *),
                          size_t (*header)(char *, size_t, size_t, void *), void *context);
/// Called often; anything but 0 ends the transfer.
CURLcode ccurl_set_progress(CURL *handle, int (*progress)(void *, curl_off_t, curl_off_t, curl_off_t, curl_off_t),
                            void *context);

long ccurl_get_number(CURL *handle, CURLINFO info);
curl_off_t ccurl_get_large(CURL *handle, CURLINFO info);

struct curl_slist *ccurl_list_append(struct curl_slist *list, const char *text);
void ccurl_list_free(struct curl_slist *list);
