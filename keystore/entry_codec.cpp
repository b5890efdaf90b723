#include "keystore/entry_codec.h"

#include <limits>

#include "base/byte_cursor.h"
#include "keystore/modified_utf8.h"

namespace keystore {
namespace {

constexpr std::size_t kMaxNameSizeBytes = std::numeric_limits<std::uint16_t>::max();
constexpr std::size_t kMaxInt32 = std::numeric_limits<std::int32_t>::max();

base::Error damaged(const std::string& what) {
  return {base::ErrorKind::kData, "the entries of the keystore are damaged: " + what,
          "restore the file from a copy, or delete it and create a new one", 0};
}

base::Result<std::string> read_name(base::ByteReader& in) {
  BASE_TRY(const std::uint16_t size, in.u16_be());
  BASE_TRY(const auto raw, in.take(size));
  auto name = from_modified_utf8(raw);
  if (!name) return base::Error{base::ErrorKind::kIo, "a name is not text", "", 0};
  return *std::move(name);
}

base::Result<void> read_entry(base::ByteReader& in, bool carries_type, Entries& entries) {
  BASE_TRY(std::string name, read_name(in));
  if (carries_type) {
    // Both types, STRING and FILE, hold their value as the later formats do.
    BASE_TRY(const std::string type, read_name(in));
    if (type != "STRING" && type != "FILE")
      return base::Error{base::ErrorKind::kIo, "unknown type of the entry " + name, "", 0};
  }
  BASE_TRY(const std::uint32_t size, in.u32_be());
  BASE_TRY(const auto value, in.take(size));
  entries.insert_or_assign(std::move(name), base::Secret::copy_of(value));
  return {};
}

}  // namespace

base::Result<base::Secret> encode_entries(const Entries& entries) {
  base::ByteWriter out;
  out.u32_be(static_cast<std::uint32_t>(entries.size()));
  for (const auto& [name, value] : entries) {
    const auto modified = to_modified_utf8(name);
    if (!modified || modified->size() > kMaxNameSizeBytes)
      return base::Error{base::ErrorKind::kInternal,
                         "a setting name of " + std::to_string(name.size()) +
                             " bytes does not fit into a keystore",
                         "use a shorter name", 0};
    if (value.size() > kMaxInt32)
      return base::Error{base::ErrorKind::kInternal,
                         "the value of " + name + " does not fit into a keystore", "", 0};
    out.u16_be(static_cast<std::uint16_t>(modified->size()));
    out.text(*modified);
    out.u32_be(static_cast<std::uint32_t>(value.size()));
    out.bytes(value.bytes());
  }
  return out.take();
}

base::Result<Entries> decode_entries(const base::Secret& plaintext, bool entries_carry_type) {
  base::ByteReader in(plaintext.bytes());
  Entries entries;
  auto count = in.u32_be();
  if (!count) return damaged(count.error().message);
  for (std::uint32_t i = 0; i < count.value(); ++i)
    if (auto read = read_entry(in, entries_carry_type, entries); !read)
      return damaged(read.error().message);
  if (in.remaining() != 0)
    return damaged(std::to_string(in.remaining()) + " bytes follow the last entry");
  return entries;
}

}  // namespace keystore
