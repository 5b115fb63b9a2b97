#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

// Looking an algorithm up by name takes longer than digesting a short message: it is looked up
// once, by whichever thread comes first, and kept until the process ends.

static EVP_MD *theseus_sha256_algorithm = NULL;
static CRYPTO_ONCE theseus_sha256_once = CRYPTO_ONCE_STATIC_INIT;

static inline void theseus_sha256_look_up(void) {
    theseus_sha256_algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
}

static inline const EVP_MD *theseus_sha256(void) {
    if (!CRYPTO_THREAD_run_once(&theseus_sha256_once, theseus_sha256_look_up)) return NULL;
    return theseus_sha256_algorithm;
}

// Each writes 32 bytes to `digest` and returns 1, or returns 0: no memory, or no SHA-256.

static inline int theseus_sha256_digest(
    const unsigned char *bytes, size_t count, unsigned char *digest
) {
    const EVP_MD *algorithm = theseus_sha256();
    return algorithm && EVP_Digest(bytes, count, digest, NULL, algorithm, NULL);
}

static inline int theseus_sha256_hmac(
    const unsigned char *key, int key_count, const unsigned char *bytes, size_t count,
    unsigned char *digest
) {
    const EVP_MD *algorithm = theseus_sha256();
    return algorithm && HMAC(algorithm, key, key_count, bytes, count, digest, NULL);
}

// Base64 as RFC 4648 has it, padded. `text` takes 4 bytes for each 3 begun, and a zero byte.

static inline int theseus_base64_encode(unsigned char *text, const unsigned char *bytes, int count) {
    return EVP_EncodeBlock(text, bytes, count);
}

// Gives 3 bytes for each 4 of `text`, those of the padding too; -1 for what is no base64.

static inline int theseus_base64_decode(unsigned char *bytes, const unsigned char *text, int count) {
    return EVP_DecodeBlock(bytes, text, count);
}
