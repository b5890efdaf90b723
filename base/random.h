#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace base {

/// Fills `out` from OpenSSL's random generator (private DRBG: fit for keys). Error: kInternal.
Result<void> fill_random(std::span<std::uint8_t> out);

/// `length` characters, each drawn uniformly and independently from `alphabet` (1 to 256 symbols).
Result<Secret> random_text(std::size_t length, std::string_view alphabet);

/// 22 base64url characters of a version-4 UUID's 16 bytes: how the stock launcher makes store
/// passwords and temporary file names (behaviour page 4.4).
Result<Secret> random_uuid_base64();

}  // namespace base
