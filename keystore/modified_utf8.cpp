#include "keystore/modified_utf8.h"

namespace keystore {
namespace {

constexpr std::uint32_t kFirstSupplementary = 0x10000;

bool is_high_surrogate(std::uint32_t unit) {
  return unit >= 0xD800 && unit <= 0xDBFF;
}
bool is_low_surrogate(std::uint32_t unit) {
  return unit >= 0xDC00 && unit <= 0xDFFF;
}

/// Steps over one character of one to four bytes. nullopt: malformed, or cut off.
std::optional<std::uint32_t> next_code_point(std::string_view& text) {
  const auto lead = static_cast<std::uint8_t>(text.front());
  const std::size_t length = lead < 0x80             ? 1
                             : (lead & 0xE0) == 0xC0 ? 2
                             : (lead & 0xF0) == 0xE0 ? 3
                             : (lead & 0xF8) == 0xF0 ? 4
                                                     : 0;
  if (length == 0 || length > text.size()) return std::nullopt;
  std::uint32_t point = length == 1 ? lead : lead & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    const auto byte = static_cast<std::uint8_t>(text[i]);
    if ((byte & 0xC0U) != 0x80U) return std::nullopt;
    point = (point << 6U) | (byte & 0x3FU);
  }
  text.remove_prefix(length);
  return point;
}

void append_up_to_three_bytes(std::uint32_t unit, std::string& out) {
  if (unit < 0x80) {
    out += static_cast<char>(unit);
  } else if (unit < 0x800) {
    out += static_cast<char>(0xC0U | (unit >> 6U));
    out += static_cast<char>(0x80U | (unit & 0x3FU));
  } else {
    out += static_cast<char>(0xE0U | (unit >> 12U));
    out += static_cast<char>(0x80U | ((unit >> 6U) & 0x3FU));
    out += static_cast<char>(0x80U | (unit & 0x3FU));
  }
}

void append_utf8(std::uint32_t point, std::string& out) {
  if (point < kFirstSupplementary) return append_up_to_three_bytes(point, out);
  out += static_cast<char>(0xF0U | (point >> 18U));
  out += static_cast<char>(0x80U | ((point >> 12U) & 0x3FU));
  out += static_cast<char>(0x80U | ((point >> 6U) & 0x3FU));
  out += static_cast<char>(0x80U | (point & 0x3FU));
}

void append_modified(std::uint32_t point, std::string& out) {
  if (point == 0) {
    out += "\xC0\x80";
  } else if (point < kFirstSupplementary) {
    append_up_to_three_bytes(point, out);
  } else {
    const std::uint32_t offset = point - kFirstSupplementary;
    append_up_to_three_bytes(0xD800U | (offset >> 10U), out);
    append_up_to_three_bytes(0xDC00U | (offset & 0x3FFU), out);
  }
}

}  // namespace

std::optional<std::string> from_modified_utf8(std::span<const std::uint8_t> bytes) {
  std::string_view rest(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  std::string utf8;
  std::uint32_t pending_high = 0;
  while (!rest.empty()) {
    const auto unit = next_code_point(rest);
    if (!unit || *unit >= kFirstSupplementary) return std::nullopt;
    if (pending_high != 0 && is_low_surrogate(*unit)) {
      append_utf8(kFirstSupplementary + ((pending_high & 0x3FFU) << 10U) + (*unit & 0x3FFU), utf8);
      pending_high = 0;
      continue;
    }
    if (pending_high != 0) append_utf8(pending_high, utf8);
    pending_high = is_high_surrogate(*unit) ? *unit : 0;
    if (pending_high == 0) append_utf8(*unit, utf8);
  }
  if (pending_high != 0) append_utf8(pending_high, utf8);
  return utf8;
}

std::optional<std::string> to_modified_utf8(std::string_view utf8) {
  std::string modified;
  while (!utf8.empty()) {
    const auto point = next_code_point(utf8);
    if (!point || *point > 0x10FFFF) return std::nullopt;
    append_modified(*point, modified);
  }
  return modified;
}

}  // namespace keystore
