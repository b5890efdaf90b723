#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/locked_memory.h"

namespace base {

/// Bytes that must not outlive their use: a password, a private key, an API key. Moves but does
/// not copy (clone() says so aloud), zeroes every buffer it lets go of, is not swapped to disk as
/// far as there is locked memory for it, and has no stream operator and no implicit conversion, so
/// that it cannot be printed by accident.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::size_t size_bytes) : bytes_(size_bytes) {}
  ~Secret() { wipe(); }
  Secret(Secret&& other) noexcept : bytes_(std::move(other.bytes_)) { other.bytes_.clear(); }
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;

  [[nodiscard]] static Secret copy_of(std::string_view text);
  [[nodiscard]] static Secret copy_of(std::span<const std::uint8_t> bytes);
  [[nodiscard]] Secret clone() const { return copy_of(bytes()); }

  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  [[nodiscard]] std::span<const std::uint8_t> bytes() const { return bytes_; }
  [[nodiscard]] std::span<std::uint8_t> writable_bytes() { return bytes_; }
  /// The bytes as text, for the one call that needs them. Do not store the view.
  [[nodiscard]] std::string_view expose() const {
    return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
  }

  /// Appends; a buffer that is outgrown is zeroed before it is freed.
  void append(std::span<const std::uint8_t> more);
  void append(std::string_view more);
  /// Shortens to `size_bytes` and zeroes what is cut. Longer than now: no effect.
  void truncate(std::size_t size_bytes);
  void wipe() noexcept;

  /// Compares in a time that depends on the sizes only.
  [[nodiscard]] bool equals(const Secret& other) const;

 private:
  std::vector<std::uint8_t, LockedAllocator<std::uint8_t>> bytes_;
};

/// Overwrites memory that is not a Secret (an argv or environ string) so that it stays overwritten.
void wipe_memory(void* address, std::size_t size_bytes) noexcept;

}  // namespace base
