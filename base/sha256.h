#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "base/result.h"

namespace base {

using Sha256 = std::array<std::uint8_t, 32>;

/// FIPS 180-4. Error: kInternal where OpenSSL does not offer it.
Result<Sha256> sha256(std::span<const std::uint8_t> bytes);

}  // namespace base
