// The frame of the file, which is Lucene's: codec header, flag, length, data block and footer.
#include <boost/crc.hpp>

#include "base/byte_cursor.h"
#include "keystore/format.h"
#include "keystore/keystore.h"

namespace keystore {
namespace {

base::Error damaged(const std::string& what) {
  return {base::ErrorKind::kIo, "this is no intact keystore: " + what,
          "restore the file from a copy, or delete it and create a new one", 0};
}

std::uint32_t crc32(std::span<const std::uint8_t> bytes) {
  boost::crc_32_type crc;
  crc.process_bytes(bytes.data(), bytes.size());
  return crc.checksum();
}

base::Result<void> check_header(base::ByteReader& in) {
  BASE_TRY(const std::uint32_t magic, in.u32_be());
  if (magic != kHeaderMagic) return damaged("it does not begin like one");
  // Lucene writes the length as a vint; every name below 128 bytes has it in one byte.
  BASE_TRY(const std::uint8_t name_size, in.u8());
  BASE_TRY(const auto name, in.take(kCodecName.size()));
  if (name_size != kCodecName.size() ||
      std::string_view(reinterpret_cast<const char*>(name.data()), name.size()) != kCodecName)
    return damaged("it is a file of another kind");
  return {};
}

base::Result<int> read_format(base::ByteReader& in, int newest_format) {
  BASE_TRY(const std::uint32_t raw, in.u32_be());
  const auto format = static_cast<std::int32_t>(raw);
  if (format < kOldestReadableFormat)
    return base::Error{base::ErrorKind::kInternal,
                       "keystore format " + std::to_string(format) + " is too old",
                       "formats from " + std::to_string(kOldestReadableFormat) +
                           " on can be read: delete this file and create a new keystore",
                       0};
  if (format > newest_format || format > kNewestFormat)
    return base::Error{base::ErrorKind::kInternal,
                       "keystore format " + std::to_string(format) + " is too new",
                       "a newer Elasticsearch wrote it: use that one, or delete the file and "
                       "create a new keystore",
                       0};
  return format;
}

base::Result<void> check_footer(std::span<const std::uint8_t> file) {
  base::ByteReader in(file.last(kFooterSizeBytes));
  BASE_TRY(const std::uint32_t magic, in.u32_be());
  BASE_TRY(const std::uint32_t algorithm, in.u32_be());
  BASE_TRY(const std::uint64_t checksum, in.u64_be());
  if (magic != kFooterMagic || algorithm != 0) return damaged("its footer is missing");
  if (checksum != crc32(file.first(file.size() - sizeof(checksum))))
    return damaged("its checksum does not match");
  return {};
}

base::Result<Sealed> parse_frame(std::span<const std::uint8_t> file, int newest_format) {
  base::ByteReader in(file);
  BASE_CHECK(check_header(in));
  Sealed sealed;
  BASE_TRY(sealed.format, read_format(in, newest_format));
  BASE_TRY(const std::uint8_t flag, in.u8());
  if (flag > 1) {
    base::Error error = damaged("its passphrase flag is " + std::to_string(flag));
    error.kind = base::ErrorKind::kInternal;
    return error;
  }
  sealed.has_passphrase = flag == 1;
  BASE_TRY(const std::uint32_t size,
           traits_of(sealed.format).lengths_little_endian ? in.u32_le() : in.u32_be());
  BASE_TRY(const auto block, in.take(size));
  if (in.remaining() != kFooterSizeBytes)
    return damaged(std::to_string(in.remaining()) + " bytes are where the footer of " +
                   std::to_string(kFooterSizeBytes) + " should be");
  BASE_CHECK(check_footer(file));
  sealed.data_block.assign(block.begin(), block.end());
  return sealed;
}

}  // namespace

base::Result<Sealed> parse(std::span<const std::uint8_t> file, int newest_format) {
  if (file.size() > kMaxFileSizeBytes) return damaged("it is larger than any keystore");
  auto sealed = parse_frame(file, newest_format);
  if (!sealed.ok() && sealed.error().hint.empty()) return damaged(sealed.error().message);
  return sealed;
}

std::vector<std::uint8_t> serialize(const Sealed& sealed) {
  base::ByteWriter out;
  out.u32_be(kHeaderMagic);
  out.u8(static_cast<std::uint8_t>(kCodecName.size()));
  out.text(kCodecName);
  out.u32_be(static_cast<std::uint32_t>(sealed.format));
  out.u8(sealed.has_passphrase ? 1 : 0);
  const auto size = static_cast<std::uint32_t>(sealed.data_block.size());
  traits_of(sealed.format).lengths_little_endian ? out.u32_le(size) : out.u32_be(size);
  out.bytes(sealed.data_block);
  out.u32_be(kFooterMagic);
  out.u32_be(0);
  out.u64_be(crc32(out.written()));
  return {out.written().begin(), out.written().end()};
}

}  // namespace keystore
