#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "certgen/tls_material.h"
#include "launcher/settings.h"

namespace launcher {

inline constexpr const char* kYmlBlockBegin =
    "#----------------------- BEGIN SECURITY AUTO CONFIGURATION -----------------------";
inline constexpr const char* kYmlBlockEnd =
    "#----------------------- END SECURITY AUTO CONFIGURATION -------------------------";

/// How a node joins a cluster instead of forming one.
struct JoinSettings {
  std::vector<std::string> seed_hosts;
  bool transport_everywhere = false;  ///< some of the cluster is on other hosts
};

/// elasticsearch.yml with the security block behind what it has (behaviour page 4.5): line ends
/// normalised to \n, a final newline, then the settings. A setting that the user made is not made
/// again. `settings` are those of the yml and the command line together. `format` is that of the
/// files in certs/. `join` is nullptr for a node that forms a cluster.
[[nodiscard]] std::string with_security_block(const std::string& yml, const Settings& settings,
                                              base::UnixSeconds now, certgen::StoreFormat format,
                                              const JoinSettings* join);

}  // namespace launcher
