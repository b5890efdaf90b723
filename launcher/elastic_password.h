#pragma once

#include "base/result.h"
#include "base/secret.h"

namespace launcher {

/// 20 characters of the alphabet of the stock package scripts (behaviour page 5.1).
base::Result<base::Secret> make_elastic_password();

/// The bcrypt hash of a password, "$2a$<cost>$...", as the server stores it. `cost` is 4 to 31;
/// the server's default is 10. Error: kInternal.
base::Result<base::Secret> bcrypt_hash(const base::Secret& password, int cost);

}  // namespace launcher
