#include "certgen/der.h"

#include <array>
#include <charconv>

namespace certgen::der {
namespace {

base::Secret header(std::uint8_t tag, std::size_t length) {
  std::array<std::uint8_t, 6> bytes{tag};
  std::size_t used = 1;
  if (length < 0x80) {
    bytes[used++] = static_cast<std::uint8_t>(length);
  } else {
    const unsigned width = length > 0xFFFFFF ? 4 : length > 0xFFFF ? 3 : length > 0xFF ? 2 : 1;
    bytes[used++] = static_cast<std::uint8_t>(0x80U | width);
    for (unsigned i = width; i-- > 0;) bytes[used++] = static_cast<std::uint8_t>(length >> (8 * i));
  }
  return base::Secret::copy_of(std::span(bytes).first(used));
}

/// Seven bits a byte, the highest group first (X.690 section 8.19).
void append_base128(base::Secret& out, std::uint32_t value) {
  std::array<std::uint8_t, 5> bytes{};
  std::size_t at = bytes.size();
  bytes[--at] = value & 0x7FU;
  while ((value >>= 7U) != 0) bytes[--at] = static_cast<std::uint8_t>(0x80U | (value & 0x7FU));
  out.append(std::span(bytes).subspan(at));
}

}  // namespace

base::Secret element(std::uint8_t tag, std::span<const std::uint8_t> content) {
  base::Secret out = header(tag, content.size());
  out.append(content);
  return out;
}

base::Secret element(std::uint8_t tag, std::string_view content) {
  return element(tag,
                 std::span(reinterpret_cast<const std::uint8_t*>(content.data()), content.size()));
}

base::Secret integer(std::uint32_t value) {
  std::array<std::uint8_t, 5> bytes{};
  for (std::size_t i = 0; i < 4; ++i) bytes[4 - i] = static_cast<std::uint8_t>(value >> (8 * i));
  // The shortest form that keeps the sign bit clear (X.690 section 8.3.2).
  std::size_t at = 0;
  while (at + 1 < bytes.size() && bytes[at] == 0 && bytes[at + 1] < 0x80) ++at;
  return element(kInteger, std::span<const std::uint8_t>(bytes).subspan(at));
}

base::Secret octets(std::span<const std::uint8_t> content) {
  return element(kOctetString, content);
}

base::Secret object_identifier(std::string_view dotted) {
  base::Secret content;
  std::uint32_t first = 0;
  for (int index = 0; !dotted.empty(); ++index) {
    std::uint32_t arc = 0;
    const char* end = std::from_chars(dotted.data(), dotted.data() + dotted.size(), arc).ptr;
    dotted.remove_prefix(static_cast<std::size_t>(end - dotted.data()));
    if (!dotted.empty()) dotted.remove_prefix(1);
    if (index == 0)
      first = arc;
    else
      append_base128(content, index == 1 ? first * 40 + arc : arc);
  }
  return element(kObjectIdentifier, content.bytes());
}

}  // namespace certgen::der
