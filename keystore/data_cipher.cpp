#include "keystore/data_cipher.h"

#include <openssl/evp.h>

#include <limits>
#include <memory>
#include <string>

#include "base/byte_cursor.h"
#include "base/openssl_init.h"
#include "keystore/format.h"

namespace keystore {
namespace {

struct FreeCipherContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, FreeCipherContext>;

// OpenSSL counts in int. The sizes were checked by fits_openssl.
int as_int(std::size_t size) {
  return static_cast<int>(size);
}

bool fits_openssl(std::size_t size_bytes) {
  return size_bytes < std::size_t{std::numeric_limits<int>::max()} - kTagSizeBytes;
}

base::Error damaged(const std::string& what) {
  return {base::ErrorKind::kData, "the encrypted part of the keystore is damaged: " + what,
          "restore the file from a copy, or delete it and create a new one", 0};
}

base::Error openssl_refuses(const std::string& what) {
  return {base::ErrorKind::kInternal, "OpenSSL refuses " + what,
          "check that this OpenSSL offers AES-GCM and PBKDF2 with SHA-512", 0};
}

base::Result<base::Secret> derive_key(const base::Secret& passphrase,
                                      std::span<const std::uint8_t> salt, int format) {
  base::init_openssl();
  const FormatTraits traits = traits_of(format);
  base::Secret key(traits.key_size_bytes);
  if (PKCS5_PBKDF2_HMAC(passphrase.empty() ? "" : passphrase.expose().data(),
                        as_int(passphrase.size()), salt.data(), as_int(salt.size()),
                        traits.kdf_iterations, EVP_sha512(), as_int(key.size()),
                        key.writable_bytes().data()) != 1)
    return openssl_refuses("to derive a key from the keystore passphrase");
  return key;
}

const EVP_CIPHER* cipher_of(int format) {
  return traits_of(format).key_size_bytes == 32 ? EVP_aes_256_gcm() : EVP_aes_128_gcm();
}

/// A context with key, IV and additional data in place; null when OpenSSL refuses one of them.
CipherContext start_cipher(const base::Secret& key, std::span<const std::uint8_t> salt,
                           std::span<const std::uint8_t> iv, int format, int encrypting) {
  CipherContext context(EVP_CIPHER_CTX_new());
  int ignored = 0;
  if (!context ||
      EVP_CipherInit_ex(context.get(), cipher_of(format), nullptr, nullptr, nullptr, encrypting) !=
          1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_IVLEN, as_int(iv.size()), nullptr) != 1 ||
      EVP_CipherInit_ex(context.get(), nullptr, nullptr, key.bytes().data(), iv.data(),
                        encrypting) != 1 ||
      EVP_CipherUpdate(context.get(), nullptr, &ignored, salt.data(), as_int(salt.size())) != 1)
    return nullptr;
  return context;
}

base::Result<std::span<const std::uint8_t>> take_counted(base::ByteReader& in, int format) {
  BASE_TRY(const std::uint32_t size,
           traits_of(format).lengths_little_endian ? in.u32_le() : in.u32_be());
  return in.take(size);
}

}  // namespace

base::Result<EncryptedData> split_data_block(std::span<const std::uint8_t> block, int format) {
  base::ByteReader in(block);
  EncryptedData data;
  for (auto* part : {&data.salt, &data.iv, &data.ciphertext_and_tag}) {
    auto taken = take_counted(in, format);
    if (!taken) return damaged(taken.error().message);
    *part = taken.value();
  }
  if (in.remaining() != 0) return damaged("bytes follow the ciphertext");
  if (data.salt.empty() || data.iv.empty() || data.iv.size() > kMaxIvSizeBytes)
    return damaged("its salt or IV has an impossible size");
  if (data.ciphertext_and_tag.size() < kTagSizeBytes) return damaged("it is too short");
  return data;
}

std::vector<std::uint8_t> join_data_block(const EncryptedData& data, int format) {
  base::ByteWriter out;
  for (const auto& part : {data.salt, data.iv, data.ciphertext_and_tag}) {
    const auto size = static_cast<std::uint32_t>(part.size());
    traits_of(format).lengths_little_endian ? out.u32_le(size) : out.u32_be(size);
    out.bytes(part);
  }
  return {out.written().begin(), out.written().end()};
}

base::Result<base::Secret> decrypt(const EncryptedData& data, const base::Secret& passphrase,
                                   int format) {
  if (!fits_openssl(data.ciphertext_and_tag.size()) || !fits_openssl(passphrase.size()))
    return openssl_refuses("that much at once");
  BASE_TRY(const base::Secret key, derive_key(passphrase, data.salt, format));
  const CipherContext context = start_cipher(key, data.salt, data.iv, format, 0);
  const std::size_t size = data.ciphertext_and_tag.size() - kTagSizeBytes;
  std::vector<std::uint8_t> tag(data.ciphertext_and_tag.begin() + as_int(size),
                                data.ciphertext_and_tag.end());
  base::Secret plaintext(size);
  int written = 0;
  if (!context ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, as_int(tag.size()), tag.data()) !=
          1 ||
      EVP_DecryptUpdate(context.get(), plaintext.writable_bytes().data(), &written,
                        data.ciphertext_and_tag.data(), as_int(size)) != 1)
    return openssl_refuses("to decrypt the keystore");
  std::uint8_t unused = 0;
  if (EVP_DecryptFinal_ex(context.get(), &unused, &written) != 1)
    return base::Error{base::ErrorKind::kData, "the keystore passphrase is wrong",
                       "give the passphrase that the keystore was last saved with", 0};
  return plaintext;
}

base::Result<std::vector<std::uint8_t>> encrypt(const base::Secret& plaintext,
                                                const base::Secret& passphrase,
                                                std::span<const std::uint8_t> salt,
                                                std::span<const std::uint8_t> iv, int format) {
  if (!fits_openssl(plaintext.size()) || !fits_openssl(passphrase.size()))
    return openssl_refuses("that much at once");
  BASE_TRY(const base::Secret key, derive_key(passphrase, salt, format));
  const CipherContext context = start_cipher(key, salt, iv, format, 1);
  std::vector<std::uint8_t> out(plaintext.size() + kTagSizeBytes);
  std::uint8_t* const tag = out.data() + plaintext.size();
  int written = 0;
  if (!context ||
      EVP_EncryptUpdate(context.get(), out.data(), &written, plaintext.bytes().data(),
                        as_int(plaintext.size())) != 1 ||
      EVP_EncryptFinal_ex(context.get(), tag, &written) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, as_int(kTagSizeBytes), tag) != 1)
    return openssl_refuses("to encrypt the keystore");
  return out;
}

}  // namespace keystore
