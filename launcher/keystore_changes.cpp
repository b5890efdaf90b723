#include "launcher/keystore_changes.h"

#include <set>

#include "base/text.h"
#include "keystore/keystore.h"
#include "launcher/keystore_json.h"

namespace launcher {
namespace {

base::Error data_error(const std::string& message) {
  return {base::ErrorKind::kData, message, "nothing was changed", 0};
}

base::Result<std::vector<WantedEntry>> parse_lines(std::string_view text) {
  std::vector<WantedEntry> wanted;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (base::trim(line).empty() || line.starts_with('#')) continue;
    const std::size_t equals = line.find('=');
    // The line is not shown: a value without its name is a secret all the same.
    if (equals == std::string_view::npos)
      return data_error("line " + std::to_string(number) + " is not NAME=VALUE");
    wanted.push_back({std::string(base::trim(line.substr(0, equals))),
                      base::Secret::copy_of(line.substr(equals + 1))});
  }
  return wanted;
}

base::Result<void> check_names(const std::vector<WantedEntry>& wanted) {
  std::set<std::string_view> seen;
  for (const WantedEntry& each : wanted) {
    if (!keystore::is_valid_name(each.name))
      return data_error("'" + each.name +
                        "' cannot be the name of a setting: only letters, digits, "
                        "'_', '-' and '.' can");
    if (!seen.insert(each.name).second) return data_error(each.name + " is given twice");
  }
  return {};
}

}  // namespace

base::Result<std::vector<WantedEntry>> parse_wanted_entries(std::string_view text) {
  const bool is_json = base::trim(text).starts_with('{');
  BASE_TRY(auto wanted, is_json ? parse_json_entries(text) : parse_lines(text));
  BASE_CHECK(check_names(wanted));
  return wanted;
}

}  // namespace launcher
