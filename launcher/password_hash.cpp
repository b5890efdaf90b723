#include "launcher/password_hash.h"

#include <crypt.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <string_view>

#include "base/base64.h"
#include "base/openssl_init.h"
#include "base/random.h"
#include "base/text.h"

namespace launcher {
namespace {

constexpr std::size_t kBcryptSaltBytes = 16;
constexpr std::size_t kPbkdf2Bytes = 32;
constexpr std::array kIterations{1000U, 10000U, 50000U, 100000U, 500000U, 1000000U};

base::Error no_hash(const std::string& what) {
  return {base::ErrorKind::kInternal, "the password cannot be hashed with " + what, "", 0};
}

/// libxcrypt's 32 KiB of working memory, zeroed after use.
class CryptWorkspace {
 public:
  CryptWorkspace() : data_(std::make_unique<crypt_data>()) {}
  ~CryptWorkspace() { base::wipe_memory(data_.get(), sizeof(crypt_data)); }
  CryptWorkspace(const CryptWorkspace&) = delete;
  CryptWorkspace& operator=(const CryptWorkspace&) = delete;
  crypt_data* get() { return data_.get(); }

 private:
  std::unique_ptr<crypt_data> data_;
};

base::Result<base::Secret> bcrypt(const base::Secret& password, unsigned cost) {
  base::Secret entropy(kBcryptSaltBytes);
  BASE_CHECK(base::fill_random(entropy.writable_bytes()));
  std::array<char, CRYPT_GENSALT_OUTPUT_SIZE> setting{};
  const char* const made = crypt_gensalt_rn(
      "$2a$", cost, reinterpret_cast<const char*>(entropy.bytes().data()),
      static_cast<int>(entropy.size()), setting.data(), static_cast<int>(setting.size()));
  base::Secret terminated = password.clone();
  terminated.append(std::string_view("\0", 1));
  CryptWorkspace workspace;
  const char* const hash = made == nullptr
                               ? nullptr
                               : crypt_r(reinterpret_cast<const char*>(terminated.bytes().data()),
                                         setting.data(), workspace.get());
  if (hash == nullptr || *hash == '*') return no_hash("bcrypt");
  return base::Secret::copy_of(std::string_view(hash));
}

base::Result<base::Secret> hex_sha512(const base::Secret& text) {
  base::Secret digest(64);
  if (EVP_Digest(text.bytes().data(), text.size(), digest.writable_bytes().data(), nullptr,
                 EVP_sha512(), nullptr) != 1)
    return no_hash("SHA-512");
  std::string hex = base::to_hex(digest.bytes());
  base::Secret out = base::Secret::copy_of(hex);
  base::wipe_memory(hex.data(), hex.size());
  return out;
}

base::Result<base::Secret> pbkdf2(const base::Secret& password, unsigned iterations,
                                  std::string_view prefix) {
  base::Secret salt(kPbkdf2Bytes);
  BASE_CHECK(base::fill_random(salt.writable_bytes()));
  base::Secret hash(kPbkdf2Bytes);
  if (PKCS5_PBKDF2_HMAC(reinterpret_cast<const char*>(password.bytes().data()),
                        static_cast<int>(password.size()), salt.bytes().data(),
                        static_cast<int>(salt.size()), static_cast<int>(iterations), EVP_sha512(),
                        static_cast<int>(hash.size()), hash.writable_bytes().data()) != 1)
    return no_hash("PBKDF2");
  base::Secret text = base::Secret::copy_of(prefix);
  text.append(std::to_string(iterations) + "$");
  text.append(base::to_base64(salt.bytes()).bytes());
  text.append("$");
  text.append(base::to_base64(hash.bytes()).bytes());
  return text;
}

std::optional<unsigned> number(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<HashAlgorithm> pbkdf2_named(HashAlgorithm::Family family, std::string_view rest) {
  if (rest.empty()) return HashAlgorithm{family, 10000};
  const auto iterations = rest.starts_with('_') ? number(rest.substr(1)) : std::nullopt;
  if (!iterations ||
      std::find(kIterations.begin(), kIterations.end(), *iterations) == kIterations.end())
    return std::nullopt;
  return HashAlgorithm{family, *iterations};
}

}  // namespace

std::optional<HashAlgorithm> parse_hash_algorithm(const std::string& name) {
  constexpr std::string_view kBcrypt = "bcrypt";
  constexpr std::string_view kPbkdf2 = "pbkdf2";
  constexpr std::string_view kStretch = "pbkdf2_stretch";
  const std::string_view text = name;
  if (text.starts_with(kStretch))
    return pbkdf2_named(HashAlgorithm::Family::kPbkdf2Stretch, text.substr(kStretch.size()));
  if (text.starts_with(kPbkdf2))
    return pbkdf2_named(HashAlgorithm::Family::kPbkdf2, text.substr(kPbkdf2.size()));
  if (!text.starts_with(kBcrypt)) return std::nullopt;
  if (text == kBcrypt) return HashAlgorithm{};
  const auto cost = number(text.substr(kBcrypt.size()));
  if (!cost || *cost < 4 || *cost > 14) return std::nullopt;
  return HashAlgorithm{HashAlgorithm::Family::kBcrypt, *cost};
}

base::Result<base::Secret> hash_password(const base::Secret& password,
                                         const HashAlgorithm& algorithm) {
  base::init_openssl();
  switch (algorithm.family) {
    case HashAlgorithm::Family::kBcrypt:
      return bcrypt(password, algorithm.cost);
    case HashAlgorithm::Family::kPbkdf2:
      return pbkdf2(password, algorithm.cost, "{PBKDF2}");
    case HashAlgorithm::Family::kPbkdf2Stretch:
      break;
  }
  BASE_TRY(const base::Secret stretched, hex_sha512(password));
  return pbkdf2(stretched, algorithm.cost, "{PBKDF2_STRETCH}");
}

base::Result<base::Secret> make_elastic_password() {
  return base::random_text(20,
                           "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789*-_=+");
}

}  // namespace launcher
