// Answers every request with the same small JSON through libmicrohttpd and nothing else, as the control plane listens:
// what its own figures are held against. Prints its port; ends with its standard input.
#include <microhttpd.h>
#include <stdio.h>
#include <string.h>

static const char answer[] = "{\"status\":\"ok\",\"version\":\"0.1.0\"}\n";

static enum MHD_Result respond(void *closure, struct MHD_Connection *connection, const char *url, const char *method,
    const char *version, const char *data, size_t *size, void **state) {
    (void)closure; (void)url; (void)method; (void)version; (void)data; (void)size;
    if (*state == NULL) {
        *state = (void *)answer;
        return MHD_YES;
    }
    struct MHD_Response *response = MHD_create_response_from_buffer(sizeof answer - 1, (void *)answer, MHD_RESPMEM_PERSISTENT);
    MHD_add_response_header(response, "Content-Type", "application/json");
    enum MHD_Result result = MHD_queue_response(connection, 200, response);
    MHD_destroy_response(response);
    return result;
}

int main(void) {
    struct MHD_Daemon *daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, respond, NULL,
        MHD_OPTION_CONNECTION_LIMIT, 12000u, MHD_OPTION_END);
    if (daemon == NULL) return 1;
    printf("%u\n", MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    fflush(stdout);
    while (getchar() != EOF) {}
    MHD_stop_daemon(daemon);
    return 0;
}
