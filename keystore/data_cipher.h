#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "base/secret.h"

/// The encrypted part of a keystore: AES-GCM (NIST SP 800-38D) under a key from
/// PBKDF2-HMAC-SHA512 (RFC 8018), the salt being the additional data (behaviour page section 6).
namespace keystore {

/// Views into a data block.
struct EncryptedData {
  std::span<const std::uint8_t> salt;
  std::span<const std::uint8_t> iv;
  std::span<const std::uint8_t> ciphertext_and_tag;
};

/// Splits the data block of `format` by its three lengths. Error: kData.
base::Result<EncryptedData> split_data_block(std::span<const std::uint8_t> block, int format);

/// The reverse of split_data_block.
[[nodiscard]] std::vector<std::uint8_t> join_data_block(const EncryptedData& data, int format);

/// One key derivation. Errors: kData where the tag does not match, kInternal.
base::Result<base::Secret> decrypt(const EncryptedData& data, const base::Secret& passphrase,
                                   int format);

/// One key derivation; ciphertext followed by the tag. Error: kInternal.
base::Result<std::vector<std::uint8_t>> encrypt(const base::Secret& plaintext,
                                                const base::Secret& passphrase,
                                                std::span<const std::uint8_t> salt,
                                                std::span<const std::uint8_t> iv, int format);

}  // namespace keystore
