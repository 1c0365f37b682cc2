// What Swift cannot import of libssl and libcrypto (function-like macros, variadics), as inline functions.
#ifndef LEAVECOPY_COPENSSL_SHIM_H
#define LEAVECOPY_COPENSSL_SHIM_H

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

// libcrypto: variadic key generation.
static inline EVP_PKEY *copenssl_generate_p256(void) { return EVP_EC_gen("P-256"); }
static inline EVP_PKEY *copenssl_generate_rsa2048(void) { return EVP_RSA_gen(2048); }
static inline EVP_PKEY *copenssl_generate_ed25519(void) { return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"); }

// libcrypto: HMAC-SHA-256 with a key, ready for EVP_MAC_update. NULL on failure.
static inline EVP_MAC_CTX *copenssl_hmac_sha256(const unsigned char *key, size_t count) {
    char digest[] = "SHA256";
    OSSL_PARAM parameters[2];
    parameters[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0);
    parameters[1] = OSSL_PARAM_construct_end();
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *context = EVP_MAC_CTX_new(mac);
    EVP_MAC_free(mac);
    if (context != NULL && EVP_MAC_init(context, key, count, parameters) != 1) {
        EVP_MAC_CTX_free(context);
        return NULL;
    }
    return context;
}

// libcrypto: memory BIOs. The answers point into the BIO.
static inline long copenssl_bio_contents(BIO *bio, char **start) { return BIO_get_mem_data(bio, start); }

// libcrypto: never asks for a passphrase on the terminal.
static inline int copenssl_no_passphrase(char *buffer, int size, int writing, void *data) {
    (void)buffer; (void)size; (void)writing; (void)data;
    return -1;
}

// libcrypto: the subject alternative names of a certificate.
static inline GENERAL_NAMES *copenssl_alternative_names(const X509 *certificate) {
    return (GENERAL_NAMES *)X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
}
static inline int copenssl_names_count(const GENERAL_NAMES *names) { return sk_GENERAL_NAME_num(names); }
static inline void copenssl_names_free(GENERAL_NAMES *names) { GENERAL_NAMES_free(names); }
// The kind (GEN_DNS, GEN_IPADD, …) and for these two kinds the octets, which point into `names`.
static inline int copenssl_names_get(const GENERAL_NAMES *names, int index, const unsigned char **octets, int *count) {
    const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, index);
    *octets = NULL;
    *count = 0;
    if (name->type == GEN_DNS || name->type == GEN_IPADD) {
        const ASN1_STRING *text = name->type == GEN_DNS ? name->d.dNSName : name->d.iPAddress;
        *octets = ASN1_STRING_get0_data(text);
        *count = ASN1_STRING_length(text);
    }
    return name->type;
}

// libcrypto: memory that it gave us to free.
static inline void copenssl_free(void *memory) { OPENSSL_free(memory); }

// libcrypto: a name in one line.
static const unsigned long copenssl_name_one_line = XN_FLAG_ONELINE;

// libcrypto: stacks of certificates.
static inline STACK_OF(X509) *copenssl_chain_new(void) { return sk_X509_new_null(); }
static inline int copenssl_chain_push(STACK_OF(X509) *chain, X509 *certificate) { return sk_X509_push(chain, certificate); }
static inline void copenssl_chain_free(STACK_OF(X509) *chain) { sk_X509_pop_free(chain, X509_free); }

// libssl: settings that are macros over SSL_CTX_ctrl and SSL_ctrl.
static inline int copenssl_set_min_version(SSL_CTX *context, int version) {
    return (int)SSL_CTX_set_min_proto_version(context, version);
}
static inline void copenssl_set_release_buffers(SSL_CTX *context) { SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS); }
static inline void copenssl_set_dh_auto(SSL_CTX *context) { SSL_CTX_set_dh_auto(context, 1); }
static inline void copenssl_session_cache_off(SSL_CTX *context) {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}
static inline void copenssl_session_cache_by_callback(SSL_CTX *context) {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
}
static inline int copenssl_set_server_name(SSL *ssl, const char *name) { return (int)SSL_set_tlsext_host_name(ssl, name); }
static inline int copenssl_new_connection_index(void) { return SSL_get_ex_new_index(0, NULL, NULL, NULL, NULL); }

static const uint64_t copenssl_options_common = SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION;
static const uint64_t copenssl_options_server = SSL_OP_CIPHER_SERVER_PREFERENCE;
static const uint64_t copenssl_options_no_ticket = SSL_OP_NO_TICKET;

// libssl: one session ticket sealed or opened with our keys (SSL_CTX_set_tlsext_ticket_key_evp_cb). 1 on success.
static inline int copenssl_ticket_keys(EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac, const unsigned char *cipher_key,
                                       const unsigned char *mac_key, const unsigned char *iv, int sealing) {
    char digest[] = "SHA256";
    OSSL_PARAM parameters[3];
    parameters[0] = OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, (void *)mac_key, 32);
    parameters[1] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0);
    parameters[2] = OSSL_PARAM_construct_end();
    return EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), NULL, cipher_key, iv, sealing) == 1
        && EVP_MAC_CTX_set_params(mac, parameters) == 1;
}

// libssl: what a BIO's read function says when nothing has arrived yet.
static inline void copenssl_clear_retry(BIO *bio) { BIO_clear_retry_flags(bio); }
static inline void copenssl_retry_read(BIO *bio) { BIO_clear_retry_flags(bio); BIO_set_retry_read(bio); }

#endif
