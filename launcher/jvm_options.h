#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "launcher/environment.h"

namespace launcher {

/// One JVM option and where it stands, for messages: "<path> line <n>" or "ES_JAVA_OPTS".
struct JvmOption {
  std::string text;
  std::string source;
};

/// What one options file gives for one Java version, and every line that is not an option.
struct JvmOptionsFile {
  std::vector<JvmOption> options;
  std::vector<std::string> faults;
};

/// Parses a jvm.options file (behaviour page 3.2): `-opt`, `N:-opt`, `N-:-opt`, `N-M:-opt`, and `#`
/// comments in the first column.
[[nodiscard]] JvmOptionsFile parse_jvm_options(const std::string& text, const std::string& path,
                                               int java_major);

/// jvm.options, then jvm.options.d/*.options in path order, then ES_JAVA_OPTS, with ${ES_TMPDIR}
/// and ${ES_PATH_CONF} filled in. Errors: kIo where jvm.options cannot be read; kConfig names every
/// bad line of every file.
base::Result<std::vector<JvmOption>> read_jvm_options(const std::string& config_directory,
                                                      const std::string& temp_directory,
                                                      int java_major,
                                                      const Environment& environment);

}  // namespace launcher
