#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

/// The text encoding of Java's DataOutputStream.writeUTF: UTF-16 units of one to three bytes each,
/// so surrogates separately, and U+0000 as C0 80.
namespace keystore {

/// As UTF-8; a surrogate without its partner stays as its three bytes, so that what is read can be
/// written back. nullopt: bytes that readUTF refuses.
[[nodiscard]] std::optional<std::string> from_modified_utf8(std::span<const std::uint8_t> bytes);

/// nullopt: `utf8` is neither UTF-8 nor a result of from_modified_utf8.
[[nodiscard]] std::optional<std::string> to_modified_utf8(std::string_view utf8);

}  // namespace keystore
