#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "keystore/keystore.h"
#include "launcher/certs_renewal.h"
#include "launcher/settings.h"

namespace launcher {

/// A start warns from here on.
inline constexpr int kCertsWarningDays = 90;

/// What a start does about certificates that end.
struct CertsUpkeep {
  int renew_below_days = 0;  ///< ES_RENEW_CERTS_DAYS; 0: only warn
  base::UnixSeconds now = 0;
};

/// ES_RENEW_CERTS_DAYS; 0 where it is not set. Error: kUsage for anything but a number of days.
base::Result<int> renewal_days(const Environment& environment);

/// Looks at the HTTP certificate and its CA, two milliseconds' work, and renews the certificate
/// where it has fewer days than asked for. Returns what the operator should know, a sentence each.
/// Nothing here keeps a node from starting: a failure is such a sentence too. The caller holds the
/// lock of the configuration directory.
[[nodiscard]] std::vector<std::string> look_after_certificates(const std::string& config_directory,
                                                               const Settings& settings,
                                                               const keystore::Entries& entries,
                                                               const CertsUpkeep& upkeep);

}  // namespace launcher
