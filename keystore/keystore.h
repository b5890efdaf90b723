#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"

/// The file elasticsearch.keystore, formats 3 to 7 (behaviour page section 6), as values: bytes in,
/// entries out and back. Nothing here touches a file.
namespace keystore {

inline constexpr int kOldestReadableFormat = 3;
inline constexpr int kOldestWritableFormat = 5;
inline constexpr int kNewestFormat = 7;

/// The largest file that is read or written; the stock tool's own heap ends far below.
inline constexpr std::size_t kMaxFileSizeBytes = std::size_t{64} << 20U;
/// What the entries may take of it, names and lengths included.
inline constexpr std::size_t kMaxEntriesSizeBytes = kMaxFileSizeBytes - 1024;

/// Setting name to value: UTF-8 text for string settings, raw bytes for file settings.
using Entries = std::map<std::string, base::Secret>;

/// A keystore file with its frame checked and its entries still encrypted.
struct Sealed {
  int format = kNewestFormat;
  bool has_passphrase = false;
  /// Salt, IV and ciphertext with their lengths, as in the file and in ServerArgs.
  std::vector<std::uint8_t> data_block;
};

/// Checks magic, name, format, lengths and the CRC of the footer. `newest_format` is the one that
/// the node writes: it cannot read later ones. Errors: kIo, with what is wrong; kInternal for a
/// passphrase flag or a format that cannot be read, older or newer.
base::Result<Sealed> parse(std::span<const std::uint8_t> file, int newest_format = kNewestFormat);

/// Decrypts: one key derivation. `passphrase` is empty for a keystore without one. Error: kData for
/// a wrong passphrase (or damage: AES-GCM cannot tell them apart) and for contents that no keystore
/// has.
base::Result<Entries> unseal(const Sealed& sealed, const base::Secret& passphrase);

/// Encrypts with a new salt and IV: one key derivation. An empty passphrase gives a keystore
/// without one. `format` is 5 to 7. Errors: kInternal.
base::Result<Sealed> seal(const Entries& entries, const base::Secret& passphrase, int format);

/// The bytes of the file.
[[nodiscard]] std::vector<std::uint8_t> serialize(const Sealed& sealed);

/// Whether `name` matches [A-Za-z0-9_\-.]+.
[[nodiscard]] bool is_valid_name(std::string_view name);

inline constexpr std::string_view kSeedName = "keystore.seed";
/// 20 characters of the stock alphabet of 76; every keystore has such an entry.
base::Result<base::Secret> make_seed();

}  // namespace keystore
