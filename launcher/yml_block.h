#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "certgen/tls_material.h"
#include "launcher/settings.h"

namespace launcher {

inline constexpr const char* kYmlBlockBegin =
    "#----------------------- BEGIN SECURITY AUTO CONFIGURATION -----------------------";
inline constexpr const char* kYmlBlockEnd =
    "#----------------------- END SECURITY AUTO CONFIGURATION -------------------------";

/// Which layers of a node that is secured get TLS.
enum class TlsScope { kHttpAndTransport, kTransport, kNone };

/// The same for a node that has data: it is in a cluster and on a network already, so nothing is
/// said of either. Enrollment is on only where HTTP has TLS, which it needs.
[[nodiscard]] std::string with_existing_block(const std::string& yml, const Settings& settings,
                                              base::UnixSeconds now, certgen::StoreFormat format,
                                              TlsScope scope);

/// elasticsearch.yml with every line made a comment that switches security, its auto-configuration,
/// enrollment or the TLS of one layer off ("xpack.security.enabled: false").
[[nodiscard]] std::string without_switching_off(const std::string& yml);

/// elasticsearch.yml without its security block.
struct YmlWithoutBlock {
  std::string yml;
  /// Settings of the block that no auto-configuration writes; they stand at the end of `yml` now.
  std::vector<std::string> kept;
};
/// Takes the first block out. nullopt: there is none, or no end to it. Error: kInternal for a block
/// that is no YAML; `source` is named in it.
base::Result<std::optional<YmlWithoutBlock>> without_security_block(const std::string& yml,
                                                                    const std::string& source);

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
