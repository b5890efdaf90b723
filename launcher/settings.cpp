#include "launcher/settings.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "base/paths.h"
#include "base/text.h"

namespace launcher {
namespace {

base::Error setting_error(std::string message, std::string hint) {
  return {base::ErrorKind::kInternal, std::move(message), std::move(hint), 0};
}

/// Resolves ${key} and ${key:default} among the settings. `${prompt.text}` and `${prompt.secret}`
/// are the server's business and stay.
class PlaceholderResolver {
 public:
  explicit PlaceholderResolver(const Settings& settings) : settings_(settings) {}

  base::Result<std::string> resolve(const std::string& text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
      if (text.compare(at, 2, "${") != 0) {
        out += text[at++];
        continue;
      }
      const std::size_t end = closing_brace(text, at + 2);
      if (end == std::string::npos) return out + text.substr(at);
      BASE_TRY(const std::string value, lookup(text.substr(at + 2, end - at - 2)));
      out += value;
      at = end + 1;
    }
    return out;
  }

 private:
  static std::size_t closing_brace(const std::string& text, std::size_t at) {
    for (int depth = 1; at < text.size(); ++at) {
      if (text.compare(at, 2, "${") == 0) ++depth;
      if (text[at] == '}' && --depth == 0) return at;
    }
    return std::string::npos;
  }

  base::Result<std::string> lookup(const std::string& inner) {
    BASE_TRY(const std::string name, resolve(inner));
    if (name == "prompt.text" || name == "prompt.secret") return "${" + name + "}";
    auto value = text_setting(settings_, name);
    const std::size_t colon = name.find(':');
    std::string key = name;
    if (!value && colon != std::string::npos) {
      key = name.substr(0, colon);
      value = text_setting(settings_, key);
      if (!value) value = name.substr(colon + 1);
    }
    if (!value)
      return setting_error("the placeholder ${" + name + "} has no value",
                           "in elasticsearch.yml it may name an environment variable, elsewhere "
                           "only another setting");
    if (!in_progress_.insert(key).second)
      return setting_error("the placeholder ${" + name + "} refers to itself", "");
    BASE_TRY(std::string resolved, resolve(*value));
    in_progress_.erase(key);
    return resolved;
  }

  const Settings& settings_;
  std::set<std::string> in_progress_;
};

/// The variables come after -E and win silently, as in stock.
base::Result<Settings> parse_overrides(const SettingsInput& input) {
  auto overrides = environment_settings(input.environment, input.distribution_type);
  const bool from_variables = !overrides.empty();
  for (const SettingArgument& argument : input.arguments)
    overrides.try_emplace(argument.key, argument.value);
  std::string text;
  for (const auto& [key, value] : overrides) text += key + ": " + value + "\n";
  return parse_yaml_settings(text, from_variables
                                       ? "the -E options and the variables that are settings"
                                       : "the -E options");
}

void replace_everywhere(std::string* text, std::string_view what, std::string_view by) {
  for (std::size_t at = 0; (at = text->find(what, at)) != std::string::npos; at += by.size())
    text->replace(at, what.size(), by);
}

/// "ES_SETTING_NODE_ATTR_FOO__BAR" without its prefix as node.attr.foo_bar.
std::string setting_of_variable(std::string name) {
  replace_everywhere(&name, "_", ".");
  replace_everywhere(&name, "..", "_");
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name;
}

/// Whether the name is parts of [-a-z0-9_]+ with dots between them, at least two.
bool is_dotted_name(const std::string& name) {
  const auto parts = base::split(name, '.');
  return parts.size() > 1 && std::all_of(parts.begin(), parts.end(), [](const std::string& part) {
           return !part.empty() &&
                  part.find_first_not_of("-abcdefghijklmnopqrstuvwxyz0123456789_") ==
                      std::string::npos;
         });
}

void move_forced(Settings* settings) {
  constexpr std::string_view kForce = "force.";
  for (auto at = settings->lower_bound(std::string(kForce));
       at != settings->end() && at->first.starts_with(kForce);) {
    (*settings)[at->first.substr(kForce.size())] = std::move(at->second);
    at = settings->erase(at);
  }
}

base::Result<void> resolve_placeholders(Settings* settings) {
  const Settings before = *settings;
  PlaceholderResolver resolver(before);
  for (auto at = settings->begin(); at != settings->end();) {
    if (auto* const text = std::get_if<std::string>(&at->second)) {
      BASE_TRY(std::string resolved, resolver.resolve(*text));
      if (resolved.empty()) {
        at = settings->erase(at);
        continue;
      }
      *text = std::move(resolved);
    } else {
      for (std::string& item : std::get<std::vector<std::string>>(at->second)) {
        BASE_TRY(item, resolver.resolve(item));
      }
    }
    ++at;
  }
  return {};
}

void make_absolute(Settings* settings, const std::string& key, const std::string& home) {
  const auto found = settings->find(key);
  if (found == settings->end()) return;
  if (auto* const text = std::get_if<std::string>(&found->second)) {
    *text = base::absolute_path(*text, home);
  } else {
    for (std::string& item : std::get<std::vector<std::string>>(found->second))
      item = base::absolute_path(item, home);
  }
}

void add_defaults(Settings* settings, const SettingsInput& input) {
  settings->try_emplace("cluster.name", "elasticsearch");
  if (const auto host = input.environment.variables.find("HOSTNAME");
      host != input.environment.variables.end())
    settings->try_emplace("node.name", host->second);
  (*settings)["path.home"] = input.home;
  settings->try_emplace("path.logs", input.home + "/logs");
  for (const char* const key : {"path.data", "path.logs", "path.repo", "path.shared_data"})
    make_absolute(settings, key, input.home);
}

}  // namespace

std::optional<std::string> text_setting(const Settings& settings, const std::string& key) {
  const auto found = settings.find(key);
  if (found == settings.end()) return std::nullopt;
  const auto* const text = std::get_if<std::string>(&found->second);
  return text == nullptr ? std::nullopt : std::optional<std::string>(*text);
}

std::vector<std::string> list_setting(const Settings& settings, const std::string& key) {
  const auto found = settings.find(key);
  if (found == settings.end()) return {};
  if (const auto* const list = std::get_if<std::vector<std::string>>(&found->second)) return *list;
  std::vector<std::string> parts;
  for (const std::string& part : base::split(std::get<std::string>(found->second), ','))
    if (const auto trimmed = base::trim(part); !trimmed.empty()) parts.emplace_back(trimmed);
  return parts;
}

bool has_prefix(const Settings& settings, std::string_view prefix) {
  const auto at = settings.lower_bound(std::string(prefix));
  return at != settings.end() && at->first.starts_with(prefix);
}

std::string replace_environment(std::string_view text, const Environment& environment) {
  std::string out;
  while (true) {
    const std::size_t open = text.find("${");
    const std::size_t close = open == std::string_view::npos ? open : text.find('}', open);
    if (close == std::string_view::npos) return out.append(text);
    const std::string name(text.substr(open + 2, close - open - 2));
    const auto found = environment.variables.find(name);
    out.append(text.substr(0, open));
    if (found != environment.variables.end()) {
      out.append(found->second);
      text.remove_prefix(close + 1);
    } else {
      out.append("${");
      text.remove_prefix(open + 2);
    }
  }
}

base::Result<Settings> make_settings(const SettingsInput& input) {
  if (const auto twice =
          std::find_if(input.arguments.begin(), input.arguments.end(),
                       [](const SettingArgument& argument) { return argument.key == "path.home"; });
      twice != input.arguments.end())
    return base::Error{base::ErrorKind::kUsage, "-E path.home cannot be set: it is ES_HOME",
                       "set ES_HOME, or call the program in another installation", 0};
  Settings settings;
  if (input.yml) {
    BASE_TRY(settings, parse_yaml_settings(replace_environment(*input.yml, input.environment),
                                           input.yml_path));
  }
  BASE_TRY(Settings overrides, parse_overrides(input));
  for (auto& [key, value] : overrides) settings[key] = std::move(value);
  move_forced(&settings);
  BASE_CHECK(resolve_placeholders(&settings));
  add_defaults(&settings, input);
  return settings;
}

std::map<std::string, std::string> environment_settings(const Environment& environment,
                                                        const std::string& distribution_type) {
  constexpr std::string_view kPrefix = "ES_SETTING_";
  const bool docker = distribution_type == "docker";
  std::map<std::string, std::string> settings;
  if (!docker && environment.get("ES_SETTINGS_FROM_ENV") != "true") return settings;
  for (const auto& [name, value] : environment.variables) {
    if (name.starts_with(kPrefix)) {
      settings[setting_of_variable(name.substr(kPrefix.size()))] = value;
    } else if (docker && is_dotted_name(name)) {
      settings[name] = value;
    }
  }
  return settings;
}

std::vector<std::string> data_directories(const Settings& settings, const std::string& home) {
  auto directories = list_setting(settings, "path.data");
  if (directories.empty()) directories.push_back(home + "/data");
  return directories;
}

}  // namespace launcher
