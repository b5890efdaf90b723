#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "base/sha256.h"

/// What `apply` and `diff` read: the entries as they shall be.
namespace launcher {

struct AbsentEntry {};
struct FileContent {
  std::string path;
};

struct WantedEntry {
  std::string name;
  /// The value itself, the file that holds it, only its hash (for diff), or no such entry.
  std::variant<base::Secret, FileContent, base::Sha256, AbsentEntry> value;
};

/// A text whose first byte that is no white space is `{` is JSON:
///   {name: text | null | {"file": path} | {"base64": text} | {"sha256": hex}}
/// Any other text is lines of name=value; empty lines and lines that begin with # are skipped. The
/// order of the text is kept. Errors: kData, naming line and name but never a value.
base::Result<std::vector<WantedEntry>> parse_wanted_entries(std::string_view text);

}  // namespace launcher
