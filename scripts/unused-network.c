// Kerberos for a libgit2 that never logs in anywhere: the network is the git program's business. Loading the real
// libraries would cost a third of the time that `leviathan version` takes.
#define UNAVAILABLE (16u << 16) /* GSS_S_UNAVAILABLE */

typedef const void *anything;

unsigned gss_import_name(unsigned *minor, anything buffer, anything type, void **name) { return UNAVAILABLE; }
unsigned gss_indicate_mechs(unsigned *minor, void **mechanisms) { return UNAVAILABLE; }
unsigned gss_init_sec_context(unsigned *minor, anything credentials, void **context, anything name, anything mechanism,
                              unsigned flags, unsigned time, anything bindings, anything input, void **actual,
                              void *output, unsigned *returned, unsigned *valid) {
    return UNAVAILABLE;
}
unsigned gss_display_status(unsigned *minor, unsigned status, int type, anything mechanism, unsigned *context, void *text) {
    return UNAVAILABLE;
}
unsigned gss_release_buffer(unsigned *minor, void *buffer) { return 0; }
unsigned gss_release_name(unsigned *minor, void **name) { return 0; }
unsigned gss_release_oid_set(unsigned *minor, void **set) { return 0; }
unsigned gss_delete_sec_context(unsigned *minor, void **context, void *token) { return 0; }

const void *const GSS_C_NT_HOSTBASED_SERVICE = 0;

// Certificates, likewise: see scripts/build-release.
int __wrap_mbedtls_x509_crt_parse_file(void *chain, const char *path) { return 0; }
int __wrap_mbedtls_x509_crt_parse_path(void *chain, const char *path) { return 0; }
