#include "base/base64.h"

#include <openssl/evp.h>

#include <algorithm>
#include <limits>

namespace base {

Secret to_base64(std::span<const std::uint8_t> bytes) {
  // OpenSSL counts in int and ends the text with a zero byte.
  static constexpr std::size_t kStepBytes = std::size_t{3} << 20U;
  Secret text;
  for (std::size_t done = 0; done < bytes.size(); done += kStepBytes) {
    const auto step = bytes.subspan(done, std::min(kStepBytes, bytes.size() - done));
    Secret encoded((step.size() + 2) / 3 * 4 + 1);
    const int size = EVP_EncodeBlock(encoded.writable_bytes().data(), step.data(),
                                     static_cast<int>(step.size()));
    text.append(encoded.bytes().first(static_cast<std::size_t>(size)));
  }
  return text;
}

std::optional<Secret> from_base64(std::string_view text) {
  if (text.size() % 4 != 0 || text.size() > std::numeric_limits<int>::max()) return std::nullopt;
  if (text.empty()) return Secret();
  Secret bytes(text.size() / 4 * 3);
  const int size = EVP_DecodeBlock(bytes.writable_bytes().data(),
                                   reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  if (size != static_cast<int>(bytes.size())) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  bytes.truncate(bytes.size() - padding);
  // OpenSSL tolerates white space at the ends and stray bits in the last symbol.
  if (to_base64(bytes.bytes()).expose() != text) return std::nullopt;
  return bytes;
}

}  // namespace base
