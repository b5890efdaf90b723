#pragma once

#include <atomic>

#include "base/result.h"
#include "certgen/openssl_handles.h"

/// Random primes for RSA keys, found faster than with BN_generate_prime_ex.
///
/// One step: draw a random odd start x of the wanted size, strike out of the window
/// x, x+2, ..., x+2(kWindow-1) whatever has a factor below 2^20, and put what is left to
/// Miller-Rabin tests, in a random order, until a prime is found. A window without a prime is
/// dropped for a new start.
///
/// The primes meet the conditions that FIPS 186-5 A.1.3 sets for p and q (size, gcd(p-1, e), error
/// of the primality test; the distance of p and q is checked where they meet, see rsa_key.h). But
/// A.1.3 draws each candidate anew, and this does not: no conformance with FIPS 186-5 is claimed.
///
/// Bias. A search that takes the first prime after x prefers primes that follow a long gap: each is
/// taken with a probability proportional to the gap before it. Taking a random prime of the window
/// removes that. What remains is that a prime with few others within 2*kWindow of it is taken
/// somewhat more often than one with many: the probability is that of an even choice times the mean
/// of 11.5 / (primes in the window) over the windows that contain it, and for primes of 2048 bits
/// that number is 11.5 on average with a standard deviation of about 3.4. So no prime is preferred
/// by more than a small factor, which takes a few bits at the very most from the more than 2000
/// bits of entropy, and gives a factoring algorithm nothing to hold on to. The same holds for
/// parallel searches of which the first to finish counts: the time a search takes depends on how
/// many primes its window has, in the same way.
///
/// Error. The chance to return a composite is at most the sum, over the kWindow places of the
/// window, of the chance that the number there is composite and passes t rounds. The number at each
/// place is by itself evenly distributed over the range, so Damgard, Landrock and Pomerance (Math.
/// Comp. 61, 1993) bound it: p(k,t) < k^1.5 2^t t^-0.5 4^(2-sqrt(tk)), which is 2^-157 for k = 2048
/// and t = 4, given that a number passes; that a number at a given place passes has a chance of
/// about 1/710. With a factor of at most 2 because the range starts at sqrt(2)*2^2047 the sum is
/// below 2^-152, where 2^-128 is asked for. Four rounds are also what table B.1 of FIPS 186-5 has.
/// For shorter numbers, which only tests ask for, 64 rounds give 4^-64 in the worst case.
namespace certgen {

/// Exponentiations so far, for comparison with the floor: (1 / chance of a sieved number to be
/// prime) + 3 further rounds for the winner, 57.6 + 3 for 2048 bits.
struct PrimeSearchCost {
  std::atomic<long> exponentiations = 0;
  std::atomic<long> primes = 0;
};

/// A random prime p with `bits` bits (a multiple of 64, at least 256), p >= sqrt(2) * 2^(bits-1)
/// and gcd(p-1, 65537) = 1. An empty handle when `stop` became true. Errors: kInternal.
base::Result<Bignum> find_prime(int bits, const std::atomic<bool>& stop, PrimeSearchCost& cost);

/// Whether `number`, odd and larger than 3, passes `rounds` rounds of Miller-Rabin with random
/// bases.
base::Result<bool> is_probable_prime(const Bignum& number, int rounds, PrimeSearchCost& cost);

}  // namespace certgen
