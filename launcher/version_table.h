#pragma once

#include <compare>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace launcher {

struct Version {
  int major = 0;
  int minor = 0;
  int patch = 0;
  auto operator<=>(const Version&) const = default;
  [[nodiscard]] std::string text() const;
};

/// "8.19.21", also with a qualifier behind it ("9.6.0-SNAPSHOT"); nullopt for anything else.
std::optional<Version> parse_version(std::string_view text);

/// When a JVM option of the system list applies.
enum class OptionCondition {
  kAlways,
  kJavaFrom21,
  kJavaFrom23,
  kJavaBefore23,
  kJavaFrom24,
  kJavaBefore24,
  kJava22Early,  ///< 22.0.0 and 22.0.1
  kDocker,
  kProcessors,  ///< node.processors is set
};

/// One JVM option of the system list. In `text`, {home} {type} {java_type} {java} {logs} {bridge}
/// {platform} and {processors} are replaced.
struct SystemOption {
  OptionCondition when;
  std::string_view text;
};

/// Which working directory the server JVM gets.
enum class WorkingDirectory { kHome, kLogs };
/// What travels on the server's stdin (behaviour page section 7).
enum class ServerArgsForm { kKeystorePassword, kSecrets, kSecretsAndLogsDir };

/// What the APM agent is told where the user says nothing (behaviour page 3.9); apm_agent.cpp has
/// the values. Up to kEarly the settings are tracing.apm.*, not yet telemetry.*.
enum class ApmDefaults {
  kNone,      ///< 8.3: no agent
  kEarliest,  ///< as seen with 8.7
  kEarly,     ///< as seen with 8.11
  kOrdinary,
  kSparing,  ///< fewer samples, fewer log lines
};

/// All that differs between versions of Elasticsearch, one row for each version that was verified
/// against the real program (behaviour page sections 2 to 7). A version in between uses the row
/// before it.
struct VersionFacts {
  Version from;
  bool compared_whole;  ///< with the stock launcher; else only the form of ServerArgs is known
  int oldest_java;
  int newest_java;  ///< of this minor version alone; 0: no limit
  int keystore_format;
  ServerArgsForm server_args;
  WorkingDirectory working_directory;
  bool distinct_ca_names_and_key_usage;  ///< certificates since 8.17
  bool cluster_state_encryption;         ///< 9.5 writes cluster.state.encryption.*
  bool clears_environment;               ///< 9.5: ES_TMPDIR and ES_JAVA_OPTS do not reach the JVM
  bool knows_memory_overhead;            ///< -Des.total_memory_overhead_bytes counts
  bool heap_from_all_settings;           ///< node.roles also from -E, not from the yml alone
  bool search_role_ergonomics;
  bool needs_logging_config;  ///< without log4j2.properties the launcher refuses, not the server
  bool heap_flag_is_aligned;  ///< up to 9.2 the direct memory follows the heap after alignment
  bool ignores_java_options;  ///< since 8.19 the scripts take _JAVA_OPTIONS away
  bool reads_plugins_file;    ///< since 8.4 elasticsearch-plugins.yml is looked at
  ApmDefaults apm;
  bool drops_timezone_warning;
  bool drops_vector_warning;
  std::span<const std::span<const SystemOption>> system_options;
  std::span<const std::string_view> added_modules;
};

/// How a version relates to the table.
enum class Verified { kYes, kBetweenRows, kNewerThanTable };
struct VersionRow {
  const VersionFacts* facts;
  Verified verified;
};

/// The row for `version`. Error: kConfig for anything before 8.3.
base::Result<VersionRow> facts_for(const Version& version);

}  // namespace launcher
