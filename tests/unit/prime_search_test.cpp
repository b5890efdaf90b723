#include "certgen/prime_search.h"

#include <doctest/doctest.h>
#include <openssl/bn.h>
#include <openssl/evp.h>

#include <set>
#include <string>
#include <vector>

#include "certgen/keys.h"
#include "certgen/rsa_key.h"
#include "certgen/small_primes.h"

using certgen::Bignum;

namespace {

Bignum number(const char* decimal) {
  BIGNUM* parsed = nullptr;
  REQUIRE(BN_dec2bn(&parsed, decimal) > 0);
  return Bignum(parsed);
}

bool probable_prime(const char* decimal) {
  certgen::PrimeSearchCost cost;
  return certgen::is_probable_prime(number(decimal), 20, cost).value();
}

/// OpenSSL checks that p and q are prime, that n = pq, and every other value against them.
bool openssl_approves(const certgen::PrivateKey& key) {
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr);
  const bool good = EVP_PKEY_check(context) == 1;
  EVP_PKEY_CTX_free(context);
  return good;
}

}  // namespace

TEST_CASE("the table has every odd prime below 2^20") {
  const certgen::SmallPrimes& table = certgen::small_primes();
  CHECK(table.primes.size() == 82024);  // the 82025 primes below 2^20, without 2
  CHECK(table.primes.front() == 3);
  CHECK(table.primes.back() == 1048573);
  std::size_t grouped = 0;
  for (const certgen::PrimeGroup& group : table.groups) {
    CHECK(group.first == grouped);
    grouped += group.count;
    std::uint64_t product = group.product;
    for (std::uint32_t i = 0; i < group.count; ++i) {
      CHECK(product % table.primes[group.first + i] == 0);
      product /= table.primes[group.first + i];
    }
    CHECK(product == 1);
  }
  CHECK(grouped == table.primes.size());
}

TEST_CASE("remainders by reciprocal are those of a division") {
  std::vector<std::vector<std::uint64_t>> numbers{
      {}, {0}, {1}, {~0ULL}, {0, 1}, std::vector<std::uint64_t>(32, ~0ULL)};
  std::uint64_t state = 88172645463325252;  // xorshift, so that a failure can be repeated
  for (int i = 0; i < 20; ++i) {
    numbers.emplace_back();
    for (int k = 0; k < 32; ++k) {
      state ^= state << 13U;
      state ^= state >> 7U;
      state ^= state << 17U;
      numbers.back().push_back(state);
    }
  }
  int checked = 0;
  for (const auto& words : numbers) {
    const Bignum whole(BN_lebin2bn(reinterpret_cast<const unsigned char*>(words.data()),
                                   static_cast<int>(words.size() * 8), nullptr));
    for (const certgen::PrimeGroup& group : certgen::small_primes().groups) {
      const std::uint64_t rest = certgen::remainder(words, group);
      if (rest % group.product != BN_mod_word(whole.get(), group.product)) FAIL("differs");
      ++checked;
    }
  }
  CHECK(checked > 500000);
}

TEST_CASE("Miller-Rabin tells primes from pseudoprimes") {
  for (const char* prime : {"5", "65537", "2147483647", "170141183460469231731687303715884105727"})
    CHECK_MESSAGE(probable_prime(prime), prime);
  for (const char* composite : {
           "9", "561", "41041", "825265",             // Carmichael numbers
           "3215031751",                              // strong pseudoprime to the bases 2, 3, 5, 7
           "3825123056546413051",                     // and to all up to 23
           "318665857834031151167461",                // and to all up to 37
           "340282366920938463463374607431768211457"  // 2^128 + 1
       })
    CHECK_MESSAGE(!probable_prime(composite), composite);
}

TEST_CASE("found primes meet the conditions and are never the same") {
  certgen::PrimeSearchCost cost;
  const std::atomic<bool> stop = false;
  std::set<std::string> seen;
  BN_CTX* context = BN_CTX_new();
  for (int i = 0; i < 60; ++i) {
    auto found = certgen::find_prime(512, stop, cost);
    REQUIRE(found.ok());
    const Bignum& prime = found.value();
    CHECK(BN_check_prime(prime.get(), context, nullptr) == 1);
    CHECK(BN_num_bits(prime.get()) == 512);
    CHECK(BN_mod_word(prime.get(), 65537) > 1);
    const Bignum square(BN_new());
    BN_sqr(square.get(), prime.get(), context);
    CHECK(BN_num_bits(square.get()) == 1024);  // so two of them make a modulus of full length
    char* hex = BN_bn2hex(prime.get());
    CHECK(seen.insert(hex).second);
    OPENSSL_free(hex);
  }
  BN_CTX_free(context);
  CHECK(cost.primes == 60);
}

TEST_CASE("a stopped search gives up") {
  certgen::PrimeSearchCost cost;
  const std::atomic<bool> stop = true;
  const auto found = certgen::find_prime(2048, stop, cost);
  REQUIRE(found.ok());
  CHECK(found.value() == nullptr);
  CHECK(cost.exponentiations == 0);
}

TEST_CASE("primes too close to each other are told") {
  const Bignum p = number("170141183460469231731687303715884105727");  // 127 bits
  const Bignum near = number("170141183460469231731687303715884105757");
  const Bignum far = number("2147483647");
  CHECK_FALSE(certgen::are_far_apart(p, near, 127));
  CHECK(certgen::are_far_apart(p, far, 127));
}

TEST_CASE("a key whose factors are not prime is not handed out") {
  certgen::PrimeSearchCost cost;
  const std::atomic<bool> stop = false;
  auto prime = certgen::find_prime(512, stop, cost);
  REQUIRE(prime.ok());
  Bignum composite(BN_dup(prime.value().get()));
  BN_add_word(composite.get(), 2);
  while (BN_check_prime(composite.get(), nullptr, nullptr) == 1) BN_add_word(composite.get(), 2);
  CHECK_FALSE(certgen::make_rsa_key(std::move(prime).value(), std::move(composite)).ok());
}

TEST_CASE("a hundred and fifty small keys pass OpenSSL's full check") {
  certgen::PrimeSearchCost cost;
  int reported = 0;
  const auto keys = certgen::search_rsa_keys(
      1024, 150,
      [&](int done, int wanted) {
        CHECK(done == ++reported);
        CHECK(wanted == 150);
      },
      cost);
  REQUIRE(keys.ok());
  CHECK(keys.value().size() == 150);
  CHECK(reported == 150);
  for (const certgen::PrivateKey& key : keys.value()) {
    CHECK(EVP_PKEY_get_bits(key.get()) == 1024);
    CHECK(openssl_approves(key));
  }
  // One odd number in 177 is prime there and one in 12.3 survives the sieve, so 14.4 first rounds
  // and 63 more are the floor. The deviation of the mean of 300 is below 1.
  const double per_prime =
      static_cast<double>(cost.exponentiations) / static_cast<double>(cost.primes);
  CHECK(per_prime == doctest::Approx(77.4).epsilon(0.08));
}

TEST_CASE("keys of 4096 bits pass OpenSSL's full check at the cost of the floor") {
  certgen::PrimeSearchCost cost;
  const auto keys = certgen::search_rsa_keys(4096, 6, {}, cost);
  REQUIRE(keys.ok());
  for (const certgen::PrivateKey& key : keys.value()) {
    CHECK(EVP_PKEY_get_bits(key.get()) == 4096);
    CHECK(openssl_approves(key));
  }
  // 60.6 on average, see prime_search.h. The sum of twelve geometric distributions is above this
  // limit about once in 10^7 runs.
  const double per_prime = static_cast<double>(cost.exponentiations) / 12.0;
  MESSAGE("exponentiations per prime: " << per_prime);
  CHECK(per_prime < 200);
}
