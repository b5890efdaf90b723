#include "base/locked_memory.h"

#include <openssl/crypto.h>

#include <new>

namespace base {
namespace {

// Locked memory is populated at once, and the relay keeps its copy: so no more than secrets of a
// usual node need.
constexpr std::size_t kHeapBytes = 128 << 10;
// OpenSSL takes what its random generator and private keys need from there too, and fails where
// there is nothing left.
constexpr std::size_t kForSecrets = kHeapBytes / 2;
constexpr std::size_t kLeastBytes = 32;

bool has_heap() {
  static const bool made = CRYPTO_secure_malloc_init(kHeapBytes, kLeastBytes) != 0;
  return made;
}

}  // namespace

template <typename T>
T* LockedAllocator<T>::allocate(std::size_t count) {
  const std::size_t bytes = count * sizeof(T);
  void* address = nullptr;
  if (has_heap() && CRYPTO_secure_used() + bytes <= kForSecrets)
    address = OPENSSL_secure_malloc(bytes);
  return static_cast<T*>(address != nullptr ? address : ::operator new(bytes));
}

template <typename T>
void LockedAllocator<T>::deallocate(T* address, std::size_t /*count*/) noexcept {
  if (CRYPTO_secure_allocated(address) == 1)
    OPENSSL_secure_free(address);
  else
    ::operator delete(address);
}

template struct LockedAllocator<std::uint8_t>;

}  // namespace base
