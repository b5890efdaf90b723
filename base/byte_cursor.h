#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace base {

/// Reads a bounded byte sequence from front to back. Every read past the end is an Error of kind
/// kIo that names the offset; nothing is ever read outside the span.
class ByteReader {
 public:
  explicit ByteReader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  [[nodiscard]] std::size_t position() const { return position_; }
  [[nodiscard]] std::size_t remaining() const { return bytes_.size() - position_; }

  Result<std::uint8_t> u8();
  Result<std::uint16_t> u16_be();
  Result<std::uint32_t> u32_be();
  Result<std::uint32_t> u32_le();
  Result<std::uint64_t> u64_be();
  /// A view of the next `count` bytes.
  Result<std::span<const std::uint8_t>> take(std::size_t count);

 private:
  std::span<const std::uint8_t> bytes_;
  std::size_t position_ = 0;
};

/// Builds a byte sequence in a zeroing buffer.
class ByteWriter {
 public:
  void u8(std::uint8_t value);
  void u16_be(std::uint16_t value);
  void u32_be(std::uint32_t value);
  void u32_le(std::uint32_t value);
  void u64_be(std::uint64_t value);
  void bytes(std::span<const std::uint8_t> more) { buffer_.append(more); }
  void text(std::string_view more) { buffer_.append(more); }

  [[nodiscard]] std::span<const std::uint8_t> written() const { return buffer_.bytes(); }
  /// Hands over what was written and leaves the writer empty.
  [[nodiscard]] Secret take() { return std::move(buffer_); }

 private:
  Secret buffer_;
};

}  // namespace base
