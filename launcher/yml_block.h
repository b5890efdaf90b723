#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "launcher/settings.h"

namespace launcher {

inline constexpr const char* kYmlBlockBegin =
    "#----------------------- BEGIN SECURITY AUTO CONFIGURATION -----------------------";
inline constexpr const char* kYmlBlockEnd =
    "#----------------------- END SECURITY AUTO CONFIGURATION -------------------------";

/// elasticsearch.yml with the security block behind what it has (behaviour page 4.5): line ends
/// normalised to \n, a final newline, then the settings. A setting that the user made is not made
/// again. `settings` are those of the yml and the command line together.
[[nodiscard]] std::string with_security_block(const std::string& yml, const Settings& settings,
                                              base::UnixSeconds now);

}  // namespace launcher
