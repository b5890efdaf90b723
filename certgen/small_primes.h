#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace certgen {

/// Consecutive odd primes whose product fits into 64 bits.
struct PrimeGroup {
  std::uint64_t product = 1;
  std::uint32_t first = 0;  ///< index into SmallPrimes::primes
  std::uint32_t count = 0;
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

}  // namespace certgen
