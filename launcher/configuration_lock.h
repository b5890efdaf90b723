#pragma once

#include <string>

#include "base/change_set.h"
#include "base/files.h"
#include "base/result.h"

namespace launcher {

/// The lock that makes two starts, or a start and a keystore command, follow one another. Says so
/// where it has to wait.
base::Result<base::DirectoryLock> lock_configuration(const std::string& directory);

/// base::commit, with signals that end the process held back: the change is made as a whole also
/// for those. Errors as there.
base::Result<void> commit_change(const base::ChangeSet& changes);

}  // namespace launcher
