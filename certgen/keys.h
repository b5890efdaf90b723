#pragma once

#include <functional>
#include <span>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "certgen/openssl_handles.h"

namespace certgen {

enum class KeySearch {
  kParallel,  ///< our sieve over all cores, see prime_search.h
  kOpenSsl,   ///< EVP_PKEY_keygen, one key a core
};
enum class KeyType { kRsa4096, kEcP256, kEcP384 };

/// Called from the calling thread with keys done and keys wanted.
using OnKey = std::function<void(int done, int wanted)>;

/// `count` new private keys. Errors: kInternal.
base::Result<std::vector<PrivateKey>> make_keys(KeyType type, KeySearch search, int count,
                                                const OnKey& on_key);

struct PrimeSearchCost;
/// `count` RSA keys of `bits` bits by KeySearch::kParallel, and what it cost. Errors: kInternal.
base::Result<std::vector<PrivateKey>> search_rsa_keys(int bits, int count, const OnKey& on_key,
                                                      PrimeSearchCost& cost);

/// PKCS#8 PrivateKeyInfo (RFC 5958), unencrypted.
base::Result<base::Secret> private_key_der(const PrivateKey& key);

/// The same with PEM armour, "BEGIN PRIVATE KEY".
base::Result<base::Secret> private_key_pem(const PrivateKey& key);

/// From PKCS#8. Error: kData.
base::Result<PrivateKey> parse_private_key(std::span<const std::uint8_t> pkcs8);

/// From PEM that no password protects. Error: kData.
base::Result<PrivateKey> parse_private_key_pem(const base::Secret& pem);

[[nodiscard]] bool is_rsa(const PrivateKey& key);

/// The type of which `key` is; of a kind that is not made here, RSA.
[[nodiscard]] KeyType type_of(const PrivateKey& key);

}  // namespace certgen
