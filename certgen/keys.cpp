#include "certgen/keys.h"

#include <openssl/decoder.h>
#include <openssl/ec.h>
#include <openssl/encoder.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "base/openssl_init.h"
#include "certgen/openssl_error.h"
#include "certgen/parallel_search.h"
#include "certgen/prime_search.h"
#include "certgen/rsa_key.h"

namespace certgen {
namespace {

using KeyContext = OpenSslHandle<EVP_PKEY_CTX>;
constexpr int kRsaBits = 4096;  // behaviour page 4.3; e = 65537 is OpenSSL's default

struct OpenSslMemory {
  std::size_t size = 0;
  unsigned char* bytes = nullptr;
  ~OpenSslMemory() { OPENSSL_clear_free(bytes, size); }
};

/// Ends EVP_PKEY_keygen early when the search is over.
int keep_going(EVP_PKEY_CTX* context) {
  const auto* stop = static_cast<const std::atomic<bool>*>(EVP_PKEY_CTX_get_app_data(context));
  return *stop ? 0 : 1;
}

base::Result<PrivateKey> openssl_rsa_key(const std::atomic<bool>& stop) {
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* key = nullptr;
  if (!context || EVP_PKEY_keygen_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), kRsaBits) != 1)
    return openssl_error("set up an RSA key");
  EVP_PKEY_CTX_set_app_data(context.get(), const_cast<std::atomic<bool>*>(&stop));
  EVP_PKEY_CTX_set_cb(context.get(), keep_going);
  if (EVP_PKEY_generate(context.get(), &key) != 1) {
    if (stop) return PrivateKey();
    return openssl_error("make an RSA key");
  }
  return PrivateKey(key);
}

base::Result<std::vector<PrivateKey>> openssl_rsa_keys(int count, const OnKey& on_key) {
  std::vector<PrivateKey> keys;
  ParallelSearch<PrivateKey> search(openssl_rsa_key, count);
  while (std::ssize(keys) < count) {
    BASE_TRY(PrivateKey key, search.next());
    keys.push_back(std::move(key));
    if (on_key) on_key(static_cast<int>(keys.size()), count);
  }
  return keys;
}

/// `first` with another prime far enough from it.
base::Result<PrivateKey> pair_up(ParallelSearch<Bignum>& search, Bignum first, bool is_last,
                                 int prime_bits) {
  while (true) {
    BASE_TRY(Bignum second, search.next());
    if (!are_far_apart(first, second, prime_bits)) continue;
    if (is_last) search.stop();
    return make_rsa_key(std::move(first), std::move(second));
  }
}

base::Result<std::vector<PrivateKey>> ec_keys(const char* curve, int count, const OnKey& on_key) {
  std::vector<PrivateKey> keys;
  while (std::ssize(keys) < count) {
    keys.emplace_back(EVP_EC_gen(curve));
    if (!keys.back()) return openssl_error("make an EC key");
    if (on_key) on_key(static_cast<int>(keys.size()), count);
  }
  return keys;
}

base::Result<base::Secret> encode(const PrivateKey& key, const char* format) {
  OSSL_ENCODER_CTX* context =
      OSSL_ENCODER_CTX_new_for_pkey(key.get(), EVP_PKEY_KEYPAIR, format, "PrivateKeyInfo", nullptr);
  OpenSslMemory encoded;
  const int done = OSSL_ENCODER_to_data(context, &encoded.bytes, &encoded.size);
  OSSL_ENCODER_CTX_free(context);
  if (done != 1) return openssl_error("encode a private key");
  return base::Secret::copy_of(std::span<const std::uint8_t>(encoded.bytes, encoded.size));
}

}  // namespace

base::Result<std::vector<PrivateKey>> search_rsa_keys(int bits, int count, const OnKey& on_key,
                                                      PrimeSearchCost& cost) {
  base::init_openssl();
  const int prime_bits = bits / 2;
  std::vector<PrivateKey> keys;
  // With two workers for each of the two primes of a key, at most every other sieve is in vain.
  ParallelSearch<Bignum> search(
      [&](const std::atomic<bool>& stop) { return find_prime(prime_bits, stop, cost); }, 4 * count);
  while (std::ssize(keys) < count) {
    BASE_TRY(Bignum first, search.next());
    BASE_TRY(PrivateKey key,
             pair_up(search, std::move(first), std::ssize(keys) + 1 == count, prime_bits));
    keys.push_back(std::move(key));
    if (on_key) on_key(static_cast<int>(keys.size()), count);
  }
  return keys;
}

base::Result<std::vector<PrivateKey>> make_keys(KeyType type, KeySearch search, int count,
                                                const OnKey& on_key) {
  base::init_openssl();
  if (type == KeyType::kEcP256) return ec_keys("P-256", count, on_key);
  if (type == KeyType::kEcP384) return ec_keys("P-384", count, on_key);
  if (search == KeySearch::kOpenSsl) return openssl_rsa_keys(count, on_key);
  PrimeSearchCost cost;
  return search_rsa_keys(kRsaBits, count, on_key, cost);
}

base::Result<base::Secret> private_key_der(const PrivateKey& key) {
  return encode(key, "DER");
}

base::Result<base::Secret> private_key_pem(const PrivateKey& key) {
  return encode(key, "PEM");
}

namespace {

base::Result<PrivateKey> decode(std::span<const std::uint8_t> bytes, const char* form) {
  base::init_openssl();
  EVP_PKEY* key = nullptr;
  OSSL_DECODER_CTX* context = OSSL_DECODER_CTX_new_for_pkey(&key, form, "PrivateKeyInfo", nullptr,
                                                            EVP_PKEY_KEYPAIR, nullptr, nullptr);
  const unsigned char* at = bytes.data();
  std::size_t left = bytes.size();
  const int done = OSSL_DECODER_from_data(context, &at, &left);
  OSSL_DECODER_CTX_free(context);
  PrivateKey owned(key);
  if (done != 1 || left != 0) {
    base::Error error = openssl_error("read a private key in PKCS#8 form");
    error.kind = base::ErrorKind::kData;
    return error;
  }
  return owned;
}

}  // namespace

base::Result<PrivateKey> parse_private_key(std::span<const std::uint8_t> pkcs8) {
  return decode(pkcs8, "DER");
}

base::Result<PrivateKey> parse_private_key_pem(const base::Secret& pem) {
  return decode(pem.bytes(), "PEM");
}

bool is_rsa(const PrivateKey& key) {
  return EVP_PKEY_get_base_id(key.get()) == EVP_PKEY_RSA;
}

KeyType type_of(const PrivateKey& key) {
  if (is_rsa(key)) return KeyType::kRsa4096;
  return EVP_PKEY_get_bits(key.get()) == 384 ? KeyType::kEcP384 : KeyType::kEcP256;
}

}  // namespace certgen
