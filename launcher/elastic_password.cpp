#include "launcher/elastic_password.h"

#include <crypt.h>

#include <array>
#include <memory>

#include "base/random.h"

namespace launcher {
namespace {

constexpr std::size_t kBcryptSaltBytes = 16;

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

}  // namespace

base::Result<base::Secret> make_elastic_password() {
  return base::random_text(20,
                           "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789*-_=+");
}

base::Result<base::Secret> bcrypt_hash(const base::Secret& password, int cost) {
  base::Secret entropy(kBcryptSaltBytes);
  BASE_CHECK(base::fill_random(entropy.writable_bytes()));
  std::array<char, CRYPT_GENSALT_OUTPUT_SIZE> setting{};
  const char* const made = crypt_gensalt_rn("$2a$", static_cast<unsigned long>(cost),
                                            reinterpret_cast<const char*>(entropy.bytes().data()),
                                            static_cast<int>(entropy.size()), setting.data(),
                                            static_cast<int>(setting.size()));
  base::Secret terminated = password.clone();
  terminated.append(std::string_view("\0", 1));
  CryptWorkspace workspace;
  const char* const hash =
      made == nullptr ? nullptr
                      : crypt_r(terminated.expose().data(), setting.data(), workspace.get());
  if (hash == nullptr || *hash == '*')
    return base::Error{base::ErrorKind::kInternal, "the password cannot be hashed with bcrypt", "",
                       0};
  return base::Secret::copy_of(std::string_view(hash));
}

}  // namespace launcher
