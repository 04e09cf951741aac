#include "CMicroHTTPD.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

// The functions used, each named as the library names it without its `MHD_`.
#define FUNCTIONS(each) \
    each(get_version) each(is_feature_supported) \
    each(start_daemon) each(quiesce_daemon) each(stop_daemon) \
    each(suspend_connection) each(resume_connection) each(get_connection_info) each(get_connection_values_n) \
    each(create_response_from_buffer) each(create_response_from_fd64) each(create_response_from_callback) \
    each(add_response_header) each(queue_response) each(destroy_response)

struct cmhd_library {
#define MEMBER(name) __typeof__(MHD_##name) *name;
    FUNCTIONS(MEMBER)
#undef MEMBER
};

static bool resolve(void *image, cmhd_library *library, char *problem, size_t capacity) {
#define RESOLVE(function) \
    *(void **)&library->function = dlsym(image, "MHD_" #function); \
    if (library->function == NULL) { \
        snprintf(problem, capacity, "it has no function MHD_" #function); \
        return false; \
    }
    FUNCTIONS(RESOLVE)
#undef RESOLVE
    return true;
}

const cmhd_library *cmhd_open(const char *name, char *problem, size_t capacity) {
    void *image = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (image == NULL) {
        const char *reason = dlerror();
        snprintf(problem, capacity, "%s", reason ? reason : name);
        return NULL;
    }
    cmhd_library *library = calloc(1, sizeof *library);
    if (library != NULL && resolve(image, library, problem, capacity)) return library;
    free(library);
    return NULL;
}

const char *cmhd_version(const cmhd_library *library) { return library->get_version(); }

bool cmhd_supports_tls(const cmhd_library *library) {
    return library->is_feature_supported(MHD_FEATURE_TLS) == MHD_YES;
}

// What a daemon keeps for as long as it runs.
struct logging {
    void (*log)(void *context, const char *line);
    void *context;
};

static void write_log(void *context, const char *format, va_list arguments) {
    const struct logging *logging = context;
    char line[512];
    vsnprintf(line, sizeof line, format, arguments);
    logging->log(logging->context, line);
}

struct MHD_Daemon *cmhd_start(
    const cmhd_library *library, const cmhd_settings *settings, const cmhd_callbacks *callbacks) {
    // Lives as long as the process: the library may log until its last connection is gone.
    struct logging *logging = malloc(sizeof *logging);
    if (logging == NULL) return NULL;
    *logging = (struct logging){callbacks->log, callbacks->context};
    unsigned int flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
    if (settings->key != NULL) flags |= MHD_USE_TLS;
    const struct MHD_OptionItem options[] = {
        {MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)write_log, logging},
        {MHD_OPTION_LISTEN_SOCKET, settings->listener, NULL},
        {MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, (intptr_t)settings->connection_memory, NULL},
        {MHD_OPTION_CONNECTION_LIMIT, settings->connections, NULL},
        {MHD_OPTION_PER_IP_CONNECTION_LIMIT, settings->connections_per_address, NULL},
        {MHD_OPTION_CONNECTION_TIMEOUT, settings->timeout_seconds, NULL},
        {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)callbacks->target, callbacks->context},
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)callbacks->completed, callbacks->context},
        {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)callbacks->connection, callbacks->context},
        {settings->key ? MHD_OPTION_HTTPS_MEM_KEY : MHD_OPTION_END, 0, (void *)settings->key},
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)settings->certificate},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, "SECURE192:SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"},
        {MHD_OPTION_END, 0, NULL},
    };
    struct MHD_Daemon *daemon = library->start_daemon(
        flags, 0, NULL, NULL, callbacks->access, callbacks->context, MHD_OPTION_ARRAY, options, MHD_OPTION_END);
    if (daemon == NULL) free(logging);
    return daemon;
}

int cmhd_quiesce(const cmhd_library *library, struct MHD_Daemon *daemon) {
    return library->quiesce_daemon(daemon);
}

void cmhd_stop(const cmhd_library *library, struct MHD_Daemon *daemon) { library->stop_daemon(daemon); }

void cmhd_suspend(const cmhd_library *library, struct MHD_Connection *connection) {
    library->suspend_connection(connection);
}

void cmhd_resume(const cmhd_library *library, struct MHD_Connection *connection) {
    library->resume_connection(connection);
}

int cmhd_socket(const cmhd_library *library, struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        library->get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info == NULL ? -1 : info->connect_fd;
}

size_t cmhd_peer(const cmhd_library *library, struct MHD_Connection *connection, char *text, size_t capacity) {
    const union MHD_ConnectionInfo *info =
        library->get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (info == NULL || info->client_addr == NULL) return 0;
    const struct sockaddr *peer = info->client_addr;
    const void *address = peer->sa_family == AF_INET6 ? (const void *)&((const struct sockaddr_in6 *)peer)->sin6_addr
                                                       : (const void *)&((const struct sockaddr_in *)peer)->sin_addr;
    if (inet_ntop(peer->sa_family, address, text, (socklen_t)capacity) == NULL) return 0;
    return strlen(text);
}

void cmhd_headers(
    const cmhd_library *library, struct MHD_Connection *connection, MHD_KeyValueIteratorN each, void *context) {
    library->get_connection_values_n(connection, MHD_HEADER_KIND, each, context);
}

// Where the next line must begin.
struct line_check {
    const char *expected;
    bool is_whole;
};

static enum MHD_Result check_line(
    void *context, enum MHD_ValueKind kind, const char *name, size_t name_size, const char *value,
    size_t value_size) {
    (void)kind;
    struct line_check *check = context;
    // Between name and value stand the colon, which is a zero byte by now, and blanks.
    const char *end = name + name_size;
    bool follows = name == check->expected && value != NULL && value > end && *end == 0;
    for (const char *gap = end + 1; follows && gap < value; gap++) follows = *gap == ' ' || *gap == '\t';
    if (!follows || value[value_size] != 0 || value[value_size + 1] != 0) {
        check->is_whole = false;
        return MHD_NO;
    }
    check->expected = value + value_size + 2;
    return MHD_YES;
}

bool cmhd_has_whole_lines(
    const cmhd_library *library, struct MHD_Connection *connection, const char *method, const char *target,
    const char *target_end, const char *version) {
    // The strictness of 1.0 covers folded lines, bare LF and NUL.
    if (library->get_version()[0] != '0') return true;
    size_t length = strlen(version);
    if (method + strlen(method) + 1 != target || target_end + 1 != version) return false;
    if (version[length] != 0 || version[length + 1] != 0) return false;
    struct line_check check = {version + length + 2, true};
    library->get_connection_values_n(connection, MHD_HEADER_KIND, check_line, &check);
    // The empty line at the end.
    return check.is_whole && check.expected[0] == 0 && check.expected[1] == 0;
}

struct MHD_Response *cmhd_response_bytes(const cmhd_library *library, const void *bytes, size_t count) {
    return library->create_response_from_buffer(count, (void *)bytes, MHD_RESPMEM_MUST_COPY);
}

struct MHD_Response *cmhd_response_file(const cmhd_library *library, int descriptor, uint64_t count) {
    return library->create_response_from_fd64(count, descriptor);
}

struct MHD_Response *cmhd_response_stream(
    const cmhd_library *library, size_t block, MHD_ContentReaderCallback read, void *context,
    MHD_ContentReaderFreeCallback release) {
    return library->create_response_from_callback(MHD_SIZE_UNKNOWN, block, read, context, release);
}

bool cmhd_response_header(
    const cmhd_library *library, struct MHD_Response *response, const char *name, const char *value) {
    return library->add_response_header(response, name, value) == MHD_YES;
}

bool cmhd_queue(
    const cmhd_library *library, struct MHD_Connection *connection, unsigned int status,
    struct MHD_Response *response) {
    return library->queue_response(connection, status, response) == MHD_YES;
}

void cmhd_response_release(const cmhd_library *library, struct MHD_Response *response) {
    library->destroy_response(response);
}
