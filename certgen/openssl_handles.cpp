#include "certgen/openssl_handles.h"

#include <openssl/x509.h>

namespace certgen {

void OpenSslFree::operator()(bignum_st* number) const noexcept {
  BN_clear_free(number);
}
void OpenSslFree::operator()(bignum_ctx* context) const noexcept {
  BN_CTX_free(context);
}
void OpenSslFree::operator()(bio_st* bio) const noexcept {
  BIO_free_all(bio);
}
void OpenSslFree::operator()(bn_mont_ctx_st* context) const noexcept {
  BN_MONT_CTX_free(context);
}
void OpenSslFree::operator()(evp_pkey_st* key) const noexcept {
  EVP_PKEY_free(key);
}
void OpenSslFree::operator()(evp_pkey_ctx_st* context) const noexcept {
  EVP_PKEY_CTX_free(context);
}
void OpenSslFree::operator()(X509_name_st* name) const noexcept {
  X509_NAME_free(name);
}
void OpenSslFree::operator()(x509_st* certificate) const noexcept {
  X509_free(certificate);
}

Certificate share(const Certificate& certificate) {
  if (certificate) X509_up_ref(certificate.get());
  return Certificate(certificate.get());
}

}  // namespace certgen
