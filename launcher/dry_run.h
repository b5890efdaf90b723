#pragma once

#include <string>

#include "base/change_set.h"
#include "launcher/jvm_command.h"

/// What `esboot start --dry-run` prints.
namespace launcher {

/// One line for each file of the change, and the lines that elasticsearch.yml loses and gains
/// (`old_yml` is its text now). The content of other files is secret and not shown.
[[nodiscard]] std::string describe_changes(const base::ChangeSet& changes,
                                           const std::string& old_yml);

/// The command as a line of shell, one argument a row. The directory that was made for this run
/// alone, `own_directory`, stands there as ${ES_TMPDIR}.
[[nodiscard]] std::string describe_command(const JvmCommand& command,
                                           const std::string& own_directory);

}  // namespace launcher
