// Everything that reads bytes from outside on the way to a keystore, given the same bytes. Key
// derivation is left out: it would cost a thousand times what the parsers cost, and nothing can be
// reached behind it without the right key.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "keystore/data_cipher.h"
#include "keystore/entry_codec.h"
#include "keystore/keystore.h"
#include "keystore/modified_utf8.h"
#include "launcher/keystore_changes.h"

namespace {

using Bytes = std::span<const std::uint8_t>;

void require(bool holds) {
  if (!holds) std::abort();
}

void fuzz_frame(Bytes bytes) {
  const auto sealed = keystore::parse(bytes);
  if (!sealed.ok()) return;
  const auto again = keystore::serialize(sealed.value());
  require(std::equal(again.begin(), again.end(), bytes.begin(), bytes.end()));
}

void fuzz_data_block(Bytes bytes) {
  for (const int format : {4, 5}) {
    const auto data = keystore::split_data_block(bytes, format);
    if (!data.ok()) continue;
    const auto again = keystore::join_data_block(data.value(), format);
    require(std::equal(again.begin(), again.end(), bytes.begin(), bytes.end()));
  }
}

void fuzz_entries(Bytes bytes) {
  const auto plaintext = base::Secret::copy_of(bytes);
  for (const bool carries_type : {false, true}) {
    const auto entries = keystore::decode_entries(plaintext, carries_type);
    if (!entries.ok()) continue;
    const auto encoded = keystore::encode_entries(entries.value());
    if (!encoded.ok()) continue;  // a name can grow where its encoding was not the shortest
    const auto back = keystore::decode_entries(encoded.value(), false);
    require(back.ok() && back.value().size() == entries.value().size());
    for (const auto& [name, value] : entries.value()) require(back.value().at(name).equals(value));
  }
}

void fuzz_text(Bytes bytes) {
  const auto utf8 = keystore::from_modified_utf8(bytes);
  if (!utf8) return;
  const auto modified = keystore::to_modified_utf8(*utf8);
  require(modified.has_value());
  const auto back = keystore::from_modified_utf8(
      {reinterpret_cast<const std::uint8_t*>(modified->data()), modified->size()});
  require(back == utf8);
}

void fuzz_wanted_entries(Bytes bytes) {
  const auto wanted =
      launcher::parse_wanted_entries({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  if (!wanted.ok()) return;
  for (const auto& each : wanted.value()) require(keystore::is_valid_name(each.name));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes(data, size);
  fuzz_frame(bytes);
  fuzz_data_block(bytes);
  fuzz_entries(bytes);
  fuzz_text(bytes);
  fuzz_wanted_entries(bytes);
  return 0;
}
