#include "base/byte_cursor.h"

#include <array>
#include <string>

namespace base {
namespace {

std::uint64_t big_endian(std::span<const std::uint8_t> bytes) {
  std::uint64_t value = 0;
  for (const std::uint8_t byte : bytes) value = (value << 8U) | byte;
  return value;
}

template <std::size_t N>
std::array<std::uint8_t, N> to_big_endian(std::uint64_t value) {
  std::array<std::uint8_t, N> bytes{};
  for (std::size_t i = 0; i < N; ++i)
    bytes[N - 1 - i] = static_cast<std::uint8_t>(value >> (8U * i));
  return bytes;
}

}  // namespace

Result<std::span<const std::uint8_t>> ByteReader::take(std::size_t count) {
  if (count > remaining())
    return Error{ErrorKind::kIo,
                 "data ends at byte " + std::to_string(bytes_.size()) + ", " +
                     std::to_string(count) + " more were expected at byte " +
                     std::to_string(position_),
                 "", 0};
  const auto taken = bytes_.subspan(position_, count);
  position_ += count;
  return taken;
}

Result<std::uint8_t> ByteReader::u8() {
  BASE_TRY(const auto raw, take(1));
  return raw[0];
}

Result<std::uint16_t> ByteReader::u16_be() {
  BASE_TRY(const auto raw, take(2));
  return static_cast<std::uint16_t>(big_endian(raw));
}

Result<std::uint32_t> ByteReader::u32_be() {
  BASE_TRY(const auto raw, take(4));
  return static_cast<std::uint32_t>(big_endian(raw));
}

Result<std::uint32_t> ByteReader::u32_le() {
  BASE_TRY(const auto raw, take(4));
  const std::array<std::uint8_t, 4> reversed{raw[3], raw[2], raw[1], raw[0]};
  return static_cast<std::uint32_t>(big_endian(reversed));
}

Result<std::uint64_t> ByteReader::u64_be() {
  BASE_TRY(const auto raw, take(8));
  return big_endian(raw);
}

void ByteWriter::u8(std::uint8_t value) {
  bytes(std::span(&value, 1));
}
void ByteWriter::u16_be(std::uint16_t value) {
  bytes(to_big_endian<2>(value));
}
void ByteWriter::u32_be(std::uint32_t value) {
  bytes(to_big_endian<4>(value));
}
void ByteWriter::u64_be(std::uint64_t value) {
  bytes(to_big_endian<8>(value));
}

void ByteWriter::u32_le(std::uint32_t value) {
  const auto big = to_big_endian<4>(value);
  bytes(std::array<std::uint8_t, 4>{big[3], big[2], big[1], big[0]});
}

}  // namespace base
