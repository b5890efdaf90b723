#include "launcher/apm_agent.h"

#include <fcntl.h>
#include <stdlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <optional>

#include "base/files.h"
#include "base/paths.h"
#include "base/text.h"
#include "base/unique_fd.h"

namespace launcher {
namespace {

using AgentConfig = std::map<std::string, std::string>;

/// What the agent reads once, from its file (seen there with 8.17 to 9.5); the credentials are put
/// there to keep them off the command line. Everything else is a system property.
constexpr std::array<std::string_view, 11> kInFile{
    "api_key",      "breakdown_metrics", "environment",      "global_labels",
    "log_file",     "log_format_file",   "metrics_interval", "secret_token",
    "service_name", "service_node_name", "service_version"};

/// What the agent is told where the user says nothing, and in which of the versions. Reserved is
/// what Elasticsearch settles itself, so that a user may not.
struct AgentDefault {
  ApmDefaults first;
  ApmDefaults last;
  std::string_view key;
  std::string_view value;
  bool is_reserved = false;
};

using enum ApmDefaults;
constexpr std::array kDefaults{
    AgentDefault{kEarliest, kSparing, "service_name", "elasticsearch"},
    AgentDefault{kEarliest, kSparing, "environment", "dev"},
    AgentDefault{kEarliest, kSparing, "application_packages",
                 "org.elasticsearch,org.apache.lucene"},
    AgentDefault{kEarliest, kSparing, "metrics_interval", "120s"},
    AgentDefault{kEarliest, kSparing, "breakdown_metrics", "false"},
    AgentDefault{kEarliest, kSparing, "central_config", "false"},
    AgentDefault{kEarliest, kSparing, "instrument", "false", true},
    AgentDefault{kEarly, kSparing, "enable_experimental_instrumentations", "true", true},
    // The agent replaces _AGENT_HOME_ itself.
    AgentDefault{kEarliest, kEarly, "log_file", "_AGENT_HOME_/../../logs/apm.log", true},
    AgentDefault{kOrdinary, kSparing, "log_format_file", "JSON"},
    AgentDefault{kEarliest, kEarly, "log_level", "error"},
    AgentDefault{kOrdinary, kOrdinary, "log_level", "warn"},
    AgentDefault{kSparing, kSparing, "log_level", "error"},
    AgentDefault{kOrdinary, kOrdinary, "transaction_sample_rate", "0.2"},
    AgentDefault{kSparing, kSparing, "transaction_sample_rate", "0.001"},
    AgentDefault{kSparing, kSparing, "transaction_max_spans", "0"},
    AgentDefault{kSparing, kSparing, "stack_trace_limit", "0"}};

/// Reserved in every version; its value is the version.
constexpr const char* kServiceVersion = "service_version";

bool is_agent_jar(const std::string& name) {
  constexpr std::string_view kPrefix = "elastic-apm-agent-";
  if (!name.starts_with(kPrefix) || !name.ends_with(".jar")) return false;
  std::string_view rest = std::string_view(name).substr(kPrefix.size());
  if (rest.starts_with("java8-")) rest.remove_prefix(6);
  rest.remove_suffix(4);
  return parse_version(rest).has_value();
}

base::Result<std::string> find_agent(const std::string& home) {
  const std::string directory = home + "/modules/apm";
  const auto names = base::list_directory(directory).value_or(std::vector<std::string>{});
  const auto is_one = [](const std::string& name) { return is_agent_jar(name); };
  const auto count = std::count_if(names.begin(), names.end(), is_one);
  if (count != 1)
    return base::Error{
        base::ErrorKind::kInternal,
        directory + " holds " + std::to_string(count) + " jars of the APM agent instead of one",
        "reinstall Elasticsearch", 0};
  return directory + "/" + *std::find_if(names.begin(), names.end(), is_one);
}

/// What the names of the user's settings and secrets begin with: up to 8.12 the one, in 8.x both,
/// the later ones winning.
std::vector<std::string> prefixes(const Installation& installation) {
  if (installation.facts->apm <= ApmDefaults::kEarly) return {"tracing.apm."};
  if (installation.version.major == 8) return {"tracing.apm.", "telemetry."};
  return {"telemetry."};
}

/// The user's part.
AgentConfig stated_config(const ApmInput& input) {
  AgentConfig config;
  for (std::string prefix : prefixes(input.installation)) {
    prefix += "agent.";
    for (auto at = input.settings.lower_bound(prefix);
         at != input.settings.end() && at->first.starts_with(prefix); ++at)
      if (const auto* const text = std::get_if<std::string>(&at->second))
        config[at->first.substr(prefix.size())] = *text;
  }
  return config;
}

/// global_labels.a=x becomes part of global_labels; what divides labels is replaced in them.
void join_labels(AgentConfig* config) {
  constexpr std::string_view kPrefix = "global_labels.";
  const auto clean = [](std::string text) {
    std::replace_if(text.begin(), text.end(), [](char c) { return c == ',' || c == '='; }, '_');
    return text;
  };
  std::string labels;
  for (auto at = config->lower_bound(std::string(kPrefix));
       at != config->end() && at->first.starts_with(kPrefix); at = config->erase(at))
    labels += (labels.empty() ? "" : ",") + clean(at->first.substr(kPrefix.size())) + "=" +
              clean(at->second);
  if (!labels.empty()) (*config)["global_labels"] = labels;
}

bool applies(const AgentDefault& each, ApmDefaults mine) {
  return each.first <= mine && mine <= each.last;
}

std::vector<std::string_view> reserved_keys(ApmDefaults mine) {
  std::vector<std::string_view> keys{kServiceVersion};
  for (const AgentDefault& each : kDefaults)
    if (each.is_reserved && applies(each, mine)) keys.push_back(each.key);
  return keys;
}

void add_defaults(const ApmInput& input, AgentConfig* config) {
  const ApmDefaults mine = input.installation.facts->apm;
  for (const AgentDefault& each : kDefaults)
    if (applies(each, mine)) config->try_emplace(std::string(each.key), each.value);
  config->try_emplace(kServiceVersion, input.installation.version_text);
  if (mine >= ApmDefaults::kOrdinary)
    (*config)["log_file"] = input.logs_directory + "/apm-agent.json";  // whatever the user says
  if (const auto name = text_setting(input.settings, "node.name"))
    config->try_emplace("service_node_name", *name);
}

bool belongs_in_file(const std::string& key) {
  return std::find(kInFile.begin(), kInFile.end(), key) != kInFile.end();
}

/// A line as java.util.Properties reads it; what is not ASCII stays as it is.
void append_property(std::string_view key, std::string_view value, base::Secret* text) {
  text->append(key);
  text->append("=");
  for (std::size_t i = 0; i < value.size(); ++i) {
    const bool escape = std::string_view("\\=:#!").find(value[i]) != std::string_view::npos ||
                        (value[i] == ' ' && i == 0);
    if (escape) text->append("\\");
    text->append(value.substr(i, 1));
  }
  text->append("\n");
}

/// The path of the new file.
base::Result<std::string> write_agent_file(const ApmInput& input, const AgentConfig& config) {
  base::Secret text =
      base::Secret::copy_of("# Written by esboot at every start, for this one only\n");
  for (const auto& [key, value] : config)
    if (belongs_in_file(key)) append_property(key, value, &text);
  for (const std::string& prefix : prefixes(input.installation))
    for (const std::string_view key : {"api_key", "secret_token"})
      if (const auto secret = input.secrets.find(prefix + std::string(key));
          secret != input.secrets.end())
        append_property(key, secret->second.expose(), &text);
  constexpr std::string_view kSuffix = ".tmp";
  std::string path = input.temp_directory + "/.elstcapm.XXXXXX";
  path += kSuffix;
  // mkostemps makes it with mode 0600.
  const base::UniqueFd fd(mkostemps(path.data(), kSuffix.size(), O_CLOEXEC));
  if (!fd.valid())
    return base::file_error(base::ErrorKind::kIo, "create the file of the APM agent,", path, errno);
  BASE_CHECK(base::write_all(fd.get(), text.bytes(), path));
  return path;
}

}  // namespace

base::Result<std::vector<std::string>> make_apm_options(const ApmInput& input) {
  const ApmDefaults defaults = input.installation.facts->apm;
  std::vector<std::string> options;
  if (defaults == ApmDefaults::kNone) return options;
  BASE_TRY(const std::string agent, find_agent(input.installation.home));
  AgentConfig config = stated_config(input);
  for (const std::string_view key : reserved_keys(defaults))
    if (config.contains(std::string(key)))
      return base::Error{base::ErrorKind::kConfig,
                         prefixes(input.installation).back() + "agent." + std::string(key) +
                             " is not for users to set",
                         "remove it; Elasticsearch settles it itself", 0};
  if (!config.contains("server_url") && !config.contains("server_urls")) return options;
  join_labels(&config);
  add_defaults(input, &config);
  BASE_TRY(const std::string file, write_agent_file(input, config));
  options.push_back("-javaagent:" + agent + "=c=" + file);
  for (const auto& [key, value] : config)
    if (!belongs_in_file(key)) options.push_back("-Delastic.apm." + key + "=" + value);
  return options;
}

}  // namespace launcher
