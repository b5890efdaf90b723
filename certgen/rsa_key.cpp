#include "certgen/rsa_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "base/secret.h"
#include "certgen/openssl_error.h"

namespace certgen {
namespace {

constexpr unsigned long kPublicExponent = 65537;

Bignum constant_time_number() {
  Bignum number(BN_new());
  if (number) BN_set_flags(number.get(), BN_FLG_CONSTTIME);
  return number;
}

struct RsaNumbers {
  Bignum p, q;
  Bignum n = constant_time_number();
  Bignum e = constant_time_number();
  Bignum d = constant_time_number();
  Bignum d_p = constant_time_number();
  Bignum d_q = constant_time_number();
  Bignum q_inverse = constant_time_number();
};

/// FIPS 186-5 A.1.1: d is the inverse of e modulo the least common multiple of p-1 and q-1, and
/// larger than 2^(nlen/2). RFC 8017 section 3.2 has the other values.
bool derive(RsaNumbers& key) {
  const OpenSslHandle<BN_CTX> context(BN_CTX_secure_new());
  const Bignum p_1 = constant_time_number();
  const Bignum q_1 = constant_time_number();
  const Bignum gcd = constant_time_number();
  const Bignum product = constant_time_number();
  const Bignum lcm = constant_time_number();
  BN_CTX* c = context.get();
  return c != nullptr && key.n && key.e && key.d && key.d_p && key.d_q && key.q_inverse && p_1 &&
         q_1 && gcd && product && lcm && BN_set_word(key.e.get(), kPublicExponent) == 1 &&
         BN_mul(key.n.get(), key.p.get(), key.q.get(), c) == 1 &&
         BN_sub(p_1.get(), key.p.get(), BN_value_one()) == 1 &&
         BN_sub(q_1.get(), key.q.get(), BN_value_one()) == 1 &&
         BN_mul(product.get(), p_1.get(), q_1.get(), c) == 1 &&
         BN_gcd(gcd.get(), p_1.get(), q_1.get(), c) == 1 &&
         BN_div(lcm.get(), nullptr, product.get(), gcd.get(), c) == 1 &&
         BN_mod_inverse(key.d.get(), key.e.get(), lcm.get(), c) != nullptr &&
         BN_num_bits(key.d.get()) > BN_num_bits(key.n.get()) / 2 &&
         BN_mod(key.d_p.get(), key.d.get(), p_1.get(), c) == 1 &&
         BN_mod(key.d_q.get(), key.d.get(), q_1.get(), c) == 1 &&
         BN_mod_inverse(key.q_inverse.get(), key.q.get(), key.p.get(), c) != nullptr;
}

/// Names with numbers for EVP_PKEY_fromdata, in buffers that zero themselves.
class KeyParameters {
 public:
  bool add(const char* name, const Bignum& number) {
    base::Secret native(static_cast<std::size_t>(BN_num_bytes(number.get())));
    const auto bytes = native.writable_bytes();
    if (BN_bn2nativepad(number.get(), bytes.data(), static_cast<int>(bytes.size())) < 0)
      return false;
    parameters_.push_back(OSSL_PARAM_construct_BN(name, bytes.data(), bytes.size()));
    buffers_.push_back(std::move(native));
    return true;
  }
  OSSL_PARAM* finish() {
    parameters_.push_back(OSSL_PARAM_construct_end());
    return parameters_.data();
  }

 private:
  std::vector<base::Secret> buffers_;
  std::vector<OSSL_PARAM> parameters_;
};

PrivateKey assemble(const RsaNumbers& numbers) {
  KeyParameters parameters;
  EVP_PKEY* key = nullptr;
  const OpenSslHandle<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  if (context && parameters.add(OSSL_PKEY_PARAM_RSA_N, numbers.n) &&
      parameters.add(OSSL_PKEY_PARAM_RSA_E, numbers.e) &&
      parameters.add(OSSL_PKEY_PARAM_RSA_D, numbers.d) &&
      parameters.add(OSSL_PKEY_PARAM_RSA_FACTOR1, numbers.p) &&
      parameters.add(OSSL_PKEY_PARAM_RSA_FACTOR2, numbers.q) &&
      parameters.add(OSSL_PKEY_PARAM_RSA_EXPONENT1, numbers.d_p) &&
      parameters.add(OSSL_PKEY_PARAM_RSA_EXPONENT2, numbers.d_q) &&
      parameters.add(OSSL_PKEY_PARAM_RSA_COEFFICIENT1, numbers.q_inverse) &&
      EVP_PKEY_fromdata_init(context.get()) == 1)
    EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEYPAIR, parameters.finish());
  return PrivateKey(key);
}

/// What the private half signs, the public half verifies; and nothing else.
bool signs_and_verifies(const PrivateKey& key) {
  static constexpr std::string_view kText = "pair-wise consistency";
  const auto* text = reinterpret_cast<const unsigned char*>(kText.data());
  std::vector<unsigned char> signature(static_cast<std::size_t>(EVP_PKEY_get_size(key.get())));
  std::size_t size = signature.size();
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  const bool good = context != nullptr &&
                    EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
                    EVP_DigestSign(context, signature.data(), &size, text, kText.size()) == 1 &&
                    EVP_MD_CTX_reset(context) == 1 &&
                    EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
                    EVP_DigestVerify(context, signature.data(), size, text, kText.size()) == 1;
  EVP_MD_CTX_free(context);
  return good;
}

}  // namespace

bool are_far_apart(const Bignum& p, const Bignum& q, int bits) {
  const Bignum difference = constant_time_number();
  return difference && BN_sub(difference.get(), p.get(), q.get()) == 1 &&
         BN_num_bits(difference.get()) > bits - 100;
}

base::Result<PrivateKey> make_rsa_key(Bignum p, Bignum q) {
  RsaNumbers numbers;
  // The coefficient is the inverse of the second prime modulo the first.
  if (BN_cmp(p.get(), q.get()) < 0) std::swap(p, q);
  numbers.p = std::move(p);
  numbers.q = std::move(q);
  if (!derive(numbers)) return openssl_error("derive an RSA key from its primes");
  PrivateKey key = assemble(numbers);
  if (!key) return openssl_error("assemble an RSA key");
  if (!signs_and_verifies(key)) return openssl_error("sign and verify with a new RSA key");
  return key;
}

}  // namespace certgen
