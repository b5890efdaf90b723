#include "base/random.h"

#include <openssl/rand.h>

#include <array>

#include "base/openssl_init.h"

namespace base {

Result<void> fill_random(std::span<std::uint8_t> out) {
  if (out.empty()) return {};
  init_openssl();
  if (RAND_priv_bytes(out.data(), static_cast<int>(out.size())) != 1)
    return Error{ErrorKind::kInternal, "the random generator of OpenSSL gives no bytes",
                 "check that the getrandom system call works here", 0};
  return {};
}

Result<Secret> random_text(std::size_t length, std::string_view alphabet) {
  // Bytes from `limit` on would favour the first symbols, so they are drawn again.
  const unsigned limit = 256U - 256U % static_cast<unsigned>(alphabet.size());
  Secret text;
  while (text.size() < length) {
    Secret pool(2 * length);
    BASE_CHECK(fill_random(pool.writable_bytes()));
    for (const std::uint8_t byte : pool.bytes()) {
      if (byte >= limit || text.size() == length) continue;
      text.append(alphabet.substr(byte % alphabet.size(), 1));
    }
  }
  return text;
}

Result<Secret> random_uuid_base64() {
  static constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  Secret uuid(16);
  const auto raw = uuid.writable_bytes();
  BASE_CHECK(fill_random(raw));
  raw[6] = (raw[6] & 0x0FU) | 0x40U;  // RFC 9562 section 5.4: version 4
  raw[8] = (raw[8] & 0x3FU) | 0x80U;  // and its variant
  Secret text;
  for (std::size_t bit = 0; bit < 128; bit += 6) {
    const unsigned pair = (raw[bit / 8] << 8U) | (bit / 8 + 1 < 16 ? raw[bit / 8 + 1] : 0U);
    text.append(kAlphabet.substr((pair >> (10U - bit % 8)) & 0x3FU, 1));
  }
  return text;
}

}  // namespace base
