// What Swift cannot import of libssl and libcrypto (function-like macros, variadics), as inline functions.
#ifndef LEAVECOPY_COPENSSL_SHIM_H
#define LEAVECOPY_COPENSSL_SHIM_H

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#endif
