#pragma once

#include "base/result.h"
#include "certgen/openssl_handles.h"

namespace certgen {

/// Whether two primes of `bits` bits are as far apart as FIPS 186-5 A.1.3 step 5.4 asks:
/// |p - q| > 2^(bits - 100).
[[nodiscard]] bool are_far_apart(const Bignum& p, const Bignum& q, int bits);

/// The RSA key of two primes with e = 65537, complete with the CRT values, after a pair-wise check:
/// it signs, and the signature verifies. Errors: kInternal.
base::Result<PrivateKey> make_rsa_key(Bignum p, Bignum q);

}  // namespace certgen
