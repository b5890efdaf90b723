#pragma once

#include <cstddef>
#include <cstdint>

namespace base {

/// Gives out memory that is not swapped and not dumped (mlock(2), MADV_DONTDUMP), from OpenSSL's
/// secure heap of 128 KiB, of which half is OpenSSL's own. What does not fit there, or where the
/// limit of locked memory forbids it, is ordinary memory.
template <typename T>
struct LockedAllocator {
  using value_type = T;
  LockedAllocator() = default;
  template <typename U>
  explicit LockedAllocator(const LockedAllocator<U>& /*other*/) {}

  [[nodiscard]] T* allocate(std::size_t count);
  void deallocate(T* address, std::size_t count) noexcept;
  bool operator==(const LockedAllocator& /*other*/) const { return true; }
};

extern template struct LockedAllocator<std::uint8_t>;

}  // namespace base
