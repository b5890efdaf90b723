#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "launcher/environment.h"
#include "launcher/first_start_checks.h"
#include "launcher/installation.h"
#include "launcher/node_keystore.h"
#include "launcher/options.h"
#include "launcher/settings.h"

namespace launcher {

inline constexpr const char* kPasswordFileName = "initial_elastic_password";
inline constexpr const char* kKibanaPasswordFileName = "initial_kibana_system_password";

/// Which node it is: an installation and a configuration directory.
struct NodeSite {
  Installation installation;
  std::string config_directory;

  [[nodiscard]] std::string yml_path() const { return config_directory + "/elasticsearch.yml"; }
  [[nodiscard]] std::string keystore_path() const {
    return config_directory + "/elasticsearch.keystore";
  }
};

/// Finds both, with one warning where the version is not in the table. Errors as in
/// installation.h.
base::Result<NodeSite> find_site(const std::string& invoked_as, const Environment& environment);

/// What elasticsearch.yml and the command line say.
struct NodeSettings {
  std::optional<std::string> yml;
  Settings settings;
};
/// What they are with this text for elasticsearch.yml. Errors as make_settings has them.
base::Result<NodeSettings> settings_with(std::optional<std::string> yml, const NodeSite& site,
                                         const StartOptions& options,
                                         const Environment& environment);
/// What they are on disk.
base::Result<NodeSettings> load_settings(const NodeSite& site, const StartOptions& options,
                                         const Environment& environment);

/// The one pass over the disk that the checks need.
///
/// Where the password of a first start goes: nowhere if it is supplied, or the keystore settles it;
/// else to `credentials_file` if one was named; else to the terminal that stdout or stderr is; else
/// to <config>/initial_elastic_password.
[[nodiscard]] NodeFacts observe(const NodeSite& site, const Settings& settings,
                                const NodeKeystore& keystore, const std::string& credentials_file,
                                bool password_supplied);

/// The temp directory of the JVM: ES_TMPDIR, which must exist (where it is relative, below `home`),
/// as it was written; or a new private one (behaviour page 3.7). Errors: kConfig, kCannotCreate.
base::Result<std::string> find_temp_directory(const Environment& environment,
                                              const std::string& home);

/// The absolute path for -p, or empty (behaviour page 2.2 step 12). Error: kUsage.
base::Result<std::string> check_pid_file(const std::string& pid_file, const std::string& home);

}  // namespace launcher
