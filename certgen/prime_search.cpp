#include "certgen/prime_search.h"

#include <openssl/bn.h>

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "base/random.h"
#include "certgen/openssl_error.h"
#include "certgen/small_primes.h"

namespace certgen {
namespace {

using Context = OpenSslHandle<BN_CTX>;
using Montgomery = OpenSslHandle<BN_MONT_CTX>;

constexpr std::uint32_t kWindow = 1U << 13U;
constexpr std::uint32_t kPublicExponent = 65537;
constexpr int kWellStudiedBits = 2048;

int rounds_for(int bits) {
  return bits >= kWellStudiedBits ? 4 : 64;
}

base::Error no_memory() {
  return openssl_error("search for a prime");
}

/// Evenly distributed over the odd numbers of [sqrt(2)*2^(bits-1), 2^bits).
base::Result<Bignum> random_start(int bits) {
  // The first 64 bits of sqrt(2) as a binary fraction of 2, rounded up.
  static constexpr std::uint64_t kSqrt2 = 0xB504F333F9DE6485;
  base::Secret bytes(static_cast<std::size_t>(bits) / 8);
  const auto raw = bytes.writable_bytes();
  std::uint64_t head = 0;
  do {
    BASE_CHECK(base::fill_random(raw));
    raw.front() |= 0x80U;
    raw.back() |= 1U;
    head = 0;
    for (std::size_t i = 0; i < 8; ++i) head = (head << 8U) | raw[i];
  } while (head < kSqrt2);
  Bignum start(BN_bin2bn(raw.data(), static_cast<int>(raw.size()), nullptr));
  if (!start) return no_memory();
  BN_set_flags(start.get(), BN_FLG_CONSTTIME);
  return start;
}

/// The smallest i >= 0 with start + 2i = target (mod prime), given start mod prime.
std::uint32_t first_hit(std::uint32_t start_residue, std::uint32_t target, std::uint32_t prime) {
  const std::uint32_t distance = (target + prime - start_residue) % prime;
  return distance % 2 == 0 ? distance / 2 : (distance + prime) / 2;
}

/// Places in the window. They tell the start modulo every small prime, which by the Chinese
/// remainder theorem is the start itself: so they are overwritten.
class Places {
 public:
  Places() { all_.reserve(kWindow); }
  ~Places() { base::wipe_memory(all_.data(), all_.size() * sizeof(std::uint32_t)); }
  Places(const Places&) = delete;
  Places& operator=(const Places&) = delete;
  [[nodiscard]] std::vector<std::uint32_t>& all() { return all_; }

 private:
  std::vector<std::uint32_t> all_;
};

class Window {
 public:
  void strike(std::uint32_t from, std::uint32_t step) {
    for (std::uint32_t i = from; i < kWindow; i += step) struck_.writable_bytes()[i] = 1;
  }
  void collect_free(std::vector<std::uint32_t>& places) const {
    for (std::uint32_t i = 0; i < kWindow; ++i)
      if (struck_.bytes()[i] == 0) places.push_back(i);
  }

 private:
  base::Secret struck_{kWindow};
};

/// The 64-bit words of a number of `bits` bits, the lowest first, in a buffer that zeroes itself.
class Words {
  static_assert(std::endian::native == std::endian::little);

 public:
  Words(const Bignum& number, int bits) : bytes_(static_cast<std::size_t>(bits) / 8) {
    BN_bn2lebinpad(number.get(), bytes_.writable_bytes().data(), bits / 8);
  }
  [[nodiscard]] std::span<const std::uint64_t> all() const {
    return {reinterpret_cast<const std::uint64_t*>(bytes_.bytes().data()), bytes_.size() / 8};
  }

 private:
  base::Secret bytes_;
};

/// Finds the places i whose numbers start + 2i have no factor below kSieveLimit and are not 1
/// modulo the public exponent.
void sieve(const Bignum& start, int bits, std::vector<std::uint32_t>& places) {
  Window window;
  const Words words(start, bits);
  const SmallPrimes& table = small_primes();
  for (const PrimeGroup& group : table.groups) {
    const std::uint64_t residue = remainder(words.all(), group);
    for (std::uint32_t k = 0; k < group.count; ++k) {
      const std::uint32_t prime = table.primes[group.first + k];
      const auto start_residue = static_cast<std::uint32_t>(residue % prime);
      window.strike(first_hit(start_residue, 0, prime), prime);
      if (prime == kPublicExponent) window.strike(first_hit(start_residue, 1, prime), prime);
    }
  }
  window.collect_free(places);
}

/// Fisher and Yates. The remainder of a 64-bit number prefers no place by more than 2^-50.
base::Result<void> shuffle(std::vector<std::uint32_t>& places) {
  std::vector<std::uint64_t> random(places.size());
  BASE_CHECK(base::fill_random(
      {reinterpret_cast<std::uint8_t*>(random.data()), random.size() * sizeof(std::uint64_t)}));
  for (std::size_t left = places.size(); left > 1; --left)
    std::swap(places[left - 1], places[random[left - 1] % left]);
  return {};
}

/// Miller-Rabin (FIPS 186-5 B.3.1) for one odd number after the other, with OpenSSL's
/// constant-time exponentiation.
class PrimalityTest {
 public:
  explicit PrimalityTest(PrimeSearchCost& cost)
      : cost_(cost),
        context_(BN_CTX_secure_new()),
        montgomery_(BN_MONT_CTX_new()),
        less_one_(BN_new()),
        odd_part_(BN_new()),
        base_(BN_new()),
        power_(BN_new()) {}

  /// Whether `number` passes `rounds` rounds with random bases.
  base::Result<bool> passes(const Bignum& number, int rounds) {
    if (!power_ || !context_ || !montgomery_ || !prepare(number)) return no_memory();
    for (int i = 0; i < rounds; ++i) {
      BASE_TRY(const bool passed, one_round(number));
      if (!passed) return false;
    }
    return true;
  }

 private:
  bool prepare(const Bignum& number) {
    if (!less_one_ || !odd_part_ || !base_) return false;
    BN_set_flags(odd_part_.get(), BN_FLG_CONSTTIME);
    if (BN_sub(less_one_.get(), number.get(), BN_value_one()) != 1) return false;
    twos_ = 1;
    while (BN_is_bit_set(less_one_.get(), twos_) == 0) ++twos_;
    return BN_rshift(odd_part_.get(), less_one_.get(), twos_) == 1 &&
           BN_MONT_CTX_set(montgomery_.get(), number.get(), context_.get()) == 1;
  }

  /// base_ = random in [2, number - 2]
  bool draw_base() {
    do {
      if (BN_priv_rand_range_ex(base_.get(), less_one_.get(), 0, context_.get()) != 1) return false;
    } while (BN_is_zero(base_.get()) || BN_is_one(base_.get()));
    return true;
  }

  base::Result<bool> one_round(const Bignum& number) {
    ++cost_.exponentiations;
    if (!draw_base() ||
        BN_mod_exp_mont_consttime(power_.get(), base_.get(), odd_part_.get(), number.get(),
                                  context_.get(), montgomery_.get()) != 1)
      return no_memory();
    if (BN_is_one(power_.get()) || BN_cmp(power_.get(), less_one_.get()) == 0) return true;
    for (int i = 1; i < twos_; ++i) {
      if (BN_mod_sqr(power_.get(), power_.get(), number.get(), context_.get()) != 1)
        return no_memory();
      if (BN_cmp(power_.get(), less_one_.get()) == 0) return true;
    }
    return false;
  }

  PrimeSearchCost& cost_;
  Context context_;
  Montgomery montgomery_;
  Bignum less_one_;  ///< number - 1 = 2^twos_ * odd_part_
  Bignum odd_part_;
  Bignum base_;
  Bignum power_;
  int twos_ = 0;
};

}  // namespace

base::Result<bool> is_probable_prime(const Bignum& number, int rounds, PrimeSearchCost& cost) {
  return PrimalityTest(cost).passes(number, rounds);
}

base::Result<Bignum> find_prime(int bits, const std::atomic<bool>& stop, PrimeSearchCost& cost) {
  PrimalityTest test(cost);
  while (!stop) {
    BASE_TRY(const Bignum start, random_start(bits));
    Places places;
    sieve(start, bits, places.all());
    BASE_CHECK(shuffle(places.all()));
    for (const std::uint32_t place : places.all()) {
      if (stop) return Bignum();
      Bignum candidate(BN_dup(start.get()));
      if (!candidate || BN_add_word(candidate.get(), 2UL * place) != 1) return no_memory();
      if (BN_num_bits(candidate.get()) != bits) continue;
      BASE_TRY(const bool prime, test.passes(candidate, rounds_for(bits)));
      if (!prime) continue;
      BN_set_flags(candidate.get(), BN_FLG_CONSTTIME);
      ++cost.primes;
      return candidate;
    }
  }
  return Bignum();
}

}  // namespace certgen
