#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/secret.h"

/// Writes DER (X.690). Private keys pass through here, so every intermediate buffer zeroes itself.
namespace certgen::der {

enum Tag : std::uint8_t {
  kBoolean = 0x01,
  kInteger = 0x02,
  kBitString = 0x03,
  kOctetString = 0x04,
  kNull = 0x05,
  kObjectIdentifier = 0x06,
  kUtf8String = 0x0C,
  kPrintableString = 0x13,
  kBmpString = 0x1E,
  kSequence = 0x30,
  kSet = 0x31,
};
/// [number] of the context class, primitive or constructed.
[[nodiscard]] constexpr std::uint8_t context_tag(unsigned number, bool constructed) {
  return static_cast<std::uint8_t>(0x80U | (constructed ? 0x20U : 0U) | number);
}

[[nodiscard]] base::Secret element(std::uint8_t tag, std::span<const std::uint8_t> content);
[[nodiscard]] base::Secret element(std::uint8_t tag, std::string_view content);
[[nodiscard]] base::Secret integer(std::uint32_t value);
[[nodiscard]] base::Secret octets(std::span<const std::uint8_t> content);
/// From dotted form: "2.5.29.17".
[[nodiscard]] base::Secret object_identifier(std::string_view dotted);

/// The parts, encoded already, one after the other under one tag.
template <typename... Parts>
[[nodiscard]] base::Secret group(std::uint8_t tag, const Parts&... parts) {
  base::Secret body;
  (body.append(parts.bytes()), ...);
  return element(tag, body.bytes());
}
template <typename... Parts>
[[nodiscard]] base::Secret sequence(const Parts&... parts) {
  return group(kSequence, parts...);
}
template <typename... Parts>
[[nodiscard]] base::Secret set(const Parts&... parts) {
  return group(kSet, parts...);
}

}  // namespace certgen::der
