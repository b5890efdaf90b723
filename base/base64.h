#pragma once

#include <optional>
#include <string_view>

#include "base/secret.h"

namespace base {

/// RFC 4648 section 4, with padding, in one line.
[[nodiscard]] Secret to_base64(std::span<const std::uint8_t> bytes);

/// The bytes of a text that to_base64 could have made; nullopt for every other one.
[[nodiscard]] std::optional<Secret> from_base64(std::string_view text);

}  // namespace base
