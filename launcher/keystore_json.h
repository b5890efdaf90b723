#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "keystore/keystore.h"
#include "launcher/keystore_changes.h"

/// Entries of a keystore as JSON.
namespace launcher {

/// The JSON form of parse_wanted_entries. What the parser copies is zeroed before it is freed.
/// Error: kData.
base::Result<std::vector<WantedEntry>> parse_json_entries(std::string_view text);

/// ["name", ...] and a newline.
[[nodiscard]] std::string names_to_json(const keystore::Entries& entries);

/// {"name": "text" or {"base64": "..."}} and a newline: a form that `apply` reads.
[[nodiscard]] base::Secret values_to_json(const keystore::Entries& entries,
                                          const std::vector<std::string>& names);

/// {"name": "text", ...} of plain words, and a newline.
[[nodiscard]] std::string words_to_json(const std::map<std::string, std::string>& words);

}  // namespace launcher
