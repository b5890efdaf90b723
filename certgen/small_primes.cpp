#include "certgen/small_primes.h"

#include <bit>
#include <limits>

namespace certgen {
namespace {

__extension__ using Wide = unsigned __int128;

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
      groups.push_back({1, i, 0, 0, 0});
    groups.back().product *= primes[i];
    ++groups.back().count;
  }
  for (PrimeGroup& each : groups) {
    each.divisor = each.product << static_cast<unsigned>(std::countl_zero(each.product));
    each.reciprocal = static_cast<std::uint64_t>(~Wide{0} / each.divisor);
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

std::uint64_t remainder(std::span<const std::uint64_t> words, const PrimeGroup& group) {
  std::uint64_t rest = 0;
  for (std::size_t i = words.size(); i-- > 0;) {
    const Wide estimate = Wide{group.reciprocal} * rest + ((Wide{rest} << 64U) | words[i]);
    const std::uint64_t quotient = static_cast<std::uint64_t>(estimate >> 64U) + 1;
    rest = words[i] - quotient * group.divisor;
    rest += rest > static_cast<std::uint64_t>(estimate) ? group.divisor : 0;
    rest -= rest >= group.divisor ? group.divisor : 0;
  }
  return rest;
}

}  // namespace certgen
