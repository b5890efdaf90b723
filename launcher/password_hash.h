#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "base/secret.h"

namespace launcher {

/// How the server hashes passwords: xpack.security.authc.password_hashing.algorithm.
struct HashAlgorithm {
  enum class Family { kBcrypt, kPbkdf2, kPbkdf2Stretch };
  Family family = Family::kBcrypt;
  unsigned cost = 10;  ///< of bcrypt the logarithm of the rounds, of PBKDF2 the iterations
};

/// "bcrypt", "bcrypt4" to "bcrypt14", "pbkdf2", "pbkdf2_<n>", "pbkdf2_stretch",
/// "pbkdf2_stretch_<n>"; nullopt for any other name.
[[nodiscard]] std::optional<HashAlgorithm> parse_hash_algorithm(const std::string& name);

/// The hash in the server's text form: "$2a$10$...", "{PBKDF2}<n>$<salt>$<hash>" or
/// "{PBKDF2_STRETCH}<n>$<salt>$<hash>", the latter two with HMAC-SHA512 and 32 bytes of salt and of
/// hash in base64; stretch hashes the hexadecimal SHA-512 of the password (seen: 8.19.21). Error:
/// kInternal.
base::Result<base::Secret> hash_password(const base::Secret& password,
                                         const HashAlgorithm& algorithm);

/// 20 characters of the alphabet of the stock package scripts (behaviour page 5.1).
base::Result<base::Secret> make_elastic_password();

}  // namespace launcher
