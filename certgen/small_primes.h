#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace certgen {

/// Consecutive odd primes whose product fits into 64 bits, ready for division by that product.
struct PrimeGroup {
  std::uint64_t product = 1;
  std::uint32_t first = 0;  ///< index into SmallPrimes::primes
  std::uint32_t count = 0;
  std::uint64_t divisor = 0;     ///< the product, shifted until its top bit is set
  std::uint64_t reciprocal = 0;  ///< floor((2^128 - 1) / divisor) - 2^64
};

struct SmallPrimes {
  std::vector<std::uint32_t> primes;  ///< 3, 5, 7, ... below kSieveLimit
  /// All of them in order, so that one division of a long number serves several primes.
  std::vector<PrimeGroup> groups;
};

/// Sieving further would cost more than the exponentiations it saves.
inline constexpr std::uint32_t kSieveLimit = 1U << 20U;

/// The table, made at the first call.
[[nodiscard]] const SmallPrimes& small_primes();

/// A number that leaves the same remainders as `words` (the lowest first) modulo the primes of
/// `group`: the remainder modulo its divisor. Division by multiplication with the reciprocal, after
/// Moeller and Granlund, "Improved division by invariant integers" (IEEE Transactions on Computers
/// 60, 2011), algorithm 4: three times as fast as the processor's division, and in a time that does
/// not depend on the number.
[[nodiscard]] std::uint64_t remainder(std::span<const std::uint64_t> words,
                                      const PrimeGroup& group);

}  // namespace certgen
