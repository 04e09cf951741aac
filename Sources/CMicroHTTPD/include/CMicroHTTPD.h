#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <microhttpd.h>

// libmicrohttpd, loaded when it is first needed rather than at every start of the program.
// Types and constants come from its header; its functions are reached through `cmhd_library`.
typedef struct cmhd_library cmhd_library;

// Loads the library of that name; NULL with the reason in `problem`.
// Calls must not overlap. A loaded library stays loaded.
const cmhd_library *cmhd_open(const char *name, char *problem, size_t capacity);

// Such as 0.9.75.
const char *cmhd_version(const cmhd_library *library);
bool cmhd_supports_tls(const cmhd_library *library);

// The functions that a daemon calls, all with the same context.
typedef struct {
    MHD_AccessHandlerCallback access;
    MHD_RequestCompletedCallback completed;
    MHD_NotifyConnectionCallback connection;
    // Is given the request's target as it was sent; what it returns is the request's context from then on.
    void *(*target)(void *context, const char *target, struct MHD_Connection *connection);
    // One line that the library has to say.
    void (*log)(void *context, const char *line);
    void *context;
} cmhd_callbacks;

typedef struct {
    // A socket that listens; the daemon closes it when it stops.
    int listener;
    // PEM texts; NULL for plain HTTP.
    const char *key;
    const char *certificate;
    size_t connection_memory;
    unsigned int connections;
    unsigned int connections_per_address;
    unsigned int timeout_seconds;
} cmhd_settings;

// NULL when it could not be started; the library has said why by then.
struct MHD_Daemon *cmhd_start(
    const cmhd_library *library, const cmhd_settings *settings, const cmhd_callbacks *callbacks);

// Accepts nothing more; returns the listening socket, which is the caller's from now on.
int cmhd_quiesce(const cmhd_library *library, struct MHD_Daemon *daemon);
// Ends every connection. None may be suspended.
void cmhd_stop(const cmhd_library *library, struct MHD_Daemon *daemon);

void cmhd_suspend(const cmhd_library *library, struct MHD_Connection *connection);
void cmhd_resume(const cmhd_library *library, struct MHD_Connection *connection);

// The socket of a connection; -1 where there is none.
int cmhd_socket(const cmhd_library *library, struct MHD_Connection *connection);
// The peer's address in text, and 0 where it cannot be told.
size_t cmhd_peer(const cmhd_library *library, struct MHD_Connection *connection, char *text, size_t capacity);

// Header fields of a request, in the order in which they came.
void cmhd_headers(
    const cmhd_library *library, struct MHD_Connection *connection, MHD_KeyValueIteratorN each, void *context);

// Whether the lines of the head stand in the buffer as lines do that end with CR LF: a line that was folded, that
// ended otherwise, or that holds a NUL leaves other gaps. `true` for versions that refuse those themselves.
//
// The library overwrites the end of each line with one zero byte for each of its bytes, and hands out pointers into
// its buffer. `target_end` is where the target ended when it was handed out: the library cuts it at the query later.
bool cmhd_has_whole_lines(
    const cmhd_library *library, struct MHD_Connection *connection, const char *method, const char *target,
    const char *target_end, const char *version);

// A copy of the bytes is made.
struct MHD_Response *cmhd_response_bytes(const cmhd_library *library, const void *bytes, size_t count);
// The descriptor is closed with the response.
struct MHD_Response *cmhd_response_file(const cmhd_library *library, int descriptor, uint64_t count);
// Of a length that nobody knows.
struct MHD_Response *cmhd_response_stream(
    const cmhd_library *library, size_t block, MHD_ContentReaderCallback read, void *context,
    MHD_ContentReaderFreeCallback release);

bool cmhd_response_header(
    const cmhd_library *library, struct MHD_Response *response, const char *name, const char *value);
bool cmhd_queue(
    const cmhd_library *library, struct MHD_Connection *connection, unsigned int status,
    struct MHD_Response *response);
void cmhd_response_release(const cmhd_library *library, struct MHD_Response *response);
