#pragma once

#include "base/result.h"
#include "base/secret.h"
#include "keystore/keystore.h"

/// The plaintext of a keystore: Java's DataOutputStream, big-endian (behaviour page section 6).
namespace keystore {

/// i32 count, then for each entry its name (u16 length, modified UTF-8), i32 length and bytes.
/// Error: kInternal for a name that is not UTF-8 or longer than 65535 bytes.
base::Result<base::Secret> encode_entries(const Entries& entries);

/// With `entries_carry_type` (format 3) a type follows each name. A name that comes twice has the
/// later value, as in the stock reader. Error: kData.
base::Result<Entries> decode_entries(const base::Secret& plaintext, bool entries_carry_type);

}  // namespace keystore
