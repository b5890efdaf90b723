#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

/// What distinguishes the formats 3 to 7 (behaviour page section 6, the table).
namespace keystore {

inline constexpr std::uint32_t kHeaderMagic = 0x3FD76C17;  ///< Lucene's codec header
inline constexpr std::uint32_t kFooterMagic = 0xC02893E8;  ///< Lucene's codec footer
inline constexpr std::string_view kCodecName = "elasticsearch.keystore";
inline constexpr std::size_t kFooterSizeBytes = 16;
inline constexpr std::size_t kSaltSizeBytes = 64;
inline constexpr std::size_t kIvSizeBytes = 12;
inline constexpr std::size_t kTagSizeBytes = 16;
/// The longest IV that OpenSSL takes for GCM; keystores have 12 bytes.
inline constexpr std::size_t kMaxIvSizeBytes = 128;

struct FormatTraits {
  int kdf_iterations = 0;
  std::size_t key_size_bytes = 0;
  bool lengths_little_endian = false;
  bool entries_carry_type = false;
};

/// `format` is between kOldestReadableFormat and kNewestFormat.
[[nodiscard]] constexpr FormatTraits traits_of(int format) {
  return {format >= 6 ? 210'000 : 10'000, format >= 7 ? std::size_t{32} : std::size_t{16},
          format >= 5, format == 3};
}

}  // namespace keystore
