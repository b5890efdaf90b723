#include "base/sha256.h"

#include <openssl/evp.h>

#include "base/openssl_init.h"

namespace base {

Result<Sha256> sha256(std::span<const std::uint8_t> bytes) {
  init_openssl();
  Sha256 digest{};
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1)
    return Error{ErrorKind::kInternal, "OpenSSL refuses to compute a SHA-256 hash", "", 0};
  return digest;
}

}  // namespace base
