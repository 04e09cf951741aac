// libgit2 without its network, which is the git program's business: what scripts/build-release puts in the place of its
// http, ssh and TLS, so that libssh2, Kerberos and the reading of certificates stay out of the program.
#include <stdbool.h>
#include <stddef.h>

bool git_http__expect_continue;

int git_smart_subtransport_http(void **out, void *owner, void *parameter) { return -1; }
int git_smart_subtransport_ssh(void **out, void *owner, void *parameter) { return -1; }
int git_transport_ssh_with_paths(void **out, void *owner, void *paths) { return -1; }
int git_transport_ssh_global_init(void) { return 0; }

int git_mbedtls_stream_global_init(void) { return 0; }
int git_mbedtls__set_cert_location(const char *file, const char *path) { return -1; }
int git_mbedtls_stream_new(void **out, const char *host, const char *port) { return -1; }
int git_mbedtls_stream_wrap(void **out, void *in, const char *host) { return -1; }
