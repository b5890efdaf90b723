#pragma once

#include <optional>
#include <string>

#include "base/change_set.h"
#include "base/result.h"
#include "launcher/security_plan.h"

/// What a configuration directory was before a node with data was secured, kept beside it in
/// before-security.<seconds since 1970>, so that it can be had back.
namespace launcher {

/// Adds the directory with the present elasticsearch.yml and keystore to the changes of the plan,
/// and a note of what the plan writes. Returns its name. Errors: those of reading the two.
base::Result<std::string> add_backup(const NodeSite& site, base::UnixSeconds now,
                                     SecurityPlan* plan);

/// The name of the newest backup; nullopt: there is none.
[[nodiscard]] std::optional<std::string> newest_backup(const std::string& config_directory);

/// The changes that bring back what the backup holds: the two files, the certs directory as it was,
/// and no password file nor the backup any more. A file that somebody has changed since is kept as
/// <name>.undone. Errors: kIo, kConfig for a backup that is not whole.
base::Result<base::ChangeSet> restore_backup(const std::string& config_directory,
                                             const std::string& backup);

}  // namespace launcher
