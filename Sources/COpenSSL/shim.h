#pragma once
// The digests alone, without the look-up of algorithms that draws the whole library in.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/crypto.h>
#include <openssl/sha.h>
