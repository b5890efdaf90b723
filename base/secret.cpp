#include "base/secret.h"

#include <strings.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace base {

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe();
    bytes_ = std::move(other.bytes_);
    other.bytes_.clear();
  }
  return *this;
}

Secret Secret::copy_of(std::string_view text) {
  Secret copy;
  copy.append(text);
  return copy;
}

Secret Secret::copy_of(std::span<const std::uint8_t> bytes) {
  Secret copy;
  copy.append(bytes);
  return copy;
}

void Secret::append(std::span<const std::uint8_t> more) {
  if (more.empty()) return;
  const std::size_t needed = bytes_.size() + more.size();
  if (needed > bytes_.capacity()) {
    decltype(bytes_) larger;
    larger.reserve(std::max(needed, bytes_.capacity() * 2));
    larger.assign(bytes_.begin(), bytes_.end());
    wipe();
    bytes_ = std::move(larger);
  }
  bytes_.insert(bytes_.end(), more.begin(), more.end());
}

void Secret::append(std::string_view more) {
  append(std::span(reinterpret_cast<const std::uint8_t*>(more.data()), more.size()));
}

void Secret::truncate(std::size_t size_bytes) {
  if (size_bytes >= bytes_.size()) return;
  wipe_memory(bytes_.data() + size_bytes, bytes_.size() - size_bytes);
  bytes_.resize(size_bytes);
}

void Secret::wipe() noexcept {
  wipe_memory(bytes_.data(), bytes_.size());
  bytes_.clear();
}

bool Secret::equals(const Secret& other) const {
  if (size() != other.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < size(); ++i) difference |= unsigned{bytes_[i]} ^ other.bytes_[i];
  return difference == 0;
}

void wipe_memory(void* address, std::size_t size_bytes) noexcept {
  if (size_bytes != 0) explicit_bzero(address, size_bytes);
}

}  // namespace base
