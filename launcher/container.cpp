#include "launcher/container.h"

#include "base/change_set.h"
#include "base/files.h"
#include "base/paths.h"
#include "launcher/configuration_lock.h"
#include "launcher/node_site.h"

namespace launcher {
namespace {

constexpr const char* kLoggingConfig = "log4j2.properties";
constexpr const char* kFileLoggingConfig = "log4j2.file.properties";
constexpr std::size_t kMaxBytes = std::size_t{1} << 20U;
constexpr mode_t kConfigMode = 0664;

base::Result<void> log_to_files(const std::string& config_directory) {
  BASE_TRY(base::Secret wanted,
           base::read_secret_file(config_directory + "/" + kFileLoggingConfig, kMaxBytes));
  const auto present = base::read_file(config_directory + "/" + kLoggingConfig, kMaxBytes);
  if (present.ok() && present.value() == wanted.expose()) return {};
  BASE_TRY(const base::DirectoryLock lock, lock_configuration(config_directory));
  base::ChangeSet changes;
  changes.directory = config_directory;
  changes.files.push_back({kLoggingConfig, std::move(wanted), kConfigMode, false});
  return commit_change(changes);
}

}  // namespace

bool is_container(const Environment& environment) {
  return environment.get("ELASTIC_CONTAINER") == "true";
}

base::Result<void> fill_new_configuration(const std::string& invoked_as,
                                          const Environment& environment) {
  BASE_TRY(const std::string home, find_home(invoked_as, environment));
  const std::string source = home + "/config.dist/";
  const auto names = base::list_directory(source);
  if (!names) return {};
  BASE_TRY(const std::string config_directory, find_config_directory(home, environment));
  const std::string target = config_directory + "/";
  if (base::path_exists(target + kLoggingConfig)) return {};
  for (const std::string& name : *names)
    if (name != kLoggingConfig) BASE_CHECK(base::copy_missing(source + name, target + name));
  return base::copy_missing(source + kLoggingConfig, target + kLoggingConfig);
}

base::Result<void> apply_log_style(const std::string& invoked_as, const Environment& environment) {
  const std::string style = environment.get("ES_LOG_STYLE");
  if (style.empty() || style == "console") return {};
  if (style != "file")
    return base::Error{base::ErrorKind::kGeneric,
                       "ES_LOG_STYLE is console or file, not '" + style + "'",
                       "unset it to log to the console", 0};
  BASE_TRY(const std::string home, find_home(invoked_as, environment));
  BASE_TRY(const std::string config_directory, find_config_directory(home, environment));
  return log_to_files(config_directory);
}

}  // namespace launcher
