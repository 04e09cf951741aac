#pragma once
#include <mbedtls/bignum.h>
#include <mbedtls/ecdsa.h>
#include <mbedtls/ecp.h>
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

/// Whether `signature` is the RSA signature (PKCS#1 v1.5) of a SHA-256 digest; modulus and exponent are big-endian.
static inline int shim_verify_rsa(
    const unsigned char *modulus, size_t modulus_count, const unsigned char *exponent, size_t exponent_count,
    const unsigned char *digest, const unsigned char *signature, size_t count) {
    mbedtls_pk_context key;
    mbedtls_pk_init(&key);
    int problem = mbedtls_pk_setup(&key, mbedtls_pk_info_from_type(MBEDTLS_PK_RSA));
    if (problem == 0) {
        problem = mbedtls_rsa_import_raw(
            mbedtls_pk_rsa(key), modulus, modulus_count, NULL, 0, NULL, 0, NULL, 0, exponent, exponent_count);
    }
    if (problem == 0) problem = mbedtls_rsa_complete(mbedtls_pk_rsa(key));
    if (problem == 0) problem = mbedtls_rsa_check_pubkey(mbedtls_pk_rsa(key));
    if (problem == 0) problem = mbedtls_pk_verify(&key, MBEDTLS_MD_SHA256, digest, 32, signature, count);
    mbedtls_pk_free(&key);
    return problem == 0;
}

/// Whether `signature`, r and s of 32 bytes each, is the ECDSA signature of a SHA-256 digest; `point` is a point of
/// P-256 in its uncompressed form of 65 bytes.
static inline int shim_verify_p256(
    const unsigned char *point, const unsigned char *digest, const unsigned char *signature) {
    mbedtls_ecp_group group;
    mbedtls_ecp_point key;
    mbedtls_mpi r, s;
    mbedtls_ecp_group_init(&group);
    mbedtls_ecp_point_init(&key);
    mbedtls_mpi_init(&r);
    mbedtls_mpi_init(&s);
    int problem = mbedtls_ecp_group_load(&group, MBEDTLS_ECP_DP_SECP256R1);
    if (problem == 0) problem = mbedtls_ecp_point_read_binary(&group, &key, point, 65);
    if (problem == 0) problem = mbedtls_ecp_check_pubkey(&group, &key);
    if (problem == 0) problem = mbedtls_mpi_read_binary(&r, signature, 32);
    if (problem == 0) problem = mbedtls_mpi_read_binary(&s, signature + 32, 32);
    if (problem == 0) problem = mbedtls_ecdsa_verify(&group, digest, 32, &key, &r, &s);
    mbedtls_mpi_free(&s);
    mbedtls_mpi_free(&r);
    mbedtls_ecp_point_free(&key);
    mbedtls_ecp_group_free(&group);
    return problem == 0;
}
