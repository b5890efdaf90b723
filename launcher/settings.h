#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "launcher/environment.h"
#include "launcher/options.h"

namespace launcher {

/// A flat setting: a text or a list of texts.
using SettingValue = std::variant<std::string, std::vector<std::string>>;

/// Flat settings by key, in the ascending order in which the server is given them.
using Settings = std::map<std::string, SettingValue>;

/// The text of a setting; nullopt where it is absent or a list.
[[nodiscard]] std::optional<std::string> text_setting(const Settings& settings,
                                                      const std::string& key);
/// A setting as a list; a text counts as its comma-separated parts, an absent one as empty.
[[nodiscard]] std::vector<std::string> list_setting(const Settings& settings,
                                                    const std::string& key);
/// Whether any key begins with `prefix`.
[[nodiscard]] bool has_prefix(const Settings& settings, std::string_view prefix);

/// Replaces every ${NAME} whose NAME is an environment variable (behaviour page 2.3); others stay.
[[nodiscard]] std::string replace_environment(std::string_view text,
                                              const Environment& environment);

/// Parses YAML and flattens it with dots. `source` is named in errors, with line and column.
/// Errors: kInternal for broken YAML, a duplicate key or a value that is null.
base::Result<Settings> parse_yaml_settings(const std::string& text, const std::string& source);

/// What the settings are made of.
struct SettingsInput {
  std::string home;
  std::optional<std::string> yml;  ///< text of elasticsearch.yml, nullopt where it is missing
  std::string yml_path;
  std::span<const SettingArgument> arguments;
  const Environment& environment;
  std::string distribution_type = "zip";
};

/// The settings that variables state (behaviour page 2.3), by key, as YAML values:
/// ES_SETTING_A_B__C is a.b_c where the type is docker or ES_SETTINGS_FROM_ENV is true, and with
/// docker a variable with a dotted lower-case name is one by itself.
[[nodiscard]] std::map<std::string, std::string> environment_settings(
    const Environment& environment, const std::string& distribution_type);

/// The settings as the server gets them: the yml, overridden by the arguments, `force.` keys
/// moved, placeholders resolved among the settings, and the defaults of cluster.name, node.name and
/// the paths (behaviour page 2.3). Errors: kUsage for a bad argument, kInternal for the rest.
base::Result<Settings> make_settings(const SettingsInput& input);

/// The data directories: path.data, or <home>/data.
[[nodiscard]] std::vector<std::string> data_directories(const Settings& settings,
                                                        const std::string& home);

}  // namespace launcher
