#include "certgen/small_primes.h"

#include <limits>

namespace certgen {
namespace {

/// Sieve of Eratosthenes over the odd numbers; slot i stands for 2i+1.
std::vector<std::uint32_t> odd_primes() {
  std::vector<char> composite(kSieveLimit / 2);
  std::vector<std::uint32_t> primes;
  for (std::uint32_t p = 3; p < kSieveLimit; p += 2) {
    if (composite[p / 2] != 0) continue;
    primes.push_back(p);
    for (std::uint64_t multiple = std::uint64_t{p} * p; multiple < kSieveLimit; multiple += 2UL * p)
      composite[multiple / 2] = 1;
  }
  return primes;
}

std::vector<PrimeGroup> group(const std::vector<std::uint32_t>& primes) {
  std::vector<PrimeGroup> groups(1);
  for (std::uint32_t i = 0; i < primes.size(); ++i) {
    if (groups.back().product > std::numeric_limits<std::uint64_t>::max() / primes[i])
      groups.push_back({1, i, 0});
    groups.back().product *= primes[i];
    ++groups.back().count;
  }
  return groups;
}

SmallPrimes make_table() {
  SmallPrimes table;
  table.primes = odd_primes();
  table.groups = group(table.primes);
  return table;
}

}  // namespace

const SmallPrimes& small_primes() {
  static const SmallPrimes table = make_table();
  return table;
}

}  // namespace certgen
