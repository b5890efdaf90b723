#include "keystore/keystore.h"

#include <algorithm>
#include <array>

#include "base/random.h"
#include "keystore/data_cipher.h"
#include "keystore/entry_codec.h"
#include "keystore/format.h"

namespace keystore {

bool is_valid_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  });
}

base::Result<Entries> unseal(const Sealed& sealed, const base::Secret& passphrase) {
  BASE_TRY(const EncryptedData data, split_data_block(sealed.data_block, sealed.format));
  BASE_TRY(const base::Secret plaintext, decrypt(data, passphrase, sealed.format));
  return decode_entries(plaintext, traits_of(sealed.format).entries_carry_type);
}

base::Result<Sealed> seal(const Entries& entries, const base::Secret& passphrase, int format) {
  if (format < kOldestWritableFormat || format > kNewestFormat)
    return base::Error{base::ErrorKind::kInternal,
                       "keystore format " + std::to_string(format) + " cannot be written", "", 0};
  BASE_TRY(const base::Secret plaintext, encode_entries(entries));
  if (plaintext.size() > kMaxEntriesSizeBytes)
    return base::Error{base::ErrorKind::kInternal, "the entries do not fit into one keystore",
                       "remove entries, or keep large files outside of the keystore", 0};
  std::array<std::uint8_t, kSaltSizeBytes> salt{};
  std::array<std::uint8_t, kIvSizeBytes> iv{};
  BASE_CHECK(base::fill_random(salt));
  BASE_CHECK(base::fill_random(iv));
  BASE_TRY(const auto ciphertext, encrypt(plaintext, passphrase, salt, iv, format));
  return Sealed{format, !passphrase.empty(), join_data_block({salt, iv, ciphertext}, format)};
}

base::Result<base::Secret> make_seed() {
  return base::random_text(
      20, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789~!@#$%^&*-_=+?");
}

}  // namespace keystore
