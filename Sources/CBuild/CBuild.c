#include "CBuild.h"

#include <dlfcn.h>
#include <gnu/libc-version.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <git2.h>
#include <mbedtls/version.h>
#include <openssl/opensslv.h>
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <sqlite3.h>
#include <yaml.h>

#ifndef LEVIATHAN_VERSION
#define LEVIATHAN_VERSION "0.1.0"
#endif

const char *cbuild_version(void) { return LEVIATHAN_VERSION; }

const char *cbuild_commit(void) {
#ifdef LEVIATHAN_COMMIT
    return LEVIATHAN_COMMIT;
#else
    return NULL;
#endif
}

const char *cbuild_compiler(void) {
#ifdef LEVIATHAN_COMPILER
    return LEVIATHAN_COMPILER;
#else
    return NULL;
#endif
}

const char *cbuild_kind(void) {
#ifdef LEVIATHAN_IS_RELEASE
    return "release";
#else
    return "debug";
#endif
}

bool cbuild_is_static(void) {
#ifdef LEVIATHAN_IS_RELEASE
    return true;
#else
    return false;
#endif
}

const char *cbuild_architecture(void) {
#if defined(__x86_64__)
    return "x86_64";
#elif defined(__aarch64__)
    return "aarch64";
#else
    return "unknown";
#endif
}

// --- what is linked

static void git2(char *text, size_t size) {
    int major = 0, minor = 0, revision = 0;
    git_libgit2_version(&major, &minor, &revision);
    snprintf(text, size, "%d.%d.%d", major, minor, revision);
}

static void libyaml(char *text, size_t size) { snprintf(text, size, "%s", yaml_get_version_string()); }

static void sqlite(char *text, size_t size) { snprintf(text, size, "%s", sqlite3_libversion()); }

// What was compiled against: its function would bring most of the library into the program, which needs digests alone.
static void openssl(char *text, size_t size) { snprintf(text, size, "%s", OPENSSL_VERSION_STR); }

// What was compiled against: the function is left out of some builds of the library.
static void mbedtls(char *text, size_t size) { snprintf(text, size, "%s", MBEDTLS_VERSION_STRING); }

// "10.42 2022-12-11"
static void pcre2(char *text, size_t size) {
    char version[64] = "";
    if (pcre2_config(PCRE2_CONFIG_VERSION, NULL) > (int)sizeof version) return;
    pcre2_config(PCRE2_CONFIG_VERSION, version);
    snprintf(text, size, "%.*s", (int)strcspn(version, " "), version);
}

static void glibc(char *text, size_t size) { snprintf(text, size, "%s", gnu_get_libc_version()); }

// --- what is loaded at first use

static void *function(const char *const names[], const char *symbol) {
    for (; *names != NULL; names++) {
        void *image = dlopen(*names, RTLD_LAZY | RTLD_LOCAL);
        void *found = image == NULL ? NULL : dlsym(image, symbol);
        if (found != NULL) return found;
    }
    return NULL;
}

// A function that gives its version as text, which may begin with the library's name and go on behind a space.
static void said(const char *const names[], const char *symbol, const char *name, char *text, size_t size) {
    const char *(*version)(void) = NULL;
    *(void **)&version = function(names, symbol);
    if (version == NULL) return;
    const char *line = version();
    if (strncmp(line, name, strlen(name)) == 0) line += strlen(name);
    snprintf(text, size, "%.*s", (int)strcspn(line, " "), line);
}

static void curl(char *text, size_t size) {
    static const char *const names[] = {"libcurl.so.4", "libcurl-gnutls.so.4", NULL};
    said(names, "curl_version", "libcurl/", text, size);
}

static void expat(char *text, size_t size) {
    static const char *const names[] = {"libexpat.so.1", NULL};
    said(names, "XML_ExpatVersion", "expat_", text, size);
}

static void microhttpd(char *text, size_t size) {
    static const char *const names[] = {"libmicrohttpd.so.12", NULL};
    said(names, "MHD_get_version", "", text, size);
}

// 150013 is 15.13.
static void pq(char *text, size_t size) {
    static const char *const names[] = {"libpq.so.5", NULL};
    int (*version)(void) = NULL;
    *(void **)&version = function(names, "PQlibVersion");
    if (version != NULL) snprintf(text, size, "%d.%d", version() / 10000, version() % 10000);
}

static const struct {
    const char *name;
    void (*version)(char *text, size_t size);
    bool is_loaded;
} libraries[] = {
    {"libgit2", git2, false},      {"libyaml", libyaml, false},     {"SQLite", sqlite, false},
    {"OpenSSL", openssl, false},   {"Mbed TLS", mbedtls, false},    {"PCRE2", pcre2, false},
    {"glibc", glibc, true},        {"libcurl", curl, true},         {"Expat", expat, true},
    {"libmicrohttpd", microhttpd, true}, {"libpq", pq, true},
};

bool cbuild_library_at(size_t index, cbuild_library *library) {
    if (index >= sizeof libraries / sizeof libraries[0]) return false;
    *library = (cbuild_library){.name = libraries[index].name, .is_loaded = libraries[index].is_loaded};
    libraries[index].version(library->version, sizeof library->version);
    return true;
}
