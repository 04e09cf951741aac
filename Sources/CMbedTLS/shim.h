#pragma once
#include <mbedtls/md.h>
#include <mbedtls/pk.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/rsa.h>
#include <mbedtls/version.h>
#include <stddef.h>
#include <sys/random.h>

/// Chance for the blinding of private keys.
static inline int shim_random(void *context, unsigned char *bytes, size_t count) {
    (void)context;
    while (count > 0) {
        ssize_t got = getrandom(bytes, count, 0);
        if (got <= 0) return MBEDTLS_ERR_RSA_RNG_FAILED;
        bytes += got;
        count -= (size_t)got;
    }
    return 0;
}

/// Reads a private key from PEM text, whose final NUL counts.
static inline int shim_parse_key(mbedtls_pk_context *key, const unsigned char *text, size_t count) {
#if MBEDTLS_VERSION_MAJOR >= 3
    return mbedtls_pk_parse_key(key, text, count, NULL, 0, shim_random, NULL);
#else
    return mbedtls_pk_parse_key(key, text, count, NULL, 0);
#endif
}

/// Signs a SHA-256 digest; `signature` holds MBEDTLS_PK_SIGNATURE_MAX_SIZE bytes.
static inline int shim_sign(
    mbedtls_pk_context *key, const unsigned char *digest, unsigned char *signature, size_t *count) {
#if MBEDTLS_VERSION_MAJOR >= 3
    return mbedtls_pk_sign(
        key, MBEDTLS_MD_SHA256, digest, 32, signature, MBEDTLS_PK_SIGNATURE_MAX_SIZE, count, shim_random, NULL);
#else
    return mbedtls_pk_sign(key, MBEDTLS_MD_SHA256, digest, 32, signature, count, shim_random, NULL);
#endif
}
